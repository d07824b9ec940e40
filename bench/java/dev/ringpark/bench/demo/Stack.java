package dev.ringpark.bench.demo;

import java.io.IOException;
import java.net.SocketAddress;
import java.util.OptionalLong;

/** A way to have threads and TCP connections. */
public interface Stack extends AutoCloseable {
    /** What a service does with one connection. */
    interface Handler {
        void handle(Connection connection) throws IOException;
    }

    String name();

    /** What it runs on, in a few words. */
    String details();

    /** Listens on a free port of the loopback address and gives every connection a virtual thread of its own. */
    SocketAddress serve(Handler handler, Tally tally) throws IOException;

    /** A virtual thread for a client. */
    Thread startClient(Runnable task);

    /** Called on a client's thread. */
    Connection connect(SocketAddress server) throws IOException;

    /** System calls so far, as far as the stack counts them itself. */
    OptionalLong systemCalls();

    @Override
    void close() throws IOException;
}
