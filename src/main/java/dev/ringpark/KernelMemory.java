package dev.ringpark;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Which of the user's memory may be lent to the kernel while a call is parked. Memory of an arena may be freed by another
 * thread at any moment and nothing public keeps an arena from being closed, so only memory that nobody can close goes;
 * everything else is copied.
 */
final class KernelMemory {
    private KernelMemory() {}

    /**
     * Whether {@code buffer} is native memory that lives as long as the buffer is reachable. A buffer made by
     * {@link ByteBuffer#allocateDirect} has no arena: its scope is made anew each time it is asked for. One that stands
     * for an arena's segment answers with that arena's scope, one object.
     */
    static boolean canLend(ByteBuffer buffer) {
        if (!buffer.isDirect()) {
            return false;
        }
        MemorySegment once = MemorySegment.ofBuffer(buffer);
        MemorySegment twice = MemorySegment.ofBuffer(buffer);
        return once.scope() != twice.scope();
    }

    /** Whether {@code segment} belongs to the global arena, which is never closed. */
    static boolean canLend(MemorySegment segment) {
        return segment.isNative() && segment.scope().equals(Arena.global().scope());
    }
}
