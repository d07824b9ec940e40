package dev.ringpark;

/**
 * Whether the next read of a file first looks, without waiting, whether all it wants is in memory: that takes half of
 * what the queue takes. Not when it was not lately; and not many times in a row, as a thread that never parks would
 * keep its loop from everybody else. No lock: who meets another here looks once more or less.
 */
final class CacheLuck {
    private static final int IN_A_ROW = 64;
    private static final int PAUSE = -8;

    private int left = IN_A_ROW;   // looks, until one read goes through the queue; below 0, reads until the next look

    /** Whether to look now; counts each time it is asked. */
    boolean tryNow() {
        int now = left;
        left = now > 0 ? now - 1 : now < 0 ? now + 1 : IN_A_ROW;
        return now > 0;
    }

    /** What was looked for was not in memory. */
    void missed() {
        left = PAUSE;
    }
}
