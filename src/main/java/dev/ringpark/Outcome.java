package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waiting for a task that another thread runs, as if the caller had run it. */
final class Outcome {
    private Outcome() {}

    /**
     * Waits for the end of {@code task}, until {@code deadlineNanos} at most.
     *
     * @return what the task returned
     * @throws Exception what the task threw; {@link InterruptedException} or {@link TimeoutException} if the caller was
     *     interrupted or had no more time: then the task's thread is interrupted and not waited for
     */
    static <T extends @Nullable Object> T await(FutureTask<T> task, long deadlineNanos) throws Exception {
        try {
            return deadlineNanos == Moment.NONE
                    ? task.get()
                    : task.get(deadlineNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
        } catch (InterruptedException | TimeoutException e) {
            task.cancel(true);
            throw e;
        } catch (ExecutionException e) {
            throw unwrapped(e);
        }
    }

    private static Exception unwrapped(ExecutionException e) {
        if (e.getCause() instanceof Error error) {
            throw error;
        }
        return e.getCause() instanceof Exception cause ? cause : e;
    }
}
