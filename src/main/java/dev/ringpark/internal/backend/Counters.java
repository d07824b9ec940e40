package dev.ringpark.internal.backend;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * What one loop has counted. The loop's thread adds, without a fence; anybody reads, a moment late. STALLS are counted
 * by the thread that notices them, and by no other.
 */
@SuppressWarnings("EnumOrdinal") // an array of longs is what can be read and written without a fence or a boxed value
public final class Counters {
    /** The things counted. */
    public enum Count { SUBMITTED, COMPLETED, ENTERS, WAKEUPS, OVERFLOWS, STALE_TOKENS, LONGEST_TURN_NANOS, STALLS }

    private static final VarHandle COUNTS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int KINDS = Count.values().length;

    private final long[] counts = new long[KINDS];

    /** Adds one. Loop thread only. */
    public void add(Count count) {
        add(count, 1);
    }

    /** Adds {@code more}. Loop thread only. */
    public void add(Count count, long more) {
        int index = count.ordinal();
        COUNTS.setOpaque(counts, index, counts[index] + more);
    }

    /** Keeps the larger of {@code value} and what is there. Loop thread only. */
    public void max(Count count, long value) {
        int index = count.ordinal();
        if (value > counts[index]) {
            COUNTS.setOpaque(counts, index, value);
        }
    }

    /** What has been counted. */
    public long get(Count count) {
        return (long) COUNTS.getOpaque(counts, count.ordinal());
    }
}
