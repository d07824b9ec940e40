package dev.ringpark.contract;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What a test has, whatever the compiler thinks of its last use: the end of a connection that a test mentions no more
 * would be closed once the collector had noticed, and the other end would hear of it.
 */
final class Held {
    private static final Queue<Object> HELD = new ConcurrentLinkedQueue<>();

    private Held() {}

    /** Keeps {@code what} until the end of the test. */
    static <T> T hold(T what) {
        HELD.add(what);
        return what;
    }

    /** A test has ended. */
    static void letGo() {
        HELD.clear();
    }
}
