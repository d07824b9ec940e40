package dev.ringpark.internal.op;

import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketErrors;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The life of a descriptor. Its number is given back to the system only when no operation and no plain call can still
 * mean it, so a reused number never meets an old operation.
 *
 * <pre>
 * life    | who moves it there, on which thread   | operations                   | plain calls (options, addresses)
 * --------+---------------------------------------+------------------------------+--------------------------------
 * OPEN    |                                       | admitted                     | counted in: beginCall(), and out
 * CLOSING | the first to close, on any thread:    | new ones refused, pending    | refused; those under way finish,
 *         |   startClosing(). Wakes who waits for |   ones cancelled by the loop |   and the last to be counted out
 *         |   a turn: they leave                  |                              |   tells the loop: endCall()
 * CLOSED  | the loop, when it finds none in       | refused                      | refused
 *         |   flight and the count at 0: as it    |                              |
 *         |   takes the close in, and after each  |                              |
 *         |   end of an operation or the last     |                              |
 *         |   call; once, by markClosed()         |                              |
 * </pre>
 *
 * Life and count are one word. A call is counted in only while the word says OPEN, so none begins once the loop has
 * seen CLOSING and a count of 0. One that is counted out sees CLOSING in the same step, so either it or the loop is
 * last and knows it; both may, and then the second finds it closed.
 *
 * <p>The same word holds whose turn it is: one reader and one writer at a time, the others wait in the order they
 * came. Who waits queues up, then tries; who leaves gives the turn back, then looks for the first in the queue. So a
 * turn that is given back meets a waiter who takes it, or one who is woken to; if whoever leaves has no stack for that,
 * on another thread, as a wake-up that ended half way would be the waiter's last. Only a virtual thread next to the end
 * of its stack may leave with the turn, or unheard: then the socket is fit for closing alone.
 */
public abstract class Descriptor {
    /** The reading side: reads, receives, accepts, and waits to read. */
    public static final int READING = 1;
    /** The writing side: writes, sends, connects, and waits to write. */
    public static final int WRITING = 2;

    private static final int CLOSING = 4;
    private static final int CLOSED = 8;
    private static final int ONE_CALL = 16;
    private static final int CALLS = -ONE_CALL;
    private static final VarHandle STATE = VarHandles.ofField(MethodHandles.lookup(), "state", int.class);
    private static final VarHandle WAITERS =
            VarHandles.ofField(MethodHandles.lookup(), "waiters", Waiters.class);

    private static final Consumer<Waiter> WAKE = StackRoom::runWhole;   // linked early, as that takes much stack

    /** How an attempt to take a side's turn ended. */
    public enum Entry { ENTERED, NOT_OPEN, CLOSED_WHILE_WAITING, INTERRUPTED, TIMED_OUT }

    /** One that waits for a turn, to be woken by running it; no record, as each wait equals itself only. */
    private static final class Waiter implements Runnable {
        final Thread thread = Thread.currentThread();

        @Override
        public void run() {
            Wakeup.unpark(thread);
        }
    }

    /** Those who wait, a queue for each side: who leaves finds the first without taking memory, or much stack. */
    private static final class Waiters {
        private final ConcurrentLinkedQueue<Waiter> readers = new ConcurrentLinkedQueue<>();
        private final ConcurrentLinkedQueue<Waiter> writers = new ConcurrentLinkedQueue<>();

        ConcurrentLinkedQueue<Waiter> of(int side) {
            return side == READING ? readers : writers;
        }

        void wakeFirst(int side) {
            Waiter first = of(side).peek();
            if (first != null) {
                StackRoom.runWhole(first);
            }
        }

        void wakeAll() {
            readers.forEach(WAKE);
            writers.forEach(WAKE);
        }
    }

    private volatile int state;
    private volatile @Nullable Failure loss;
    private volatile boolean inputShut;
    private volatile @Nullable Waiters waiters;   // there once somebody has waited
    private int pending;   // loop thread only

    /** To call it is to load the class, early: one that runs out of stack then is lost to the whole JVM. */
    public static void load() {}

    public final boolean isOpen() {
        return (state & (CLOSING | CLOSED)) == 0;
    }

    public final boolean isClosed() {
        return (state & CLOSED) != 0;
    }

    /** How a thread waits; may come back early. */
    @FunctionalInterface
    public interface Parker {
        void parkUntil(long deadlineNanos);
    }

    /**
     * Takes the turn of {@code side}, waiting for it until {@code deadlineNanos} if another thread has it, or waits for
     * it already. A platform thread, whose stack may be of any size, and whose calls take longer anyway, has to have
     * enough of it to give the turn on.
     */
    public final Entry enter(int side, long deadlineNanos, Parker parker) {
        if (!Thread.currentThread().isVirtual()) {
            StackRoom.requireSome();
        }
        return enterIfFree(side) ? Entry.ENTERED : enterSlowly(side, deadlineNanos, parker);
    }

