package dev.ringpark.dispatch;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.dispatch.Proactor;
import dev.ringpark.internal.dispatch.SleepGate;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.LinkedHashSet;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The turns of a dispatcher: what has ended is noted while the queue is polled, and called back afterwards, one by one,
 * so that no callback runs inside a call of its own, nor inside another.
 *
 * <pre>
 * a turn        |
 * --------------+--------------------------------------------------------------------------------------
 * posted        | what other threads have left here
 * expire        | timers that are due end
 * poll          | what waits is submitted, oldest first, and what has completed is noted; may wait
 * posted again  | what they have left meanwhile, be it while this waited
 * expire again  | timers that became due meanwhile
 * follow        | a socket's next request of the same side begins
 * call back     | each request that has ended, also those that end while this goes on
 * </pre>
 */
final class CallbackLoop {
    /** Something that has more to begin once an operation of it has ended. */
    @FunctionalInterface
    interface Follower {
        void follow();
    }

    private static final int MOST_CALLBACKS = 100_000;   // of one turn: those that go on for ever starve nobody

    private final Thread thread = Thread.currentThread();
    private final Proactor proactor;
    private final SleepGate gate = new SleepGate();
    private final Runnable wake;
    private final Queue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private final PendingRequests pending = new PendingRequests();
    private final RequestQueue due = new RequestQueue();
    private final ArrayDeque<Follower> followers = new ArrayDeque<>();
    private final Set<Resource> open = new LinkedHashSet<>();
    private int guests;           // events that are open, and can still bring something
    private boolean turning;
    private boolean dropping;     // nobody is called back
    private boolean failed;       // the platform's queue; what has ended is still called back
    private @Nullable Error broken;   // what has ended a submit half way
    private volatile boolean closed;

    CallbackLoop(Proactor.Opener opener, int maxInFlight) throws IOException {
        proactor = new Proactor(opener, maxInFlight, new Counters(), LockSupport::unpark);
        wake = proactor.backend()::wake;
    }

    Proactor proactor() {
        return proactor;
    }

    // ---- requests ----

    /** The thread that opened the dispatcher is the only one that may use it, until it is closed. */
    void requireUsable() {
        if (Thread.currentThread() != thread) {
            throw new WrongThreadException("this dispatcher belongs to " + thread + ", and only an event's trigger is "
                    + "for others");
        }
        if (closed) {
            throw new IllegalStateException("the dispatcher is closed");
        }
    }

    void begun(Request<?> request) {
        request.loop = this;
        pending.add(request);
    }

    /** {@code request} has ended; it is called back in this turn, or the next. */
    void ended(Request<?> request, int count, @Nullable Object result, @Nullable IOException failure) {
        pending.remove(request);
        request.end(count, result, failure);
        if (dropping) {
            request.drop();
        } else {
            due.add(request);
        }
    }

    /** {@code handle} is to be closed at the end, if it is not before; at once, if nobody hears of it. */
    void opened(Resource handle) {
        if (dropping) {
            discard(handle);
        } else {
            open.add(handle);
        }
    }

    /** {@code handle} has a descriptor, and nobody will hear of it: it is closed. */
    void discard(Resource handle) {
        if (failed) {
            submit(closeOf(handle));
        } else {
            follow(() -> submit(closeOf(handle)));
        }
    }

    /** How many handles a close would close. */
    int openHandles() {
        return open.size();
    }

    /** {@code handle} has been closed. */
    void closed(Resource handle) {
        open.remove(handle);
    }

    /** Has {@code follower} begin what comes next once this poll is over. */
    void follow(Follower follower) {
        followers.add(follower);
    }

    /** Has {@code operation} taken in. An error half way leaves to nobody's knowledge what the platform has of it. */
    void submit(Operation operation) {
        giveUpIfBroken();
        try {
            proactor.submit(operation);
        } catch (Error e) {
            broken = e;   // given up later: who has run out of stack has none for that either
            throw e;
        }
    }

    private void giveUpIfBroken() {
        if (broken != null && !failed) {
            abandon(broken);
        }
    }

    void cancel(Operation operation) {
        proactor.cancel(operation, CancelReason.REQUEST);
    }

    /** Cancels all, and returns when all have ended; nobody is called back. Before a close what is open closes, too. */
    private void cancelAll(boolean closes) throws IOException {
        requireNotTurning();
        turning = true;
        dropping = true;
        try {
            giveUpIfBroken();
            for (Request<?> request = due.poll(); request != null; request = due.poll()) {
                drop(request);
            }
            endPending();
            if (closes) {
                open.forEach(handle -> submit(closeOf(handle)));   // which ends what a cancel alone cannot
            }
            while (pending.size() > 0 || !(failed || proactor.hasClosed())) {   // what came late is closed, too
                int before = pending.size();
                poll(Backend.FOREVER);
                startFollowers();
                endPending();   // what has followed, too
                if (failed && pending.size() >= before) {
                    break;   // there was no memory to tell it, and nothing comes any more
                }
            }
        } finally {
            dropping = false;
            turning = false;
        }
    }

