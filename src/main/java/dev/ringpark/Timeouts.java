package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import java.time.Duration;
import java.util.Objects;

/**
 * What a time to wait means. It is never negative. Zero is no limit for a call on a socket, as in java.net, but no wait
 * for an end, as in {@link java.util.concurrent.ExecutorService#awaitTermination} and {@link Thread#join(Duration)}.
 */
final class Timeouts {
    private Timeouts() {}

    /** A default timeout in nanoseconds; 0 stands for none. */
    static long checked(Duration timeout) {
        if (Objects.requireNonNull(timeout, "timeout").isNegative()) {
            throw new IllegalArgumentException("timeout is " + timeout + "; it must not be negative");
        }
        return Moment.nanos(timeout);
    }

    // A call has to end by the caller's Deadline too; what begins when that is over is told Moment.OVER.

    /** The moment a call with this timeout has to end by; {@link Duration#ZERO} stands for no limit. */
    static long deadline(Duration timeout) {
        return deadline(checked(timeout));
    }

    /** The same with a timeout in nanoseconds; 0 stands for no limit. */
    static long deadline(long timeoutNanos) {
        return Deadline.orEarlier(timeoutNanos == 0 ? Moment.NONE : Moment.after(timeoutNanos));
    }

    /** The moment until which the end of something is waited for; {@link Duration#ZERO} stands for no wait at all. */
    static long patience(Duration timeout) {
        return Moment.after(checked(timeout));
    }
}
