package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_ASYNC_CANCEL;

import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Set;

/**
 * Asks the kernel to end operations, and again where it has not found one that is there.
 *
 * <pre>
 * the kernel answers | the operation                                         | what follows
 * -------------------+-------------------------------------------------------+----------------------------
 * 0                  | is found, and ends                                    | its completion
 * EALREADY           | is at work in a worker, who has been signaled         | its completion
 * ENOENT, not in     | had ended before                                      | nothing: it is out of the table
 *   flight any more  |                                                       |
 * ENOENT, in flight  | on its way from one place of the kernel to another,   | asked again, at growing
 *                    |   a poll and a worker say; or a disk has it, which    |   intervals
 *                    |   cannot be ended                                     |
 * </pre>
 */
final class Cancels {
    /** What marks the token of an operation as that of its cancel: the highest bit of the slot. */
    private static final long MARK = 1L << 31;

    private static final long FIRST_INTERVAL_NANOS = 20_000;
    private static final long LAST_INTERVAL_NANOS = 40_000_000;

    private final Ring ring;
    private final InFlight inFlight;
    private final ArrayDeque<Long> unasked = new ArrayDeque<>();   // they found the submission queue full
    private final Set<Long> unfound = new LinkedHashSet<>();       // the kernel did not find them
    private long intervalNanos;
    private long againNanos;   // the moment to ask for the unfound again

    Cancels(Ring ring, InFlight inFlight) {
        this.ring = ring;
        this.inFlight = inFlight;
    }

    /** Asks now, if there is room. */
    void ask(long token) {
        if (unasked.isEmpty() && ring.hasRoom()) {
            push(token);
        } else {
            unasked.add(token);
        }
    }

    private void push(long token) {
        ring.push(Ring.head(IORING_OP_ASYNC_CANCEL, 0, -1), 0, token, 0, MARK | token, 0);
    }

    /** Whether {@code userData} is a cancel's. */
    static boolean isAnswer(long userData) {
        return (userData & MARK) != 0;
    }

    /** Notes what the kernel has answered to a cancel. */
    void answered(long userData, int result) {
        long token = userData & ~MARK;
        if (result != -LinuxErrno.ENOENT) {
            unfound.remove(token);
        } else if (token >= 0 && unfound.add(token)) {   // a watch has ended: it is with no worker
            intervalNanos = FIRST_INTERVAL_NANOS;
            againNanos = System.nanoTime() + intervalNanos;
        }
    }

    /** Whether there are cancels that only wait for room. */
    boolean hasBacklog() {
        return !unasked.isEmpty();
    }

    /** {@code waitNanos}, or less if something has to be asked for again before. */
    long atMost(long waitNanos) {
        return unfound.isEmpty() ? waitNanos : Math.clamp(againNanos - System.nanoTime(), 0, waitNanos);
    }

    /** Asks for what there was no room for, and again, if it is time, for what was not found. */
    void passOn() {
        while (!unasked.isEmpty() && ring.hasRoom()) {
            push(unasked.remove());
        }
        if (!unfound.isEmpty()) {
            askAgain();
        }
    }

    private void askAgain() {
        unfound.removeIf(token -> inFlight.find(token) == null);
        long now = System.nanoTime();
        if (now - againNanos >= 0) {
            intervalNanos = Math.min(2 * intervalNanos, LAST_INTERVAL_NANOS);
            againNanos = now + intervalNanos;
            unfound.forEach(this::ask);
        }
    }
}
