package dev.ringpark.bench.peer;

import java.nio.ByteBuffer;

/** The buffer that a connection of a blocking peer reads into and writes from. */
final class EchoBuffers {
    private static final int TINY_BYTES = 64;

    private EchoBuffers() {}

    /** Direct, as a server would choose; but a direct buffer's own book-keeping is larger than a tiny heap buffer. */
    static ByteBuffer allocate(int bytes) {
        return bytes <= TINY_BYTES ? ByteBuffer.allocate(bytes) : ByteBuffer.allocateDirect(bytes);
    }
}
