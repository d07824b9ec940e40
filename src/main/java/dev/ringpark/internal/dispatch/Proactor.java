package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Completion;
import dev.ringpark.internal.op.Deadlines;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.OperationQueue;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.Timer;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Takes operations in and sees each to its one completion. Everything here runs on the thread that opened it; after
 * {@link #end}, on any, one at a time.
 *
 * <pre>
 * where an operation is | how it got there                      | how a cancel reaches it
 * ----------------------+---------------------------------------+------------------------------------------
 * overflow queue        | table of in-flight operations full,   | taken out and ended at once
 *                       |   or submission queue full            |
 * backend               | submit() took it                      | backend.cancel(); its completion ends it
 * closers of a handle   | a close waits for the operations and  | never: a close always ends
 *                       |   calls of that handle to end, or     |
 *                       |   for another: see Closes             |
 * </pre>
 */
public final class Proactor {
    /** Opens the backend once its collaborators exist. Whoever gives this closes that if what follows fails. */
    @FunctionalInterface
    public interface Opener {
        Backend open(InFlight inFlight, Backend.Completions completions, Counters counters) throws IOException;
    }

    private static final int MOST_EXPIRED = 1024;   // at a time, so that a million timers keep no I/O waiting

    private final InFlight inFlight;
    private final Counters counters;
    private final OperationQueue overflow = new OperationQueue();
    private final Deadlines deadlines = new Deadlines();
    private final Consumer<Thread> unpark;
    private final Backend backend;
    private final Closes closes;
    final LentMemory lentMemory = new LentMemory();
    private @Nullable Operation inHand;   // on its way between the places above, in case that ends half way
    private boolean ended;

    /**
     * Opens the backend.
     *
     * @param unpark wakes the thread whose operation is done
     */
    public Proactor(Opener opener, int maxInFlight, Counters counters, Consumer<Thread> unpark) throws IOException {
        this.inFlight = new InFlight(maxInFlight);
        this.counters = counters;
        this.unpark = unpark;
        this.backend = opener.open(inFlight, this::completed, counters);
        this.closes = new Closes(backend, counters, this::handBack);
    }

    public Backend backend() {
        return backend;
    }

    /** {@link #take}, but what the backend can make nothing of ends alone, at once. */
    public void submit(Operation operation) {
        try {
            take(operation);
        } catch (RuntimeException e) {
            couldNotBegin(operation, e);
        }
    }

    /**
     * Takes {@code operation} in; it ends in a later {@link #poll}, or at once if its handle is closed already. It has
     * no guard, which would keep the compiler from seeing through a loop's turn: system calls would leave garbage.
     */
    public void take(Operation operation) {
        inHand = operation;
        operation.admit();
        counters.add(Count.SUBMITTED);
        if (operation.kind() == Kind.CLOSE) {
            close(operation);
        } else if (ended || !operation.handle().isOpen()) {
            operation.askToCancel(CancelReason.CLOSE);
            endFailed(operation, Failure.CANCELED);
        } else {
            queue(operation);
        }
        inHand = null;
    }

    /** Asks that {@code operation} end early, if it has not ended; a close always runs to its end. */
    public void cancel(Operation operation, CancelReason reason) {
        if (operation.kind() == Kind.CLOSE || !operation.isAdmitted() || !operation.askToCancel(reason)) {
            return;
        }
        if (operation.token() != InFlight.FULL) {
            backend.cancel(operation);
        } else if (overflow.remove(operation)) {
            endFailed(operation, Failure.CANCELED);
        }
    }

    /** Asks the same of what {@code side} of {@code handle} has pending. */
    public void cancelSide(Handle handle, int side, CancelReason reason) {
        Operation pending = handle.existing(side);
        if (pending != null) {
            cancel(pending, reason);
        }
    }

    /** Has {@code timer} fire at its moment. */
    public void schedule(Timer timer) {
        deadlines.add(timer);
    }

    /** Forgets {@code timer}. */
    public void unschedule(Timer timer) {
        deadlines.remove(timer);
    }

    /** How long a poll may wait, seen from {@code nowNanos}, so that no deadline is missed. */
    public long waitNanos(long nowNanos) {
        return deadlines.isEmpty() ? Backend.FOREVER : Math.max(0, deadlines.next() - nowNanos);
    }

    public boolean hasDeadlines() {
        return !deadlines.isEmpty();
    }

    /**
     * Fires the timers and cancels the operations that are due at {@code nowNanos}; if those are very many, some. The
     * others, which a {@link #poll} then does not wait before, are for the next time.
     */
    public void expire(long nowNanos) {
        for (int left = MOST_EXPIRED; left > 0; left--) {
            Moment due = deadlines.pollDue(nowNanos);
            if (due == null) {
                return;
            }
            if (due instanceof Timer timer) {
                timer.fire();
            } else if (due instanceof Operation operation) {
                cancel(operation, CancelReason.TIMEOUT);
            }
        }
    }

    /** Submits what is there and takes in what has completed, waiting for the first if {@code waitNanos} allows. */
    public void poll(long waitNanos) throws IOException {
        boolean hasEnded = refill();   // whose thread can run now
        // With room in the table, what is left over waits for the submission queue alone, which this poll empties.
        boolean moreToSubmit = !overflow.isEmpty() && inFlight.count() < inFlight.capacity();
        backend.poll(hasEnded || moreToSubmit || backend.hasBacklog() ? 0 : waitNanos);
    }

    /** Whether every close has been answered. */
    public boolean hasClosed() {
        return closes.areAllAnswered();
    }

    /** Whether every operation that has been taken in has ended, closes aside. */
    public boolean isIdle() {
        return inFlight.count() == 0 && overflow.isEmpty();
    }

    /** Asks every operation of {@code which} to end. */
    public void cancelAll(Predicate<Operation> which, CancelReason reason) {
        overflow.matching(which).forEach(operation -> cancel(operation, reason));
        for (int slot = 0; slot < inFlight.slots(); slot++) {
            Operation operation = inFlight.inSlot(slot);
            if (operation != null && which.test(operation)) {
                cancel(operation, reason);
            }
        }
    }

    /**
     * Gives the backend back; {@link #isIdle} has to hold. From here on every operation ends as it comes, and timers
     * stay with {@link #pollTimer}.
     */
    public void end() {
        assert isIdle();
        ended = true;
        backend.close();
    }

    /**
     * The backend has failed for good: every operation ends with {@code cause}. The backend is not closed, and what the
     * platform may still write to is kept, so that it is never freed, before anybody hears of it.
     */
    public void abandon(Throwable cause) {
        ended = true;
        Operation halfWay = inHand;   // now: what ends may have others taken in
        lentMemory.keep(inFlight, halfWay);
        Failure failure = LostQueue.failure(cause);
        for (int slot = 0; slot < inFlight.slots(); slot++) {
            endLost(lentMemory.ifKept(inFlight.inSlot(slot)), failure);
        }
        for (Operation next = overflow.poll(); next != null; next = overflow.poll()) {
            endLost(next, failure);
        }
        endLost(lentMemory.ifKept(halfWay), failure);
    }

    /** Ends one alone: the others have to hear of their end, too, also if memory is short, perhaps the cause itself. */
    private void endLost(@Nullable Operation operation, Failure failure) {
        if (operation == null || !operation.isAdmitted()) {
            return;
        }
        try {
            operation.lent = -1;   // the backend's pool keeps what it was lent from there
            endFailed(operation, failure);
        } catch (OutOfMemoryError e) {   // it cannot be told; the cause is told by whoever gave the queue up
            if (!operation.handle().isOpen()) {
                finishClosing((Resource) operation.handle());
            }
        }
    }

    /** Takes out the next timer, due or not: what is left when the loop ends. */
    public @Nullable Timer pollTimer() {
        return deadlines.pollTimer();
    }

    private void queue(Operation operation) {
        if (operation.deadlineNanos() != Moment.NONE) {
            deadlines.add(operation);
        }
        // Behind what already waits, so that nobody is overtaken.
        if (!overflow.isEmpty() || !offer(operation)) {
            overflow.add(operation);
            counters.add(Count.OVERFLOWS);
        }
    }

    /** Whether the backend has it now; else there was no room. */
    private boolean offer(Operation operation) {
        if (inFlight.admit(operation) == InFlight.FULL) {
            return false;
        }
        if (backend.submit(operation)) {
            return true;
        }
        inFlight.release(operation);
        return false;
    }

    /** Whether something has ended by it. */
    private boolean refill() {
        boolean hasEnded = false;
        // Out of the queue before it is offered: the backend may put it into one of its own.
        for (Operation next = overflow.poll(); next != null; next = overflow.poll()) {
            inHand = next;
            try {
                if (!offer(next)) {
                    overflow.addFirst(next);
                    break;
                }
            } catch (RuntimeException e) {
                couldNotBegin(next, e);
                hasEnded = true;
            }
        }
        inHand = null;
        return hasEnded;
    }

    private void couldNotBegin(Operation operation, RuntimeException cause) {
        endFailed(operation, new Failure(Errno.EIO, 0, new IOException("the operation could not be begun", cause)));
        inHand = null;
    }

    private void completed(Operation operation) {
        inHand = operation;
        inFlight.release(operation);
        finish(operation);
        inHand = null;
    }

    private void endFailed(Operation operation, Failure failure) {
        inFlight.releaseIfThere(operation);   // the platform has none of it, or has failed
        operation.fail(failure);
        finish(operation);
    }

    private void finish(Operation operation) {
        if (operation.kind() == Kind.CLOSE) {
            closes.completed(operation);
            return;
        }
        deadlines.remove(operation);
        counters.add(Count.COMPLETED);
        Resource handle = (Resource) operation.handle();
        handBack(operation);
        if (!handle.isOpen()) {
            finishClosing(handle);
        }
    }

    /** To its owner, or what an accept brought to the system, if its owner has deserted. */
    private void handBack(Operation operation) {
        Descriptor brought = operation.brought();
        Object owner = operation.finish();
        if (owner instanceof Thread waiting) {
            unpark.accept(waiting);
        } else if (owner instanceof Completion completion) {
            completion.completed();
        } else if (brought instanceof Resource orphan) {
            orphan.startClosing();
            closes.release(orphan);
        }
    }

    private void close(Operation close) {
        Resource handle = (Resource) close.handle();
        closes.add(close);
        if (handle instanceof Handle socket) {
            cancelSide(socket, Handle.READING, CancelReason.CLOSE);
            cancelSide(socket, Handle.WRITING, CancelReason.CLOSE);
        } else if (handle.hasPending()) {
            cancelAll(operation -> operation.handle() == handle, CancelReason.CLOSE);
        }
        finishClosing(handle);
    }

    /**
     * Closes for good, once nothing can mean the descriptor any more; answers everybody who asked for it. To be called
     * when the last plain call on a closing handle has ended, too: see {@link Handle#endCall}.
     */
    public void finishClosing(Resource handle) {
        Operation close = closes.finish(handle, !ended && inFlight.count() < inFlight.capacity());
        if (close != null && !offer(close)) {
            overflow.addFirst(close);   // only the submission queue is full: the next poll has room in both
        }
    }
}
