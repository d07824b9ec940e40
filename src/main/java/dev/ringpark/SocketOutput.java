package dev.ringpark;

import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;

/** The stream of {@link StreamSocket#out}. */
final class SocketOutput extends OutputStream {
    /** Writes all or throws. */
    @FunctionalInterface
    interface WriteAll {
        void write(byte[] source, int offset, int length) throws IOException;
    }

    private final WriteAll target;
    private final Closeable socket;

    SocketOutput(WriteAll target, Closeable socket) {
        this.target = target;
        this.socket = socket;
    }

    @Override
    public void write(int value) throws IOException {
        target.write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        target.write(source, offset, length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
