package dev.ringpark.contract;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;

/** A kind of memory that users read into and write from. */
enum Memory {
    HEAP {
        @Override
        MemorySegment segment(Arenas arenas, int bytes) {
            return MemorySegment.ofArray(new byte[bytes]);
        }
    },
    DIRECT {
        @Override
        MemorySegment segment(Arenas arenas, int bytes) {
            return MemorySegment.ofBuffer(ByteBuffer.allocateDirect(bytes));
        }

        @Override
        ByteBuffer buffer(Arenas arenas, int bytes) {
            return ByteBuffer.allocateDirect(bytes);
        }
    },
    CONFINED {
        @Override
        MemorySegment segment(Arenas arenas, int bytes) {
            return arenas.confined().allocate(bytes);
        }
    },
    SHARED {
        @Override
        MemorySegment segment(Arenas arenas, int bytes) {
            return arenas.shared().allocate(bytes);
        }
    },
    AUTOMATIC {
        @Override
        MemorySegment segment(Arenas arenas, int bytes) {
            return Arena.ofAuto().allocate(bytes);
        }
    },
    GLOBAL {
        @Override
        MemorySegment segment(Arenas arenas, int bytes) {
            return Arena.global().allocate(bytes);
        }
    },
    LONGS {
        @Override
        MemorySegment segment(Arenas arenas, int bytes) {
            return MemorySegment.ofArray(new long[bytes / Long.BYTES + 1]).asSlice(0, bytes);
        }

        // No buffer of bytes can stand for an array of longs.
        @Override
        ByteBuffer buffer(Arenas arenas, int bytes) {
            return ByteBuffer.wrap(new byte[bytes + 20], 10, bytes);
        }
    };

    private static final int MARGIN = 13;

    /** New memory; what can be freed lives as long as {@code arenas}. */
    abstract MemorySegment segment(Arenas arenas, int bytes);

    /** A new buffer with {@code bytes} remaining. */
    ByteBuffer buffer(Arenas arenas, int bytes) {
        return segment(arenas, bytes).asByteBuffer();
    }

    /** The middle of a larger segment. */
    MemorySegment slice(Arenas arenas, int bytes) {
        return segment(arenas, bytes + 2 * MARGIN).asSlice(MARGIN, bytes);
    }

    /** The middle of a larger buffer, with an offset of its own. */
    ByteBuffer bufferSlice(Arenas arenas, int bytes) {
        ByteBuffer whole = buffer(arenas, bytes + 2 * MARGIN);
        return whole.slice(whole.position() + MARGIN, bytes);
    }

    /** The bytes of {@code segment}. */
    static byte[] bytes(MemorySegment segment) {
        return segment.toArray(ValueLayout.JAVA_BYTE);
    }
}
