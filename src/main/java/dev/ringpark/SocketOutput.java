package dev.ringpark;

import java.io.IOException;
import java.io.OutputStream;

/** The stream of {@link TcpSocket#out}. */
final class SocketOutput extends OutputStream {
    private final TcpSocket socket;

    SocketOutput(TcpSocket socket) {
        this.socket = socket;
    }

    @Override
    public void write(int value) throws IOException {
        socket.writeAll(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        socket.writeAll(source, offset, length);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
