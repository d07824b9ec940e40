package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.StreamSocket;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;

/** A socket of the loop, of whatever family, whose peer is the JDK's, which is no part of what is tested. */
record Foreign(StreamSocket near, SocketChannel far) implements AutoCloseable {
    static Foreign tcp(CarrierLoop loop) throws IOException {
        return of(Family.TCP, loop, Loopback.anyPort());
    }

    static Foreign unix(CarrierLoop loop) throws IOException {
        try (UnixPath path = new UnixPath()) {
            return of(Family.UNIX, loop, path.address());
        }
    }

    private static Foreign of(Family family, CarrierLoop loop, SocketAddress local) throws IOException {
        try (ServerSocketChannel listener = ServerSocketChannel.open(family.protocol())) {
            listener.bind(local);
            StreamSocket connected = family.connect(loop, listener.getLocalAddress(), Duration.ZERO);
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
