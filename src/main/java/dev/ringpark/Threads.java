package dev.ringpark;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/** Running and waking what may fail, without failing with it: a loop carries others too. */
final class Threads {
    private Threads() {}

    /** Wakes {@code thread}. One whose own scheduler has been shut down nobody can wake; the others can still be. */
    static void unpark(Thread thread) {
        try {
            LockSupport.unpark(thread);
        } catch (RejectedExecutionException itsSchedulerIsShutDown) {
            assert thread.isVirtual();
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

    private static void report(Throwable e) {
        Thread current = Thread.currentThread();
        try {
            current.getUncaughtExceptionHandler().uncaughtException(current, e);
        } catch (Throwable handlerFailed) {
            e.addSuppressed(handlerFailed);   // as the JVM does, it is let go: nobody is left to be told
        }
    }
}
