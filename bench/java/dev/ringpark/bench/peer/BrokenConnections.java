package dev.ringpark.bench.peer;

import java.util.concurrent.atomic.AtomicBoolean;

/** Connections that ended with an exception: said once, since a load generator that is cut off breaks hundreds. */
final class BrokenConnections {
    private static final AtomicBoolean SAID = new AtomicBoolean();

    private BrokenConnections() {}

    static void report(Throwable reason) {
        if (SAID.compareAndSet(false, true)) {
            System.err.println("a connection ended with " + reason + " (further ones are not reported)");
        }
    }
}
