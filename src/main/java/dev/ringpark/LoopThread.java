package dev.ringpark;

import dev.ringpark.internal.jdk.VirtualThreads;
import org.jspecify.annotations.Nullable;

/** The thread of a loop. By it a virtual thread finds the loop that carries it, whosever socket it waits for. */
final class LoopThread extends Thread {
    /** What a loop does for a thread that it carries and that cannot leave it. */
    interface Driver {
        LoopDoor door();

        /** A turn in which nobody runs, on the caller's stack. */
        void driveOnce();
    }

    private @Nullable Driver driver;   // this thread only, and what it carries

    LoopThread(String name, Runnable life) {
        super(life, name);
        setDaemon(true);
    }

    /** What drives the current thread's loop from here on; null for nothing. Of other threads nobody asks. */
    static void drivenBy(@Nullable Driver driver) {
        if (Thread.currentThread() instanceof LoopThread loop) {
            loop.driver = driver;
        }
    }

    /** What drives the loop that carries the current virtual thread; null if none does. */
    static @Nullable Driver carrying() {
        return VirtualThreads.refusal() == null && Thread.currentThread().isVirtual()
                && VirtualThreads.currentCarrier() instanceof LoopThread loop ? loop.driver : null;
    }
}
