package dev.ringpark;

import dev.ringpark.internal.op.StackRoom;
import dev.ringpark.internal.op.Wakeup;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;

/**
 * Carries signals between a handed-over loop and the JDK's scheduler in batches. A thread that wakes another one across
 * that border tends to be put aside for it at once, so each signal would cost a switch of threads and nothing would
 * ever be batched. This virtual thread stands in the scheduler's queue itself: the loop wakes it once for all calls
 * that have ended, it wakes their threads from inside, lets them run, and then wakes the loop once for all they have
 * asked.
 *
 * <p>It never sleeps on a signal: every one is a flag or a queue entry first and an unpark after, and a permit to park
 * is taken only by going round once more. Of those who mail the loop while it sleeps, the first calls the herald; the
 * others rely on that call until the herald looks into the mailbox.
 *
 * <pre>
 * called | who moves it there                        | who mails the loop               | herald
 * -------+-------------------------------------------+----------------------------------+-------------------------
 * false  | herald: in each round, THEN it looks      | sets it, THEN unparks the herald | parks, or is in a round
 * true   | one who has mailed, or several at a time, | does nothing: the herald has yet | has a permit, or is about
 *        |   with the stack to unpark                |   to look                        |   to: it comes round
 * </pre>
 */
final class Herald {
    private final ConcurrentLinkedQueue<Thread> woken = new ConcurrentLinkedQueue<>();
    private final Runnable ring;
    private final Thread thread;
    private boolean unannounced;        // loop thread only
    private volatile boolean called;    // by one who has mailed, and the herald has yet to look
    private volatile boolean dismissed;

    /** Starts it; {@code ring} wakes the loop if it sleeps on mail, and must not park: it would use up a signal. */
    Herald(Runnable ring) {
        this.ring = ring;
        this.thread = Thread.ofVirtual().name("ringpark-herald").unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /**
     * A thread to be woken with the next {@link #announce}; platform threads are woken at once. Loop thread only, until
     * the herald is dismissed.
     */
    void unpark(Thread waiting) {
        if (waiting.isVirtual() && !dismissed && isNoted(waiting)) {
            unannounced = true;
        } else {
            Wakeup.unpark(waiting);
        }
    }

    /** False if there is no memory for that: what has ended ends once, and its thread would never hear of it. */
    private boolean isNoted(Thread waiting) {
        try {
            return woken.add(waiting);
        } catch (OutOfMemoryError e) {
            return false;
        }
    }

    /** Sets the herald off if there is anybody to wake. Loop thread only. */
    void announce() {
        if (unannounced) {
            unannounced = false;
            LockSupport.unpark(thread);
        }
    }

    /**
     * Has the loop woken once those who can run now have run. Virtual threads, after mailing. An unpark that ended half
     * way would leave this one thread, which all need, marked as woken and in nobody's queue; so it has its stack
     * before anybody relies on it. The flag comes before the unpark: set after it, it could miss the round.
     */
    void send() {
        if (!called) {
            StackRoom.require();
            called = true;
            LockSupport.unpark(thread);
        }
    }

    /** Ends it, once it has woken everybody. */
    void dismiss() {
        dismissed = true;
        LockSupport.unpark(thread);
    }

    private void run() {
        while (!dismissed || !woken.isEmpty()) {
            try {
                goRound();
            } catch (Throwable e) {
                Threads.report(e);   // and go on: all others would wait for this thread for ever
            }
        }
    }

    @SuppressWarnings("ThreadPriorityCheck") // the yield saves system calls; nothing depends on it
    private void goRound() {
        if (wakeAll()) {
            Thread.yield();   // they go first; what they ask for travels together
        }
        called = false;   // before it looks: who mails from here on calls again
        ring.run();
        if (woken.isEmpty() && !dismissed) {
            LockSupport.park(this);
        }
    }

    private boolean wakeAll() {
        boolean any = false;
        for (Thread next = woken.poll(); next != null; next = woken.poll()) {
            Wakeup.unpark(next);
            any = true;
        }
        return any;
    }
}
