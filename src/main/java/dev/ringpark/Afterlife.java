package dev.ringpark;

import dev.ringpark.internal.op.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where virtual threads run on whose loop has ended under them: a scheduler may never refuse a thread, or the thread that
 * wakes it would get the exception. They find their sockets closed and finish. Its platform threads are daemons and go
 * after a second without work.
 */
final class Afterlife {
    private static final ExecutorService THREADS = new ThreadPoolExecutor(0, Integer.MAX_VALUE, 1, TimeUnit.SECONDS,
            new SynchronousQueue<>(), Thread.ofPlatform().daemon().name("ringpark-afterlife-", 1).factory());

    private Afterlife() {}

    static void execute(Runnable task) {
        THREADS.execute(task);
    }

    static void schedule(Timer timer) {
        long left = Math.max(0, timer.deadlineNanos() - System.nanoTime());
        CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS, THREADS).execute(timer::fire);
    }
}
