package dev.ringpark;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.dispatch.Proactor;
import dev.ringpark.internal.dispatch.SleepGate;
import dev.ringpark.internal.op.StackRoom;
import dev.ringpark.internal.op.Wakeup;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The loop itself. A turn has five phases: take in the mail, run what can run (within a budget), take in what they
 * have asked for, end what is overdue, and poll: one system call that submits the batch and, when nothing is runnable,
 * waits. What comes in from other threads comes through the {@link LoopDoor}.
 *
 * <p>Nothing here takes a lock that a thread it carries may hold: a carried thread that waited for the lock in front of
 * its own carrier would never be run again. The mailbox is a lock-free queue for that reason.
 */
final class LoopEngine implements LoopThread.Driver {
    static final long PINNED_POLL_NANOS = 20_000_000;   // how late a pinned thread may notice an interrupt

    private final @Nullable Herald herald;   // in handed-over mode
    private final Proactor proactor;
    private final Counters counters;
    private final int turnTasks;
    private final long turnNanos;
    private final LoopDoor door;
    private final SleepGate gate;
    private final RunQueue ready;
    private final LoopWatch watch;
    private final Watchdog watchdog = Watchdog.SHARED;   // loaded here: where a loop ends there may be no descriptor
    private boolean stopping;   // loop thread only
    private @Nullable Throwable torn;   // loop thread only: why a turn on a pinned thread's stack ended half way

    /** On the thread that is to be the loop. */
    LoopEngine(Proactor.Opener opener, boolean carried, LoopOptions options, Counters counters) throws IOException {
        this.herald = carried ? null : new Herald(this::wakeForMail);
        this.proactor = new Proactor(opener, options.maxInFlight(), counters,
                herald == null ? Wakeup::unpark : herald::unpark);
        this.counters = counters;
        this.turnTasks = options.turnTasks();
        this.turnNanos = options.turnBudget().toNanos();
        this.door = new LoopDoor(proactor, herald);
        this.gate = door.gate();
        this.ready = door.ready();
        this.watch = new LoopWatch(options, carried, gate, ready, counters);
    }

    private void wakeForMail() {
        door.wakeForMail();
    }

    Backend backend() {
        return proactor.backend();
    }

    /** The way in, for any thread. */
    @Override
    public LoopDoor door() {
        return door;
    }

    /** Ends the loop once nothing is left to end. Any thread. */
    void stop() {
        door.mail((Mailbox.Command) () -> stopping = true);
    }

    // ---- loop thread ----

    /** The loop's life: returns when {@link #stop} has been called and nothing is left to end. */
    void run() throws IOException {
        try {
            watch.startTurn();
            watchdog.add(watch);
            watch.startTurn();   // to start the watchdog takes a while, which is no turn
            if (herald != null) {
                herald.start();
            } else {
                LoopThread.drivenBy(this);
            }
            while (!isOver()) {
                turn();
            }
            gate.close();
            proactor.end();
        } catch (IOException | RuntimeException | Error e) {
            gate.close();
            proactor.abandon(e);
            door.requests().takeIn(proactor);
            throw e;
        } finally {
            leave();
        }
    }

    private boolean isOver() {
        return stopping && proactor.isIdle() && proactor.hasClosed() && door.requests().isEmpty();
    }

    private void turn() throws IOException {
        requireWhole();
        door.deliver();
        ready.run(turnTasks, watch.turnStartNanos(), turnNanos);
        requireWhole();   // or one of them, pinned, has left what it drove half way
        finishTurn(false);
    }

    /**
     * A turn in which nobody runs, on the stack of a thread that is pinned to the loop's.
     *
     * @throws IllegalStateException if the loop's queue has failed, now or before; the loop ends then
     */
    @Override
    public void driveOnce() {
        requireWhole();
        StackRoom.requireForWhoRequires();   // on a user's stack, what wakes others must not end half way
        try {
            door.deliver();
            finishTurn(true);
        } catch (IOException | RuntimeException | Error e) {
            torn = e;   // perhaps half way through: nothing is to be trusted any more
            throw new IllegalStateException("the loop's I/O queue failed", e);
        }
    }

    private void requireWhole() {
        if (torn != null) {
            throw new IllegalStateException("the loop ends: a pinned thread could not drive it through a turn", torn);
        }
    }

    /** The half of a turn that is the same whoever drives it; who is pinned waits whoever else could run. */
    private void finishTurn(boolean pinned) throws IOException {
        long waitNanos = takeIn();
        announce();
        if (pinned) {
            poll(Math.min(PINNED_POLL_NANOS, waitNanos));
        } else {
            poll(ready.isEmpty() && !isOver() ? waitNanos : 0);
        }
        announce();
    }

    /** Takes in what was asked and ends what is overdue; how long the poll that follows may wait at most. */
    private long takeIn() {
        door.requests().takeIn(proactor);
        long now = System.nanoTime();
        counters.max(Count.LONGEST_TURN_NANOS, now - watch.turnStartNanos());
        if (proactor.hasDeadlines()) {
            proactor.expire(now);
        }
        return proactor.waitNanos(now);
    }

    /** Ends a turn; the next one begins when it comes back. */
    private void poll(long waitNanos) throws IOException {
        if (waitNanos == 0) {
            proactor.poll(0);
            watch.startTurn();
            return;
        }
        gate.announceSleep();
        proactor.poll(door.hasMail() ? 0 : waitNanos);
        watch.startTurn();
        if (gate.awake()) {
            counters.add(Count.WAKEUPS);
        }
        watchdog.rouse(watch);
    }

    private void announce() {
        if (herald != null) {
            herald.announce();
        }
    }

    private void leave() {
        LoopThread.drivenBy(null);
        watchdog.remove(watch);
        if (herald != null) {
            herald.dismiss();   // before anybody can see the exit and end an operation elsewhere
        }
        door.leave();
    }
}
