package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.StackRoom;
import java.nio.channels.AsynchronousCloseException;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Where tasks run that would block a loop: a few platform threads, which come with the work and go when it is done.
 *
 * <p>There is a place for each thread and for each task that may wait for one. Who finds none waits for it, first come,
 * first served. A place comes free when its task has really ended, so one whose caller has left keeps it as long as its
 * thread does not hear the interrupt.
 *
 * <p>The locks in here are for those who call, which may be threads a loop carries: they park. The loop's own code
 * never comes here while it has threads to carry.
 */
final class OffloadPool {
    private static final int IDLE_SECONDS = 1;
    private static final int FOR_ALL = 1 << 30;   // places, once nobody has to wait for one any more

    private final Semaphore places;
    private final Set<FutureTask<?>> begun = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor threads;
    private final AtomicBoolean closed = new AtomicBoolean();

    OffloadPool(LoopOptions options) {
        places = new Semaphore(options.offloadThreads() + options.offloadQueue(), true);
        String name = options.name() + "-offload-";
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(options.offloadThreads(), options.offloadThreads(), IDLE_SECONDS,
                TimeUnit.SECONDS, new LinkedBlockingQueue<>(),
                work -> new Worker(work, name + count.incrementAndGet(), this)) {
            @Override
            protected void afterExecute(Runnable task, @Nullable Throwable thrown) {
                places.release();
            }
        };
        threads.allowCoreThreadTimeOut(true);
    }

    /** Inherits nothing from whoever happened to need it first. */
    private static final class Worker extends Thread {
        private final OffloadPool pool;

        Worker(Runnable work, String name, OffloadPool pool) {
            super(null, work, name, 0, false);
            this.pool = pool;
            setDaemon(true);
        }
    }

    /**
     * Runs {@code body} on a thread of the pool and waits for its end, until {@code deadlineNanos} at most.
     *
     * @return what it returned
     * @throws Exception what it threw, or why it was not waited for: {@link InterruptedException},
     *     {@link TimeoutException}, or {@link AsynchronousCloseException} if the pool was closed
     */
    <T extends @Nullable Object> T run(Callable<T> body, long deadlineNanos) throws Exception {
        if (deadlineNanos == Moment.OVER) {
            throw refusal();
        }
        if (Thread.currentThread() instanceof Worker worker && worker.pool == this) {
            return body.call();   // if all threads waited for others to run something, nobody would
        }
        StackRoom.require();   // half way through, a lock of the pool's might stay closed, or a place taken
        FutureTask<T> task = new FutureTask<>(body);
        begin(task, deadlineNanos);
        try {
            return Outcome.await(task, deadlineNanos);
        } catch (CancellationException e) {
            throw task.isCancelled() ? new AsynchronousCloseException() : e;
        } finally {
            begun.remove(task);
            if (task.isCancelled()) {
                withdraw(task);
            }
        }
    }

    /** Of what comes too late. */
    private Exception refusal() {
        return Thread.interrupted() ? new InterruptedException()
                : closed.get() ? new AsynchronousCloseException() : new TimeoutException();
    }

    private void begin(FutureTask<?> task, long deadlineNanos) throws Exception {
        takePlace(deadlineNanos);
        try {
            begun.add(task);
            threads.execute(task);
        } catch (RejectedExecutionException e) {
            begun.remove(task);
            places.release();
            throw new AsynchronousCloseException();
        } catch (Throwable noThreadToBeHad) {
            begun.remove(task);
            if (!withdraw(task)) {
                places.release();
            }
            throw noThreadToBeHad;
        }
    }

    private void takePlace(long deadlineNanos) throws Exception {
        if (deadlineNanos == Moment.NONE) {
            places.acquire();
        } else if (!places.tryAcquire(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS)) {
            throw new TimeoutException();
        }
        if (closed.get()) {
            places.release();   // for the next who waits to hear of it
            throw new AsynchronousCloseException();
        }
    }

    /** Gives the place of a task back that no thread has taken yet; false if one has, or nobody knows it. */
    private boolean withdraw(FutureTask<?> task) {
        boolean waited = threads.remove(task);
        if (waited) {
            places.release();
        }
        return waited;
    }

    /**
     * Ends every {@link #run} with {@link AsynchronousCloseException}, those that wait for a place too. Threads that
     * run something are interrupted, and not waited for. Idempotent.
     */
    void close() {
        if (!closed.get()) {
            StackRoom.require();   // half way through, a lock of the pool's might stay closed
        }
        if (closed.compareAndSet(false, true)) {
            threads.shutdown();
            threads.getQueue().clear();   // before a thread comes free for what is in it
            begun.forEach(task -> task.cancel(true));
            places.release(FOR_ALL);
        }
    }
}
