package dev.ringpark.internal.op;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;

/** Waking one of many, without failing with it. */
public final class Wakeup {
    private Wakeup() {}

    /** Wakes {@code thread}. One whose own scheduler has been shut down nobody can wake; the others can still be. */
    public static void unpark(Thread thread) {
        try {
            LockSupport.unpark(thread);
        } catch (RejectedExecutionException itsSchedulerIsShutDown) {
            assert thread.isVirtual();
        }
    }
}