    /** Takes the turn of {@code side} if nobody has it or waits for it. */
    public final boolean enterIfFree(int side) {
        Waiters all = waiters;
        return (all == null || all.of(side).isEmpty()) && tryEnter(side);
    }

    /** Gives the turn of {@code side} on. */
    public final void exit(int side) {
        STATE.getAndBitwiseAnd(this, ~side);
        Waiters all = waiters;
        if (all != null) {
            all.wakeFirst(side);
        }
    }

    /** Counts a plain call in; false if the handle is not open. */
    public final boolean beginCall() {
        for (int now = state; (now & (CLOSING | CLOSED)) == 0; now = state) {
            if (STATE.compareAndSet(this, now, now + ONE_CALL)) {
                return true;
            }
        }
        return false;
    }

    /** Counts a plain call out; true if a close waits for just that, and the loop has to be told. */
    public final boolean endCall() {
        int before = (int) STATE.getAndAdd(this, -ONE_CALL);
        return (before & CALLS) == ONE_CALL && (before & CLOSING) != 0;
    }

    /** Whether a plain call is under way. */
    public final boolean inCall() {
        return (state & CALLS) != 0;
    }

    /** Stops new operations and calls, and ends the waits for a turn; false if that was done before. */
    public final boolean startClosing() {
        int before = (int) STATE.getAndBitwiseOr(this, CLOSING);
        Waiters all = waiters;
        if (all != null) {
            all.wakeAll();
        }
        return (before & (CLOSING | CLOSED)) == 0;
    }

    /**
     * Notes that a read or a write has failed. If that is how the connection was lost, it stays true, but the system
     * tells it once only, to the reader or to the writer, and pretends to the other that the stream just ended.
     */
    public final void noteFailure(Failure failure) {
        if (loss == null && failure.errno().endsConnections()) {
            loss = failure;
        }
    }

    /** Notes that there is nothing more to read, as its user wants it: how the connection is lost is of no matter. */
    public final void noteInputShut() {
        inputShut = true;
    }

    public final boolean isInputShut() {
        return inputShut;
    }

    /** How the connection was lost, if it is known to be; for who has read all that had come. */
    public final @Nullable Failure loss() {
        return inputShut ? null : loss;
    }

    /** Throws once more what the system says only once. */
    public final void requireNotLost() throws IOException {
        Failure lost = loss();
        if (lost != null) {
            throw SocketErrors.of(lost);
        }
    }

    /** Notes that the descriptor is gone. Loop thread only, or nobody's loop any more. */
    public final void markClosed() {
        STATE.getAndBitwiseOr(this, CLOSING | CLOSED);
    }

    /** Whether the loop owes a completion to an operation of it, closes aside. Loop thread only. */
    public final boolean hasPending() {
        return pending != 0;
    }

    final void countPending(int change) {
        pending += change;
    }

    private boolean tryEnter(int side) {
        int now = state;
        while ((now & (side | CLOSING | CLOSED)) == 0) {
            if (STATE.compareAndSet(this, now, now | side)) {
                return true;
            }
            now = state;
        }
        return false;
    }

    private Entry enterSlowly(int side, long deadlineNanos, Parker parker) {
        if (!isOpen()) {
            return Entry.NOT_OPEN;
        }
        Waiters all = waiters();
        Waiter waiter = new Waiter();
        all.of(side).add(waiter);
        Entry entry = Entry.NOT_OPEN;
        try {
            entry = awaitTurn(side, waiter, deadlineNanos, parker);
        } finally {
            all.of(side).remove(waiter);
            if (entry != Entry.ENTERED && (state & side) == 0) {
                all.wakeFirst(side);   // the wake-up that came for this thread is the next one's
            }
        }
        return entry;
    }

    private Entry awaitTurn(int side, Waiter waiter, long deadlineNanos, Parker parker) {
        ConcurrentLinkedQueue<Waiter> queue = waiters().of(side);
        while (queue.peek() != waiter || !tryEnter(side)) {
            if (!isOpen()) {
                return Entry.CLOSED_WHILE_WAITING;
            }
            if (waiter.thread.isInterrupted()) {
                return Entry.INTERRUPTED;
            }
            if (Moment.isOver(deadlineNanos)) {
                return Entry.TIMED_OUT;
            }
            parker.parkUntil(deadlineNanos);
        }
        return Entry.ENTERED;
    }

    /** What to tell who closed it, if the system did not like it. */
    public IOException closeFailed(Failure failure) {
        return SocketErrors.of(failure);
    }

    private Waiters waiters() {
        Waiters all = waiters;
        if (all != null) {
            return all;
        }
        Waiters made = new Waiters();
        return WAITERS.compareAndSet(this, null, made) ? made : Objects.requireNonNull(waiters);
    }
}
