package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Kind;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Work that would block the dispatcher, on a few platform threads beside it, which come with the work and go when it is
 * done.
 *
 * <pre>
 * a request ends     | on the dispatcher's thread, when
 * -------------------+---------------------------------------------------------------------------------
 * with its outcome   | what its thread has posted is taken in, if nobody has cancelled it before
 * as cancelled       | it is asked to; its thread is interrupted, and what it still brings is dropped
 * </pre>
 */
final class Offloads {
    private static final int IDLE_SECONDS = 1;

    private final CallbackLoop loop;
    private final ThreadPoolExecutor threads;

    Offloads(CallbackLoop loop, int mostThreads) {
        this.loop = loop;
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(mostThreads, mostThreads, IDLE_SECONDS, TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), work -> daemon(work, "ringpark-dispatch-" + count.incrementAndGet()));
        threads.allowCoreThreadTimeOut(true);
    }

    /** Inherits nothing from the dispatcher's thread. */
    private static Thread daemon(Runnable work, String name) {
        Thread thread = new Thread(null, work, name, 0, false);
        thread.setDaemon(true);
        return thread;
    }

    void begin(Request<?> request, Callable<?> body) {
        loop.requireUsable();
        Task<?> task = new Task<>(request, body);
        request.begin(task, Kind.CLOSE, null);
        loop.begun(request);
        try {
            threads.execute(task);
        } catch (RuntimeException | Error noThreadToBeHad) {
            task.end(null, new IOException("no thread to be had for it", noThreadToBeHad));
        }
    }

    /** What still runs is interrupted, and not waited for. */
    void close() {
        threads.shutdownNow();
    }

    private final class Task<T extends @Nullable Object> extends FutureTask<T> implements Request.Holder {
        private @Nullable Request<?> request;   // until it has ended; dispatcher's thread

        Task(Request<?> request, Callable<T> body) {
            super(body);
            this.request = request;
        }

        @Override
        protected void done() {
            if (!isCancelled()) {
                loop.post(this::finish);
            }
        }

        private void finish() {
            try {
                end(get(), null);
            } catch (ExecutionException e) {
                Throwable cause = e.getCause();
                end(null, cause instanceof IOException failure ? failure : new IOException(cause));
            } catch (InterruptedException | CancellationException e) {
                throw new AssertionError(e);   // it is done, and nobody has cancelled it
            }
        }

        void end(@Nullable Object result, @Nullable IOException failure) {
            Request<?> asked = request;
            if (asked != null) {
                request = null;
                loop.ended(asked, 0, result, failure);
            }
        }

        @Override
        public void cancel(Request<?> asked) {
            if (!cancel(true) && !isCancelled()) {
                finish();   // it has an outcome, which is on its way
                return;
            }
            threads.remove(this);
            end(null, new OperationCanceledException());
        }
    }
}
