package dev.ringpark.bench;

import dev.ringpark.bench.peer.Addresses;
import dev.ringpark.bench.peer.Peer;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Files;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The echo server of one peer: {@code PEER PORT|PATH [--idle] [--control PORT2]}. */
public final class Serve {
    private static final int BUFFER_BYTES = 16 * 1024;
    private static final int IDLE_BUFFER_BYTES = 1;

    private Serve() {}

    public static void main(String[] arguments) throws Exception {
        Deque<String> rest = new ArrayDeque<>(List.of(arguments));
        var server = Peer.named(rest.remove()).newServer();
        var address = Addresses.of(rest.remove());
        int bufferBytes = BUFFER_BYTES;
        while (!rest.isEmpty()) {
            switch (rest.remove()) {
                case "--idle" -> bufferBytes = IDLE_BUFFER_BYTES;
                case "--control" -> ControlPort.open(Integer.parseInt(rest.remove()), server::statistics);
                case String other -> throw new IllegalArgumentException("unknown option " + other);
            }
        }
        if (address instanceof UnixDomainSocketAddress path) {
            Files.deleteIfExists(path.getPath());   // what a server before this one left there
        }
        server.serve(address, bufferBytes);
    }
}