    /** An open that ends has perhaps a descriptor already, which a follower closes. */
    private void endPending() {
        pending.cancelAll();
        startFollowers();
    }

    /** What {@code ended} has opened is closed, as nobody hears of it. */
    private void drop(Request<?> ended) {
        Resource opened = ended.drop();
        if (opened != null && open.remove(opened)) {
            submit(closeOf(opened));
        }
    }

    void cancelAll() throws IOException {
        cancelAll(false);
    }

    // ---- guests: what other threads bring ----

    void guestCame() {
        guests++;
    }

    void guestLeft() {
        guests--;
    }

    /** Has {@code task} run in a turn to come, soon. Any thread; false if there will be none. */
    boolean post(Runnable task) {
        posted.add(task);
        gate.wakeIfAsleep(wake);
        return !closed;
    }

    // ---- turns ----

    /** Whether anything can still happen by itself. */
    boolean isAlive() {
        return pending.size() + guests > 0 || !due.isEmpty() || !posted.isEmpty() || !followers.isEmpty();
    }

    /** One turn, which waits for its first event if {@code waitNanos} allows; for ever only if one can come. */
    void turn(long waitNanos) throws IOException {
        requireMayRun();
        if (failed && due.isEmpty()) {
            throw new IllegalStateException("the platform's queue has failed; the dispatcher can only be closed");
        }
        turning = true;
        try {
            boolean calledBack = runPosted();   // who runs until something happens wants to look whether it has
            proactor.expire(System.nanoTime());
            boolean mayWait = !calledBack && due.isEmpty() && followers.isEmpty()
                    && (waitNanos != Backend.FOREVER || isAlive());
            poll(mayWait ? waitNanos : 0);
            runPosted();
            proactor.expire(System.nanoTime());
            startFollowers();
            callBack();
        } finally {
            turning = false;
        }
    }

    /** Hands over what the callbacks have asked for. */
    void submit() throws IOException {
        requireMayRun();
        poll(0);
    }

    /** Refuses other threads, callbacks, and all once it is closed. */
    void requireMayRun() {
        requireUsable();
        requireNotTurning();
    }

    /** Refuses what a callback may not do. */
    private void requireNotTurning() {
        if (turning) {
            throw new IllegalStateException("a callback runs: the dispatcher cannot be run, emptied or closed from it");
        }
    }

    /** Polls, unless the queue has failed; if it does now, everything ends. */
    private void poll(long waitNanos) throws IOException {
        giveUpIfBroken();
        if (failed) {
            return;
        }
        try {
            long wait = waitNanos == 0 ? 0 : Math.min(waitNanos, proactor.waitNanos(System.nanoTime()));
            if (wait == 0) {
                proactor.poll(0);
            } else {
                pollAsleep(wait);
            }
        } catch (IOException | RuntimeException | Error e) {
            abandon(e);
            throw e;
        }
    }

    private void pollAsleep(long waitNanos) throws IOException {
        gate.announceSleep();
        try {
            proactor.poll(posted.isEmpty() || dropping ? waitNanos : 0);
        } finally {
            gate.awake();
        }
    }

    /** What the platform may still write to is kept for good, rather than freed. */
    private void abandon(Throwable cause) {
        failed = true;
        proactor.abandon(cause);
        pending.cancelAll();   // what was not with the platform
    }

    /** What is there by now, and not what comes of it, or a turn might never end. Whether there was anything. */
    private boolean runPosted() {
        int count = posted.size();
        for (int left = count; left > 0; left--) {
            posted.remove().run();   // nobody else takes any out
        }
        return count > 0;
    }

    private void startFollowers() {
        for (Follower follower = followers.poll(); follower != null; follower = followers.poll()) {
            follower.follow();
        }
    }

    private void callBack() {
        int left = MOST_CALLBACKS;
        for (Request<?> request = due.poll(); request != null; request = left > 0 ? due.poll() : null) {
            left--;
            request.callBack();
        }
    }

    // ---- end ----

    /** Cancels all, closes what is open, and the queue. */
    void close() throws IOException {
        cancelAll(true);
        dropping = true;
        startFollowers();   // what was cancelled may have left something to close
        while (!failed && !(proactor.hasClosed() && proactor.isIdle())) {
            poll(Backend.FOREVER);
            startFollowers();
        }
        closed = true;
        gate.close();
        if (!failed) {
            proactor.end();
        }
    }

    private static Operation closeOf(Resource handle) {
        Operation close = new Operation(handle);
        close.beginClose();
        return close;
    }

    /** Whether {@link #close} has been called. Any thread. */
    boolean isClosed() {
        return closed;
    }
}
