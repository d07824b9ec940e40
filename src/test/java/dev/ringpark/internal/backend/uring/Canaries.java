package dev.ringpark.internal.backend.uring;

import dev.ringpark.CarrierLoop;
import dev.ringpark.internal.backend.Backend;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;

/**
 * Fills the pooled buffers of a loop with a pattern while nobody has them. Whoever reads from a buffer that has been
 * given back gets the pattern; whoever writes past the end of his bytes damages it. Finds the pool by reflection, as
 * nothing but this test wants it. On the loop's thread only, between two polls.
 */
final class Canaries {
    private static final byte CANARY = (byte) 0xA5;

    private final CopyBuffers copies;
    private final MemorySegment copyMemory;
    private final MemorySegment pickMemory;
    private final int bufferBytes;

    private Canaries(CopyBuffers copies, MemorySegment copyMemory, MemorySegment pickMemory) {
        this.copies = copies;
        this.copyMemory = copyMemory;
        this.pickMemory = pickMemory;
        this.bufferBytes = copies.bufferBytes();
    }

    static Canaries in(CarrierLoop loop) throws ReflectiveOperationException {
        Object submissions = field(backend(loop), "submissions");
        CopyBuffers copies = (CopyBuffers) field(submissions, "copies");
        Object picks = field(submissions, "picks");
        MemorySegment picked = (MemorySegment) field(picks, "memory");
        return new Canaries(copies, ((NativeRegion) field(copies, "region")).memory(),
                picked.asSlice((long) field(picks, "buffersAt")));
    }

    static Backend backend(CarrierLoop loop) throws ReflectiveOperationException {
        Object engine = field(loop, "engine");
        Method backend = engine.getClass().getDeclaredMethod("backend");
        backend.setAccessible(true);
        return (Backend) backend.invoke(engine);
    }

    static Object field(Object owner, String name) throws ReflectiveOperationException {
        Field field = owner.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(owner);
    }

    /** Fills them all: between two polls of a ring that defers its work, nobody has one. */
    void fill() throws ReflectiveOperationException {
        int free = (int) field(copies, "freeCount");
        if (free != copyMemory.byteSize() / bufferBytes) {
            throw new AssertionError("between two polls only " + free + " buffers are free");
        }
        copyMemory.fill(CANARY);
        pickMemory.fill(CANARY);
    }

    /** Fails if one of them has been written to beyond its first {@code most} bytes since it was filled. */
    void check(int most) {
        check(copyMemory, most, "copy buffer ");
        check(pickMemory, most, "receive buffer ");
    }

    private void check(MemorySegment memory, int most, String kind) {
        for (long start = 0; start < memory.byteSize(); start += bufferBytes) {
            for (long at = start + most; at < start + bufferBytes; at++) {
                if (memory.get(ValueLayout.JAVA_BYTE, at) != CANARY) {
                    throw new AssertionError(kind + start / bufferBytes + " was written to at byte " + (at - start)
                            + ", and nobody moves more than " + most);
                }
            }
        }
    }

    /** Whether buffers of both kinds have been used since the last {@link #fill}. */
    boolean isUsed() {
        return isUsed(copyMemory) && isUsed(pickMemory);
    }

    private boolean isUsed(MemorySegment memory) {
        for (long start = 0; start < memory.byteSize(); start += bufferBytes) {
            if (memory.get(ValueLayout.JAVA_BYTE, start) != CANARY) {
                return true;
            }
        }
        return false;
    }
}
