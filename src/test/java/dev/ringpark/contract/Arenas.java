package dev.ringpark.contract;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** One arena of each kind that can be closed. */
record Arenas(Arena confined, Arena shared) implements AutoCloseable {
    /** New ones; the confined one is the calling thread's. */
    @SuppressWarnings("MustBeClosedChecker")   // close does
    Arenas() {
        this(Arena.ofConfined(), Arena.ofShared());
    }

    @Override
    public void close() {
        confined.close();
        shared.close();
    }

    /** A new one that a test closes somewhere in its middle. */
    @SuppressWarnings("MustBeClosedChecker")
    static Arena toBeClosed() {
        return Arena.ofShared();
    }

    /** A segment whose arena is closed. */
    static MemorySegment freedSegment(int bytes) {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(bytes);
        }
    }

    /** A buffer whose arena is closed. */
    static ByteBuffer freedBuffer(int bytes) {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(bytes).asByteBuffer();
        }
    }
}
