package dev.ringpark.internal.op;

/** A moment at which something is due; an entry of {@link Deadlines}. Loop thread only, but for the moment itself. */
public abstract class Deadline {
    /** No deadline. */
    public static final long NONE = Long.MAX_VALUE;

    static final int NOT_QUEUED = -1;

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
        deadlineNanos = nanos;
    }

    /** The moment {@code nanos} from now; {@link #NONE} when that is beyond the clock's reach. */
    public static long after(long nanos) {
        long now = System.nanoTime();
        // The clock may be anywhere and wraps; half its range (146 years) is what differences can tell apart.
        return nanos >= Long.MAX_VALUE / 2 ? NONE : avoidNone(now + nanos);
    }

    private static long avoidNone(long nanos) {
        return nanos == NONE ? nanos + 1 : nanos;
    }
}
