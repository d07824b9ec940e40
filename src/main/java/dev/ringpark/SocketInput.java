package dev.ringpark;

import java.io.IOException;
import java.io.InputStream;

/** The stream of {@link TcpSocket#in}. */
final class SocketInput extends InputStream {
    private final TcpSocket socket;

    SocketInput(TcpSocket socket) {
        this.socket = socket;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return socket.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        return socket.read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
        return socket.available();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
