package dev.ringpark;

import dev.ringpark.internal.dispatch.Proactor;
import dev.ringpark.internal.op.Timer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Where virtual threads run on whose loop has ended under them: a scheduler may never refuse a thread, or the thread
 * that wakes it would get the exception. They find their sockets closed and finish. Its few platform threads are
 * daemons and go after a second without work.
 */
final class Afterlife {
    private static final ThreadPoolExecutor THREADS =
            pool(Thread.ofPlatform().daemon().name("ringpark-afterlife-", 1).factory());

    private Afterlife() {}

    static ThreadPoolExecutor pool(ThreadFactory factory) {
        int threads = Math.max(2, Runtime.getRuntime().availableProcessors());
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                threads, threads, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    static void execute(Runnable task) {
        execute(THREADS, task);
    }

    static void execute(ThreadPoolExecutor threads, Runnable task) {
        try {
            threads.execute(task);
        } catch (OutOfMemoryError noThreadToBeHad) {
            threads.getQueue().add(task);   // the first thread that there is again runs it
        }
    }

    /** Takes what an ended loop still has to do. */
    static void takeOver(Proactor proactor, RunQueue ready) {
        for (Timer timer = proactor.pollTimer(); timer != null; timer = proactor.pollTimer()) {
            schedule(timer);
        }
        for (Runnable task = ready.poll(); task != null; task = ready.poll()) {
            execute(task);
        }
    }

    static void schedule(Timer timer) {
        if (timer.isOver()) {
            return;   // it would be kept until its moment for nothing
        }
        long left = Math.max(0, timer.deadlineNanos() - System.nanoTime());
        CompletableFuture.delayedExecutor(left, TimeUnit.NANOSECONDS, Afterlife::execute).execute(timer::fire);
    }

    /** Has this class loaded while there are descriptors to load it with. */
    static void prepare() {
        // Initialising this class is the whole of it.
    }
}
