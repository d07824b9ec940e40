package dev.ringpark.contract;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits for what has to come, and fails loudly if it has not come for long. */
final class Eventually {
    /** Far beyond what anything takes here, also on a busy machine. */
    static final long LONG_SECONDS = 10;

    private Eventually() {}

    @SuppressWarnings("ThreadPriorityCheck")   // gives way to those whose progress it waits for
    static void until(BooleanSupplier condition, String what) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("not within " + LONG_SECONDS + " s: " + what);
            }
            Thread.yield();
        }
    }
}
