package dev.ringpark.contract;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** An address that does not answer: a listener whose backlog is full, so that Linux drops what else knocks. */
final class Blackhole implements AutoCloseable {
    private static final int BACKLOG = 1;

    private final ServerSocketChannel listener;
    private final SocketAddress address;
    private final List<SocketChannel> queued = new ArrayList<>();

    /** Over TCP. */
    Blackhole() throws IOException {
        this(Family.TCP, Loopback.anyPort());
    }

    /** Over Unix sockets nothing is dropped: what else knocks is kept waiting, if it can wait. */
    Blackhole(Family family, SocketAddress local) throws IOException {
        listener = ServerSocketChannel.open(family.protocol()).bind(local, BACKLOG);
        address = listener.getLocalAddress();
        for (int i = 0; i <= BACKLOG; i++) {   // Linux keeps one more than it is asked to
            queued.add(SocketChannel.open(address));
        }
    }

    SocketAddress address() {
        return address;
    }

    @Override
    public void close() throws IOException {
        for (SocketChannel each : queued) {
            each.close();
        }
        listener.close();
    }
}
