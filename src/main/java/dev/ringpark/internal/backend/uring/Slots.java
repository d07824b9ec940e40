package dev.ringpark.internal.backend.uring;

import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/** A piece of native memory for each operation in flight: what the kernel reads or writes beside its data. */
final class Slots {
    static final int BYTES = 128;

    private final NativeRegion region;

    Slots(int count) throws IOException {
        region = NativeRegion.anonymous((long) count * BYTES);
    }

    /** Where the slot of {@code operation} begins in {@link #memory}. */
    static long of(Operation operation) {
        return (long) InFlight.slot(operation.token()) * BYTES;
    }

    MemorySegment memory() {
        return region.memory();
    }

    /** The address of what stands {@code at} in {@link #memory}. */
    long address(long at) {
        return region.address() + at;
    }

    void close() {
        region.unmap();
    }
}
