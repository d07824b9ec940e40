package dev.ringpark.internal.backend.files;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The threads for files: so many, first come, first served, and as many again for closes, which wait for nothing but
 * each other. A thread that is stuck in something nobody waits for any more is not one of them until it is back.
 */
final class FilePool {
    private static final int IDLE_SECONDS = 1;

    private final int count;
    private final ThreadPoolExecutor threads;
    private final ThreadPoolExecutor closers;
    private final ReentrantLock sizing = new ReentrantLock();
    private int stuck;   // guarded by sizing; below 0 for a moment if one is back before it has been missed

    FilePool(int count) {
        this.count = count;
        this.threads = pool(count, "ringpark-files-");
        this.closers = pool(count, "ringpark-files-close-");
    }

    private static ThreadPoolExecutor pool(int count, String name) {
        ThreadFactory factory = Thread.ofPlatform().daemon().name(name, 1)
                .inheritInheritableThreadLocals(false).factory();
        ThreadPoolExecutor pool = new ThreadPoolExecutor(count, count, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), factory);
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    int count() {
        return count;
    }

    void execute(Runnable task) {
        threads.execute(task);
    }

    /** The same beside all else. */
    void executeClose(Runnable task) {
        closers.execute(task);
    }

    /** Takes out what no thread has begun. */
    boolean remove(Runnable task) {
        return threads.remove(task);
    }

    /** A thread is stuck: another may take its place. */
    void miss() {
        sizing.lock();
        try {
            stuck++;
            if (stuck > 0) {
                threads.setMaximumPoolSize(size());
                threads.setCorePoolSize(size());
            }
        } catch (OutOfMemoryError noThreadToBeHad) {
            return;   // the next task tries again
        } finally {
            sizing.unlock();
        }
    }

    /** The calling thread was stuck and is back: it, or the next that is done, leaves. */
    void isBack() {
        sizing.lock();
        try {
            stuck--;
            if (stuck >= 0) {
                threads.setCorePoolSize(size());
                threads.setMaximumPoolSize(size());
            }
        } finally {
            sizing.unlock();
        }
    }

    private int size() {
        return Math.clamp((long) count + stuck, 1, Integer.MAX_VALUE);
    }

    void shutdown() {
        threads.shutdown();
        closers.shutdown();
    }
}
