package dev.ringpark.contract;

import dev.ringpark.StreamSocket;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.util.concurrent.Callable;

/** The bytes of {@link Sequence} through a connection. */
final class Flow {
    /** More than a connection holds that nobody reads. */
    static final byte[] TOO_MUCH = new byte[64 << 20];

    private Flow() {}

    /** Reads to the end of the stream and checks each byte; the number of them. */
    static Callable<Long> readAll(StreamSocket socket) {
        return () -> read(socket, Long.MAX_VALUE, 8192);
    }

    /** Reads {@code bytes} bytes, or to the end, in pieces of at most {@code piece} bytes, and checks each. */
    static long read(StreamSocket socket, long bytes, int piece) throws IOException {
        byte[] target = new byte[piece];
        long done = 0;
        while (done < bytes) {
            int count = socket.read(target, 0, (int) Math.min(piece, bytes - done));
            if (count < 0) {
                break;
            }
            Sequence.check(target, count, done);
            done += count;
        }
        return done;
    }

    /** Writes everything in {@code source} and ends the output; the sum of the counts. */
    static long writeAll(StreamSocket socket, ByteBuffer source) throws IOException {
        long done = 0;
        while (source.hasRemaining()) {
            done += socket.write(source);
        }
        socket.shutdownOutput();
        return done;
    }

    /** Writes, and keeps the turn, far more than a connection holds; nobody reads it. */
    static Callable<Void> writeTooMuch(StreamSocket socket) {
        return () -> {
            socket.out().write(TOO_MUCH);
            return null;
        };
    }

    /** Writes until that fails. */
    static void writeWithoutEnd(Socket socket) throws IOException {
        while (true) {
            socket.getOutputStream().write(0);
        }
    }

    /** Takes the bytes of {@code source}, which are the sequence, into a direct buffer. */
    static ByteBuffer direct(byte[] source) {
        return ByteBuffer.allocateDirect(source.length).put(source).flip();
    }

    /** The bytes of {@code source}, an even number of them, in two buffers. */
    static ByteBuffer[] halves(byte[] source) {
        int half = source.length / 2;
        return new ByteBuffer[] {ByteBuffer.wrap(source, 0, half), ByteBuffer.wrap(source, half, half)};
    }
}
