package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.ForeignDescriptor;
import dev.ringpark.LoopFile;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import dev.ringpark.UdpSocket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A call on a thread of its own, which a test can look at while it is parked. */
final class Call<T extends @Nullable Object> {
    private static final Set<String> CALLEES = Stream.<Class<?>>of(TcpSocket.class, TcpListener.class, UdpSocket.class,
            LoopFile.class, ForeignDescriptor.class)
            .flatMap(Call::withParents).map(Class::getName).collect(Collectors.toSet());

    private final CarrierLoop loop;
    private final FutureTask<T> outcome;
    private final Thread thread;
    private volatile boolean endedInterrupted;

    /** Has {@code body} run on the thread that {@code starter} starts; it is to wait for something of {@code loop}. */
    Call(CarrierLoop loop, Function<Runnable, Thread> starter, Callable<T> body) {
        this.loop = loop;
        this.outcome = new FutureTask<>(() -> noting(body));
        this.thread = starter.apply(outcome);
    }

    private static Stream<Class<?>> withParents(Class<?> type) {
        return Stream.iterate(type, each -> each != Object.class, Class::getSuperclass);
    }

    private T noting(Callable<T> body) throws Exception {
        try {
            return body.call();
        } finally {
            endedInterrupted = Thread.currentThread().isInterrupted();
        }
    }

    Thread thread() {
        return thread;
    }

    /** Returns once the thread is parked in a call of a socket, listener or file, and the loop has an operation. */
    Call<T> whenParked() {
        Eventually.until(() -> outcome.isDone() || isParked(), "parked in a call: " + this);
        if (outcome.isDone()) {
            throw new AssertionError("it did not park: " + this);
        }
        return this;
    }

    private boolean isParked() {
        Thread.State state = thread.getState();
        return (state == Thread.State.WAITING || state == Thread.State.TIMED_WAITING)
                && loop.stats().submitted() > loop.stats().completed()
                && Arrays.stream(thread.getStackTrace()).anyMatch(frame -> CALLEES.contains(frame.getClassName()));
    }

    boolean isDone() {
        return outcome.isDone();
    }

    /** What the body returned. */
    T result() throws Exception {
        return result(Eventually.LONG_SECONDS);
    }

    /** What the body returned, within so many seconds. */
    T result(long seconds) throws Exception {
        try {
            return outcome.get(seconds, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("never ended: " + this, e);
        }
    }

    /** What the body threw. */
    Throwable failure() throws Exception {
        try {
            return new AssertionError("did not throw, but returned " + outcome.get(Eventually.LONG_SECONDS,
                    TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("never ended: " + this, e);
        }
    }

    /** Whether the body has returned and not thrown; once it has ended. */
    boolean hasReturned() throws InterruptedException {
        awaitEnd();
        return outcome.state() == FutureTask.State.SUCCESS;
    }

    /** Whether the thread's interrupt status was set when the body had ended. */
    boolean endedInterrupted() throws InterruptedException {
        awaitEnd();
        return endedInterrupted;
    }

    void awaitEnd() throws InterruptedException {
        if (!thread.join(Duration.ofSeconds(Eventually.LONG_SECONDS))) {
            throw new AssertionError("never ended: " + this);
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder(thread + " " + outcome.state() + " " + loop.stats());
        if (outcome.state() == FutureTask.State.FAILED) {
            text.append(' ').append(outcome.exceptionNow());
        }
        for (StackTraceElement frame : thread.getStackTrace()) {
            text.append("\n    at ").append(frame);
        }
        return text.toString();
    }
}
