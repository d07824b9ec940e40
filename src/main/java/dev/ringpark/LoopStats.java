package dev.ringpark;

import java.time.Duration;

/**
 * What a loop has done since it started; the counts of one snapshot may be a moment apart.
 *
 * @param submitted operations handed to the loop
 * @param completed operations that have ended, in whatever way
 * @param enters system calls that submitted or waited; what other backends try for each operation is not counted
 * @param wakeups times another thread woke the sleeping loop
 * @param overflows operations that had to wait for a place in the submission queue or the in-flight table
 * @param staleTokens events that came for an operation that had already ended
 * @param longestTurn the longest time between two polls: how late I/O was noticed at worst
 * @param stalls turns that lasted longer than {@link LoopOptions#stallAfter()}, the one that lasts included, because a
 *     thread computed or blocked without parking; the log names it. Each counts once; 0 in handed-over mode
 */
public record LoopStats(
        long submitted, long completed, long enters, long wakeups, long overflows, long staleTokens,
        Duration longestTurn, long stalls) {

    /** What two loops have done together: the counts added up, the longer of the two longest turns. */
    public LoopStats plus(LoopStats other) {
        return new LoopStats(submitted + other.submitted, completed + other.completed, enters + other.enters,
                wakeups + other.wakeups, overflows + other.overflows, staleTokens + other.staleTokens,
                longestTurn.compareTo(other.longestTurn) < 0 ? other.longestTurn : longestTurn,
                stalls + other.stalls);
    }

    /** Operations for each such call on average, which tells of batching on io_uring alone; 0 before the first. */
    public double operationsPerEnter() {
        return enters == 0 ? 0 : (double) completed / enters;
    }
}
