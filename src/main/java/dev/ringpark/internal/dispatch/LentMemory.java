package dev.ringpark.internal.dispatch;

import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** Memory that was lent to a queue which has failed, and may still write to it. */
final class LentMemory {
    private LentMemory() {}

    /** Loads this class while there are descriptors for that: a queue may fail for want of one. */
    static void load() {
        // To initialise it is the whole of it.
    }

    /** Keeps {@code memory} reachable for good. */
    static void keep(List<Object> memory) {
        if (memory.isEmpty()) {
            return;
        }
        Thread.ofPlatform().daemon().name("ringpark-kept-memory").start(() -> {
            while (true) {
                LockSupport.park(memory);
            }
        });
    }
}
