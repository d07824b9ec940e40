package dev.ringpark.internal.dispatch;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/** Memory that was lent to a queue which has failed, and may still write to it: it is never freed. */
final class LentMemory {
    private static final Queue<Object> KEPT = new ConcurrentLinkedQueue<>();

    static {
        new Keeper(List.of()).hold(false);   // loads it while there are descriptors and stack for that
    }

    private LentMemory() {}

    /** Initialises this class: a queue may fail for want of what that takes. */
    static void load() {
        // The initialiser is the whole of it.
    }

    /**
     * Keeps {@code memory} reachable for good: as long as this class is there and, by a thread of the JVM's, if one is
     * to be had, beyond.
     */
    static void keep(List<Object> memory) {
        if (memory.isEmpty()) {
            return;
        }
        KEPT.addAll(memory);
        try {
            Thread.ofPlatform().daemon().name("ringpark-kept-memory").start(new Keeper(memory));
        } catch (Throwable noThreadToBeHad) {
            // Why the queue has failed is what is to be told.
        }
    }

    /** Has the memory on its stack; a class of its own, as a lambda would be linked only when it is needed. */
    private record Keeper(List<Object> memory) implements Runnable {
        @Override
        public void run() {
            hold(true);
        }

        void hold(boolean forEver) {
            while (forEver) {
                LockSupport.park(memory);
            }
        }
    }
}
