package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.StreamSocket;
import dev.ringpark.TcpSocket;
import dev.ringpark.UnixSocket;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** A socket of the loop, of whatever family, whose peer is the JDK's, which is no part of what is tested. */
record Foreign(StreamSocket near, SocketChannel far) implements AutoCloseable {
    /** Connects to an address. */
    @FunctionalInterface
    private interface Connector {
        StreamSocket connect(SocketAddress address) throws IOException;
    }

    static Foreign tcp(CarrierLoop loop) throws IOException {
        return of(StandardProtocolFamily.INET, Loopback.anyPort(), address -> TcpSocket.connect(loop, address));
    }

    static Foreign unix(CarrierLoop loop) throws IOException {
        try (UnixPath path = new UnixPath()) {
            return of(StandardProtocolFamily.UNIX, path.address(), address -> UnixSocket.connect(loop, address));
        }
    }

    private static Foreign of(StandardProtocolFamily family, SocketAddress local, Connector near) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open(family)) {
            listener.bind(local);
            StreamSocket connected = near.connect(listener.getLocalAddress());
            return Held.hold(new Foreign(connected, listener.accept()));
        }
    }

    /** Has the far end send {@code bytes}, which are few. */
    void write(byte[] bytes) throws IOException {
        far.write(ByteBuffer.wrap(bytes));
    }

    /** Closes the far end. */
    @Override
    public void close() throws IOException {
        far.close();
    }
}
