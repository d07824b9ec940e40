package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import java.lang.ScopedValue.CallableOp;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One limit for several calls at once: a moment by which everything called inside has to end.
 *
 * {@snippet file="Timers.java" region="deadline"}
 *
 * <p><b>What it limits.</b> Every call of any loop that waits for the system or for others: connecting, the looking up
 * of a name for it, reading, writing, accepting, all of {@link LoopFile} and {@link LoopFiles},
 * {@link CarrierLoop#offload}, and the waiting for another thread's call to end before. Each has until its own timeout,
 * if it has one, or until the deadline, whichever is earlier, and fails with a {@link java.net.SocketTimeoutException},
 * the exception of a timeout; an offloaded task with a {@link java.util.concurrent.TimeoutException}. As after a
 * timeout, the socket is open and no byte is lost; one that was connecting is closed. A file stays open, too, and the
 * exception counts the bytes of the call; where threads read and write files, everywhere but on io_uring, what a thread
 * has begun ends first. A call that begins when the deadline is over fails at once and does nothing at all: not even
 * bytes that have arrived are read. Not limited are closing, connecting a {@link UdpSocket}, which asks nobody,
 * {@link CarrierLoop#sleep}, {@link CarrierLoop#run}, and computing.
 *
 * <p><b>Where it holds.</b> For the thread that called {@link #call}, until that returns, wherever the calls are made.
 * Within another one the earlier of the two holds, so nobody can give himself more time than he has. Threads that are
 * started inside know nothing of it, but for those that a {@code StructuredTaskScope} forks; hand
 * the same deadline on to others.
 *
 * <p>Immutable, and safe for use by any thread, any number of times.
 */
public final class Deadline {
    private static final ScopedValue<Deadline> CURRENT = ScopedValue.newInstance();
    private static final Deadline NONE = new Deadline(Moment.NONE);

    private final long nanos;

    private Deadline(long nanos) {
        this.nanos = nanos;
    }

    /**
     * The deadline {@code time} from now. It does not move: the time passes from here on, not from {@link #call}.
     *
     * @param time to the nanosecond; more than 146 years is no limit, {@link Duration#ZERO} is over at once
     * @throws IllegalArgumentException if {@code time} is negative
     */
    public static Deadline within(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative()) {
            throw new IllegalArgumentException("time is " + time + "; it must not be negative");
        }
        return new Deadline(Moment.after(Moment.nanos(time)));
    }

    /** The deadline that holds for the calling thread, the earliest of all around it; empty if there is none. */
    public static Optional<Deadline> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Something to do, with an exception of its own kind at most. */
    @FunctionalInterface
    public interface Action<X extends Throwable> {
        /** Does it. */
        void run() throws X;
    }

    /**
     * Runs {@code task} in the caller's thread, with this deadline for all that it calls.
     *
     * @return what the task returned
     * @throws X what the task threw
     */
    public <T extends @Nullable Object, X extends Throwable> T call(CallableOp<? extends T, X> task) throws X {
        return ScopedValue.where(CURRENT, earlier(CURRENT.orElse(NONE))).call(Objects.requireNonNull(task, "task"));
    }

    /**
     * Runs {@code action} in the caller's thread, with this deadline for all that it calls.
     *
     * @throws X what the action threw
     */
    public <X extends Throwable> void run(Action<X> action) throws X {
        Objects.requireNonNull(action, "action");
        call(asCall(action));
    }

    private Deadline earlier(Deadline other) {
        return isBefore(nanos, other.nanos) ? this : other;
    }

    /** How long it is until then: {@link Duration#ZERO} from then on, and as long as can be said if it never comes. */
    public Duration remaining() {
        return Duration.ofNanos(nanos == Moment.NONE ? Long.MAX_VALUE : Math.max(0, nanos - System.nanoTime()));
    }

    /** Whether the moment has come. */
    public boolean isOver() {
        return Moment.isOver(nanos);
    }

    /** Runs what has to be done to its end although it may be over: bytes in hand have no other place to go. */
    static <X extends Throwable> void lifted(Action<X> action) throws X {
        ScopedValue.where(CURRENT, NONE).call(asCall(action));
    }

    private static <X extends Throwable> CallableOp<@Nullable Object, X> asCall(Action<X> action) {
        return () -> {
            action.run();
            return null;
        };
    }

    /**
     * What holds for a call that may take until {@code ownNanos}: that, or the caller's deadline if it is earlier;
     * {@link Moment#OVER} if that has come. Each read asks, so without a deadline this is one look and no allocation.
     */
    static long orEarlier(long ownNanos) {
        long nanos = CURRENT.orElse(NONE).nanos;
        if (nanos == Moment.NONE) {
            return ownNanos;
        }
        if (Moment.isOver(nanos)) {
            return Moment.OVER;
        }
        return isBefore(nanos, ownNanos) ? nanos : ownNanos;
    }

    private static boolean isBefore(long nanos, long otherNanos) {
        return nanos != Moment.NONE && (otherNanos == Moment.NONE || nanos - otherNanos < 0);
    }

    @Override
    public String toString() {
        return nanos == Moment.NONE ? "Deadline[none]" : "Deadline[" + (isOver() ? "over" : "in " + remaining()) + "]";
    }
}
