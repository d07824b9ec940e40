package dev.ringpark.internal.op;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.InetSocketAddress;
import java.net.SocketOption;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * A socket as its backend holds it, and the life of its descriptor. A descriptor number is given back to the system only
 * when no operation and no plain call can still mean it, so a reused number never meets an old operation.
 *
 * <pre>
 * life    | who moves it there                  | operations                    | plain calls (options, addresses)
 * --------+-------------------------------------+-------------------------------+---------------------------------
 * OPEN    |                                     | admitted                      | counted in and out
 * CLOSING | the first to close                  | new ones refused, pending     | refused; those under way finish
 *         |                                     |   ones cancelled by the loop  |
 * CLOSED  | the loop: none in flight, count 0   | refused                       | refused
 * </pre>
 *
 * The same word holds whose turn it is: one reader and one writer at a time, the others wait in the order they came.
 */
public abstract class Handle {
    /** The reading side: reads and accepts. */
    public static final int READING = 1;
    /** The writing side: writes and connects. */
    public static final int WRITING = 2;

    private static final int CLOSING = 4;
    private static final int CLOSED = 8;
    private static final int ONE_CALL = 16;
    private static final int CALLS = -ONE_CALL;
    private static final VarHandle STATE;

    static {
        try {
            STATE = MethodHandles.lookup().findVarHandle(Handle.class, "state", int.class);
        } catch (ReflectiveOperationException e) {
            throw new ExceptionInInitializerError(e);
        }
    }

    /** How an attempt to take a side's turn, or to make a plain call, ended. */
    public enum Entry { ENTERED, NOT_OPEN, CLOSED_WHILE_WAITING, INTERRUPTED, TIMED_OUT }

    private record Waiter(Thread thread, int side) {}

    private volatile int state;
    private volatile boolean reset;
    private volatile @Nullable ConcurrentLinkedQueue<Waiter> waiters;
    private @Nullable Operation reader;   // whoever has the reading turn
    private @Nullable Operation writer;   // whoever has the writing turn

    private @Nullable OperationQueue closers;

    /** The operation of {@code side}, for the thread whose turn it is. */
    public final Operation operation(int side) {
        Operation existing = existing(side);
        return existing != null ? existing : create(side);
    }

    private Operation create(int side) {
        Operation operation = new Operation(this);
        if (side == READING) {
            reader = operation;
        } else {
            writer = operation;
        }
        return operation;
    }

    /** The operation of {@code side}, if there ever was one. Loop thread, or the thread whose turn it is. */
    public final @Nullable Operation existing(int side) {
        return side == READING ? reader : writer;
    }

    /** The close operations that wait for this handle's end, oldest first. Loop thread only. */
    public final OperationQueue closers() {
        OperationQueue queue = closers;
        if (queue == null) {
            queue = new OperationQueue();
            closers = queue;
        }
        return queue;
    }

    public final boolean isOpen() {
        return (state & (CLOSING | CLOSED)) == 0;
    }

    public final boolean isClosed() {
        return (state & CLOSED) != 0;
    }

    /** Takes the turn of {@code side}, waiting for it until {@code deadlineNanos} if another thread has it. */
    public final Entry enter(int side, long deadlineNanos) {
        return tryEnter(side) ? Entry.ENTERED : enterSlowly(side, deadlineNanos);
    }

    /** Gives the turn of {@code side} on. */
    public final void exit(int side) {
        STATE.getAndBitwiseAnd(this, ~side);
        ConcurrentLinkedQueue<Waiter> queue = waiters;
        if (queue != null) {
            wakeFirst(queue, side);
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
        ConcurrentLinkedQueue<Waiter> queue = waiters;
        if (queue != null) {
            queue.forEach(waiter -> LockSupport.unpark(waiter.thread()));
        }
        return (before & (CLOSING | CLOSED)) == 0;
    }

    /** Notes that the peer has reset the connection: the system tells that once only, but it stays true. */
    public final void noteReset() {
        reset = true;
    }

    public final boolean isReset() {
        return reset;
    }

    /** Notes that the descriptor is gone. Loop thread only, or nobody's loop any more. */
    public final void markClosed() {
        STATE.getAndBitwiseOr(this, CLOSING | CLOSED);
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

    private Entry enterSlowly(int side, long deadlineNanos) {
        if (!isOpen()) {
            return Entry.NOT_OPEN;
        }
        ConcurrentLinkedQueue<Waiter> queue = waiters();
        Waiter waiter = new Waiter(Thread.currentThread(), side);
        queue.add(waiter);
        Entry entry = awaitTurn(side, deadlineNanos);
        queue.remove(waiter);
        if (entry != Entry.ENTERED && (state & side) == 0) {
            wakeFirst(queue, side);   // the wake-up that came for this thread is the next one's
        }
        return entry;
    }

    private Entry awaitTurn(int side, long deadlineNanos) {
        while (!tryEnter(side)) {
            if (!isOpen()) {
                return Entry.CLOSED_WHILE_WAITING;
            }
            if (Thread.currentThread().isInterrupted()) {
                return Entry.INTERRUPTED;
            }
            if (deadlineNanos == Deadline.NONE) {
                LockSupport.park(this);
                continue;
            }
            long left = deadlineNanos - System.nanoTime();
            if (left <= 0) {
                return Entry.TIMED_OUT;
            }
            LockSupport.parkNanos(this, left);
        }
        return Entry.ENTERED;
    }

    private synchronized ConcurrentLinkedQueue<Waiter> waiters() {
        ConcurrentLinkedQueue<Waiter> queue = waiters;
        if (queue == null) {
            queue = new ConcurrentLinkedQueue<>();
            waiters = queue;
        }
        return queue;
    }

    private static void wakeFirst(ConcurrentLinkedQueue<Waiter> queue, int side) {
        for (Waiter waiter : queue) {
            if (waiter.side() == side) {
                LockSupport.unpark(waiter.thread());
                return;
            }
        }
    }

    /** Whether this socket can only reach IPv4 addresses. */
    public abstract boolean isIpv4Only();

    // What the backend does with the socket at once, in the caller's thread, between beginCall and endCall.

    /** bind(2), and listen(2) with {@code backlog} for a listener. */
    public abstract void bind(InetSocketAddress local, int backlog) throws IOException;

    /** The bound address; null if there is none yet. */
    public abstract @Nullable InetSocketAddress localAddress() throws IOException;

    /** The peer; null before there is one. */
    public abstract @Nullable InetSocketAddress remoteAddress() throws IOException;

    /** The options {@link #setOption} and {@link #option} know. */
    public abstract Set<SocketOption<?>> supportedOptions();

    public abstract <T> void setOption(SocketOption<T> option, T value) throws IOException;

    public abstract <T> @Nullable T option(SocketOption<T> option) throws IOException;

    /** shutdown(2) of the reading side, so that reads end with the end of the stream. */
    public abstract void shutdownInput() throws IOException;

    /** shutdown(2) of the writing side: the peer reads the end of the stream after all that was written. */
    public abstract void shutdownOutput() throws IOException;

    /** How many bytes could be read at once; 0 where the platform does not say. */
    public abstract int available() throws IOException;
}
