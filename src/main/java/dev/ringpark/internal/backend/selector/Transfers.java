package dev.ringpark.internal.backend.selector;

import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.Objects;

/**
 * Moves bytes between a channel and the memory of an operation, whose buffer keeps its position and limit. Memory on
 * the heap goes through one buffer of the loop: the JDK would copy as well, but through buffers that grow to the
 * largest transfer and stay with the thread. Loop thread only.
 */
final class Transfers {
    /** Fewer cost a system call and a turn of the loop each time for what the system would take at once. */
    private static final int LEAST_COPY_BYTES = 64 * 1024;

    private final ByteBuffer copy;

    Transfers(int bufferBytes) {
        copy = ByteBuffer.allocateDirect(Math.max(bufferBytes, LEAST_COPY_BYTES));
    }

    /** The most that one attempt at {@code operation} moves. */
    int mostBytes(Operation operation) {
        return isDirect(operation) ? operation.length() : Math.min(operation.length(), copy.capacity());
    }

    /** How many bytes were read: 0 if there are none yet, -1 at the end of the stream. */
    int read(SocketChannel from, Operation operation) throws IOException {
        return isDirect(operation) ? direct(from, operation) : readCopying(from, operation);
    }

    /** How many bytes were written: 0 if there is no room. */
    int write(SocketChannel to, Operation operation) throws IOException {
        return isDirect(operation) ? direct(to, operation) : writeCopying(to, operation);
    }

    private int readCopying(SocketChannel from, Operation operation) throws IOException {
        int bytes = from.read(copy.clear().limit(mostBytes(operation)));
        byte[] array = operation.array();
        if (bytes > 0 && array != null) {
            copy.get(0, array, operation.offset(), bytes);
        } else if (bytes > 0) {
            buffer(operation).put(operation.offset(), copy, 0, bytes);
        }
        return bytes;
    }

    private int writeCopying(SocketChannel to, Operation operation) throws IOException {
        int bytes = mostBytes(operation);
        byte[] array = operation.array();
        copy.clear();   // an absolute put minds the limit, which is the last transfer's
        if (array != null) {
            copy.put(0, array, operation.offset(), bytes);
        } else {
            copy.put(0, buffer(operation), operation.offset(), bytes);
        }
        return to.write(copy.limit(bytes));
    }

    /** A channel knows no absolute transfer; the owner, who could notice the difference, is parked. */
    private static int direct(SocketChannel channel, Operation operation) throws IOException {
        ByteBuffer buffer = buffer(operation);
        int position = buffer.position();
        int limit = buffer.limit();
        buffer.limit(operation.offset() + operation.length()).position(operation.offset());
        try {
            return operation.kind() == Kind.READ ? channel.read(buffer) : channel.write(buffer);
        } finally {
            buffer.limit(limit).position(position);
        }
    }

    private static boolean isDirect(Operation operation) {
        ByteBuffer buffer = operation.buffer();
        return buffer != null && buffer.isDirect();
    }

    private static ByteBuffer buffer(Operation operation) {
        return Objects.requireNonNull(operation.buffer());
    }
}
