package dev.ringpark.bench.peer;

import java.net.SocketAddress;

/** One way to write an echo server. */
public interface EchoServer {
    /** Connections that may wait to be accepted: a load generator opens hundreds at once. */
    int BACKLOG = 4096;

    /** Serves on the given address, of TCP or a Unix socket, until the process is ended. */
    void serve(SocketAddress address, int bufferBytes) throws Exception;

    /** What the server's own counters say, in one line. */
    default String statistics() {
        return "none";
    }
}
