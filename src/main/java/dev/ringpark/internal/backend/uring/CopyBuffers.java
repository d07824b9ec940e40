package dev.ringpark.internal.backend.uring;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Native buffers that stand in for an array while one attempt that never waits is under way; between attempts an
 * operation holds none, so a few serve any number of slow peers. The last one given back goes out first: it is still in
 * the cache.
 */
final class CopyBuffers {
    static final int NONE = -1;

    private final NativeRegion region;
    private final int bufferBytes;
    private final int[] free;
    private int freeCount;

    CopyBuffers(int count, int bufferBytes) throws IOException {
        this.bufferBytes = bufferBytes;
        this.free = new int[count];   // before the region, which nobody would give back if there were no memory
        this.region = NativeRegion.anonymous((long) count * bufferBytes);
        for (int id = count - 1; id >= 0; id--) {
            free[freeCount++] = id;
        }
    }

    int bufferBytes() {
        return bufferBytes;
    }

    /** A buffer; {@link #NONE} if all are out. */
    int take() {
        return freeCount == 0 ? NONE : free[--freeCount];
    }

    void give(int id) {
        free[freeCount++] = id;
    }

    long address(int id) {
        return region.address() + at(id);
    }

    void copyIn(int id, byte[] source, int offset, int count) {
        MemorySegment.copy(source, offset, region.memory(), JAVA_BYTE, at(id), count);
    }

    void copyOut(int id, byte[] target, int offset, int count) {
        MemorySegment.copy(region.memory(), JAVA_BYTE, at(id), target, offset, count);
    }

    private long at(int id) {
        return (long) id * bufferBytes;
    }

    void close() {
        region.unmap();
    }
}
