package dev.ringpark.internal.jdk;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * The threads that wait for the JDK's own sockets, for all virtual threads of the process. The first of those that has
 * to wait starts them, and on JDK 25 under Linux they are virtual threads themselves, which inherit its scheduler for
 * good. If that were a loop's, a thread of the loop that computes would hold up every socket of the JDK's.
 */
public final class SocketPollers {
    private static final SocketPollers SHARED = new SocketPollers();
    private static final String STARTER = "sun.nio.ch.Poller";   // JDK 21 and later; its initialiser starts them
    private static final int MOST_READERS = 32;                  // as many as processors, rounded down to a power of 2
    private static final int OTHERS = 2;                         // for writes, and the one they wait at
    private static final int SELECTOR_DESCRIPTORS = 2;

    private boolean started;

    private SocketPollers() {}

    /**
     * Starts them, once, on the JDK's own scheduler. For platform threads. To initialise a class is open to everybody;
     * nothing of the JDK's inside is called.
     *
     * @throws IOException if the process has run out of descriptors
     */
    public static void start() throws IOException {
        SHARED.startOnce();
    }

    private synchronized void startOnce() throws IOException {
        if (started) {
            return;
        }
        requireDescriptors();
        try {
            Class.forName(STARTER, true, null);
        } catch (ClassNotFoundException | LinkageError noneToBeStarted) {
            // Another JDK has others; and where the class has failed before there will never be any.
        }
        started = true;
    }

    /** Fails here, where one can try again; a class whose initialiser has failed is broken for good. */
    private static void requireDescriptors() throws IOException {
        int readers = Math.min(Integer.highestOneBit(Runtime.getRuntime().availableProcessors()), MOST_READERS);
        Deque<Selector> taken = new ArrayDeque<>();
        try {
            while (taken.size() * SELECTOR_DESCRIPTORS < readers + OTHERS) {
                taken.push(Selector.open());
            }
        } finally {
            for (Selector each : taken) {
                each.close();
            }
        }
    }
}
