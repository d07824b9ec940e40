package dev.ringpark;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;

/** The stream of {@link StreamSocket#in}. */
final class SocketInput extends InputStream {
    /** {@link StreamSocket#read(byte[], int, int)}. */
    @FunctionalInterface
    interface Read {
        int read(byte[] target, int offset, int length) throws IOException;
    }

    /** {@link StreamSocket#available}. */
    @FunctionalInterface
    interface Available {
        int available() throws IOException;
    }

    private final Read source;
    private final Available available;
    private final Closeable socket;

    SocketInput(Read source, Available available, Closeable socket) {
        this.source = source;
        this.available = available;
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return source.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return source.read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
        return available.available();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
