package dev.ringpark.bench.peer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;

/** What the connections of the blocking peers with buffers do, and what they read into and write from. */
final class EchoBuffers {
    private static final int TINY_BYTES = 64;

    private EchoBuffers() {}

    /** Direct, as a server would choose; but a direct buffer's own book-keeping is larger than a tiny heap buffer. */
    static ByteBuffer allocate(int bytes) {
        return bytes <= TINY_BYTES ? ByteBuffer.allocate(bytes) : ByteBuffer.allocateDirect(bytes);
    }

    /** Sends back all that comes, until the end of the stream. */
    static void echo(ByteChannel channel, ByteBuffer buffer) throws IOException {
        while (channel.read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                channel.write(buffer);
            }
            buffer.clear();
        }
    }
}
