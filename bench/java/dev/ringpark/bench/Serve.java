package dev.ringpark.bench;

import dev.ringpark.bench.peer.Peer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The echo server of one peer: {@code PEER PORT [--idle] [--control PORT2]}. */
public final class Serve {
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int IDLE_BUFFER_BYTES = 1;

    private Serve() {}

    public static void main(String[] arguments) throws Exception {
        Deque<String> rest = new ArrayDeque<>(List.of(arguments));
        var server = Peer.named(rest.remove()).newServer();
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(rest.remove()));
        int bufferBytes = BUFFER_BYTES;
        while (!rest.isEmpty()) {
            switch (rest.remove()) {
                case "--idle" -> bufferBytes = IDLE_BUFFER_BYTES;
                case "--control" -> ControlPort.open(Integer.parseInt(rest.remove()), server::statistics);
                case String other -> throw new IllegalArgumentException("unknown option " + other);
            }
        }
        server.serve(address, bufferBytes);
    }
}
