package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.op.StackRoom;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides who makes the system call that wakes the loop, so that it is made only if the loop sleeps and never missed.
 *
 * <pre>
 * state  | who moves it there, on which thread           | loop                    | sender, its mail in the box
 * -------+-----------------------------------------------+-------------------------+------------------------------
 * AWAKE  | loop: awake(), back from its wait             | works; looks into the   | does nothing: the loop will
 *        |                                               |   mailbox before it     |   look
 *        |                                               |   sleeps                |
 * ASLEEP | loop: announceSleep(), THEN it looks, then it | waits, or is about to   | claims the wake, and makes it
 *        |   waits; a sender whose wake has failed       |                         |
 * WOKEN  | one sender: wakeIfAsleep(), by compare-and-   | comes back from its     | does nothing: the loop will
 *        |   set, before it makes the call               |   wait, to AWAKE        |   look
 * CLOSED | loop: close(), once, for good                 | waits for senders that  | does nothing: it sees the
 *        |                                               |   are inside the wake   |   exit, and forwards its mail
 * </pre>
 *
 * Announce, then look; mail, then look: whichever comes second sees the other. The wake itself is sticky, so it may
 * reach the backend before the wait does. A sender counts itself in before it claims the wake, so that the loop can
 * tell when nobody will touch the backend any more.
 */
public final class SleepGate {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int WOKEN = 2;
    private static final int CLOSED = 3;

    private final AtomicInteger state = new AtomicInteger(AWAKE);
    private final AtomicInteger wakers = new AtomicInteger();

    /** The loop is about to wait; it looks into its mailbox once more after this. Loop thread only. */
    public void announceSleep() {
        state.set(ASLEEP);
    }

    /** The loop has come back from its wait; true if a sender woke it. Loop thread only. */
    public boolean awake() {
        return state.getAndSet(AWAKE) == WOKEN;
    }

    /** Whether the loop works, by its own word: not while it sleeps, nor on its way back. */
    public boolean isAwake() {
        return state.get() == AWAKE;
    }

    /** Whether the loop has announced its sleep and nobody has woken it yet. */
    public boolean isAsleep() {
        return state.get() == ASLEEP;
    }

    /** Runs {@code wake} if the loop sleeps and nobody else has woken it. For senders, after mailing. */
    public void wakeIfAsleep(Runnable wake) {
        if (state.get() != ASLEEP) {
            return;
        }
        StackRoom.require();   // or a sender could stay counted in
        wakers.incrementAndGet();
        try {
            if (state.compareAndSet(ASLEEP, WOKEN)) {
                wakeOrGiveBack(wake);
            }
        } finally {
            wakers.decrementAndGet();
        }
    }

    /** A sender that ran out of stack or memory has woken nobody: the next one has to, so the claim goes back. */
    private void wakeOrGiveBack(Runnable wake) {
        try {
            wake.run();
        } catch (Throwable e) {
            state.compareAndSet(WOKEN, ASLEEP);
            throw e;
        }
    }

    /** No wake from here on; returns when none is under way either. Loop thread only. */
    public void close() {
        state.set(CLOSED);
        while (wakers.get() != 0) {
            Thread.onSpinWait();
        }
    }
}
