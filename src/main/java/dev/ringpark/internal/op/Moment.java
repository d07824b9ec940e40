package dev.ringpark.internal.op;

import java.time.Duration;

/** A moment at which something is due; an entry of {@link Deadlines}. Loop thread only, but for the moment itself. */
public abstract class Moment {
    /** No deadline. */
    public static final long NONE = Long.MAX_VALUE;
    /** A deadline that was over before the call began: it asks for nothing, and so is never queued or waited for. */
    public static final long OVER = Long.MIN_VALUE;

    static final int NOT_QUEUED = -1;
    private static final long FARTHEST_NANOS = Long.MAX_VALUE / 2;

    private long deadlineNanos = NONE;
    int heapIndex = NOT_QUEUED;
    int order;

    /** On the clock of {@link System#nanoTime()}, or {@link #NONE}. */
    public final long deadlineNanos() {
        return deadlineNanos;
    }

    /** Before the deadline is queued, or after it has left the queue. */
    public final void deadlineNanos(long nanos) {
        assert heapIndex == NOT_QUEUED : "moved while queued";
        assert nanos != OVER;
        deadlineNanos = nanos;
    }

    /** The moment {@code nanos} from now; {@link #NONE} when that is beyond the clock's reach. */
    public static long after(long nanos) {
        long now = System.nanoTime();
        // The clock may be anywhere and wraps; half its range (146 years) is what differences can tell apart.
        return nanos >= FARTHEST_NANOS ? NONE : sidestep(now + nanos);
    }

    /** The same, but when that is beyond the clock's reach, as far as it reaches. */
    public static long afterAtMost(long nanos) {
        return after(Math.min(nanos, FARTHEST_NANOS - 1));
    }

    /** The length of {@code time}, or the nearest that a long can tell. */
    public static long nanos(Duration time) {
        try {
            return time.toNanos();
        } catch (ArithmeticException beyondALong) {
            return time.isNegative() ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** Whether {@code deadlineNanos} has come. */
    public static boolean isOver(long deadlineNanos) {
        return deadlineNanos == OVER || (deadlineNanos != NONE && deadlineNanos - System.nanoTime() <= 0);
    }

    static long sidestep(long nanos) {
        return nanos == NONE || nanos == OVER ? OVER + 1 : nanos;
    }
}
