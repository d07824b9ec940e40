package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import java.util.concurrent.locks.LockSupport;

/** Running what may fail, without failing with it: a loop carries others too. */
final class Threads {
    private Threads() {}

    /** Naming {@code types} loads them, while there are descriptors: a class path of folders opens a file for each. */
    static void load(Class<?>... types) {
        assert types.length > 0;
    }

    /** Parks the caller until it is unparked, interrupted or {@code deadlineNanos} has come, or for a while less. */
    static void parkUntil(Object blocker, long deadlineNanos) {
        if (deadlineNanos == Moment.NONE) {
            LockSupport.park(blocker);
        } else {
            LockSupport.parkNanos(blocker, deadlineNanos - System.nanoTime());
        }
    }

    /**
     * Runs {@code task}; what it throws (no memory, no stack: the rest it handles) goes where uncaught exceptions
     * go.
     */
    static void runGuarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable e) {
            report(e);
        }
    }

    /** Hands {@code e} to where uncaught exceptions of this thread go, and goes on whatever becomes of it there. */
    static void report(Throwable e) {
        Thread current = Thread.currentThread();
        try {
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
        } catch (Throwable handlerFailed) {
            // As the JVM does, it is let go: nobody is left to be told.
        }
    }
}
