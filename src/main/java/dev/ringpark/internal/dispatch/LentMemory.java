package dev.ringpark.internal.dispatch;

import java.util.concurrent.locks.LockSupport;

/** Memory that was lent to a queue which has failed, and may still write to it. */
public final class LentMemory {
    private LentMemory() {}

    /** Keeps {@code memory} reachable for good. */
    public static void keep(Object memory) {
        Thread.ofPlatform().daemon().name("ringpark-kept-memory").start(() -> {
            while (true) {
                LockSupport.park(memory);
            }
        });
    }
}
