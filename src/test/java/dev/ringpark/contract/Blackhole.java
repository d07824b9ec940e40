package dev.ringpark.contract;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** An address that does not answer: a listener whose backlog is full, so that Linux drops what else knocks. */
final class Blackhole implements AutoCloseable {
    private static final int BACKLOG = 1;

    private final ServerSocket listener = new ServerSocket(0, BACKLOG, Loopback.anyPort().getAddress());
    private final List<Socket> queued = new ArrayList<>();

    Blackhole() throws IOException {
        for (int i = 0; i <= BACKLOG; i++) {   // Linux keeps one more than it is asked to
            queued.add(new Socket(listener.getInetAddress(), listener.getLocalPort()));
        }
    }

    InetSocketAddress address() {
        return Loopback.port(listener.getLocalPort());
    }

    @Override
    public void close() throws IOException {
        for (Socket each : queued) {
            each.close();
        }
        listener.close();
    }
}
