package dev.ringpark.contract;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for what has to come, and fails loudly if it has not come for long. */
public final class Eventually {
    /** Far beyond what anything takes here, also on a busy machine. */
    static final long LONG_SECONDS = 10;

    private static final int QUICK_LOOKS = 50;
    private static final long PAUSE_NANOS = 200_000;

    private Eventually() {}

    public static void until(BooleanSupplier condition, String what) {
        until(condition, () -> what);
    }

    /** Looks until then; what takes longer than a moment has the processor for itself in between. */
    @SuppressWarnings("ThreadPriorityCheck")   // gives way to those whose progress it waits for
    static void until(BooleanSupplier condition, Supplier<String> what) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_SECONDS);
        for (int looks = 1; !condition.getAsBoolean(); looks++) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("not within " + LONG_SECONDS + " s: " + what.get());
            }
            if (looks < QUICK_LOOKS) {
                Thread.yield();
            } else {
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }
}
