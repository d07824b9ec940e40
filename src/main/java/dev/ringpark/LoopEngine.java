package dev.ringpark;

import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.jdk.VirtualThreads;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Deadline;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Timer;
import dev.ringpark.internal.op.Wakeup;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The loop itself. A turn has five phases: take in the mail, run what can run (within a budget), take in what they
 * have asked for, end what is overdue, and poll: one system call that submits the batch and, when nothing is runnable,
 * waits.
 *
 * <p>Nothing here takes a lock that a thread it carries may hold: a carried thread that waited for the lock in front of
 * its own carrier would never be run again. The mailbox is a lock-free queue for that reason.
 */
final class LoopEngine implements Descriptor.Parker {
    private static final long PINNED_POLL_NANOS = 20_000_000;   // how late a pinned thread may notice an interrupt

    private final Thread thread;
    private final boolean carried;
    private final @Nullable Herald herald;   // in handed-over mode
    private final Dispatcher dispatcher;
    private final Counters counters;
    private final int turnTasks;
    private final long turnNanos;
    private final Runnable wake;

    private final SleepGate gate = new SleepGate();
    private final Mailbox mailbox = new Mailbox();
    private final Requests requests = new Requests();
    private final RunQueue ready = new RunQueue();
    private final Watch watch;
    private boolean stopping;   // loop thread only
    private volatile boolean exited;
    private @Nullable Throwable torn;   // loop thread only: why a turn on a pinned thread's stack ended half way

    /** On the thread that is to be the loop. */
    LoopEngine(Dispatcher.Opener opener, boolean carried, LoopOptions options, Counters counters) throws IOException {
        this.thread = Thread.currentThread();
        this.carried = carried;
        this.herald = carried ? null : new Herald(this::wakeForMail);
        this.dispatcher = new Dispatcher(opener, options.maxInFlight(), counters,
                herald == null ? Wakeup::unpark : herald::unpark);
        this.counters = counters;
        this.turnTasks = options.turnTasks();
        this.turnNanos = options.turnBudget().toNanos();
        this.wake = dispatcher.backend()::wake;
        this.watch = new Watch(options, carried, gate, ready, counters);
    }

    Backend backend() {
        return dispatcher.backend();
    }

    /** Whether the caller runs on the loop's thread, itself or as a virtual thread it carries. */
    boolean isOnLoop() {
        return (carried ? VirtualThreads.currentCarrier() : Thread.currentThread()) == thread && !exited;
    }

    // ---- any thread ----

    /** Runs {@code task} on the loop: at the end of the queue when it comes from the loop, else by mail. */
    void execute(Runnable task) {
        if (isOnLoop()) {
            ready.add(task);
        } else if (exited) {
            Afterlife.execute(task);   // past the mailbox: who empties that may be the very thread this is to resume
        } else {
            mail(task);
        }
    }

    /** Has {@code timer} fire on the loop. */
    void schedule(Timer timer) {
        ask(() -> {
            if (exited) {
                Afterlife.schedule(timer);
            } else {
                dispatcher.schedule(timer);
            }
        });
    }

    /**
     * Takes {@code timer} back, soon, if it has not fired. Timers that are left when the loop ends are forwarded, and
     * ask themselves whether they are still wanted.
     */
    void unschedule(Timer timer) {
        ask(() -> {
            if (!exited) {
                dispatcher.unschedule(timer);
            }
        });
    }

    /** Ends a plain call that {@link Handle#beginCall} began; a close may be waiting for just that. */
    void endCall(Handle handle) {
        if (handle.endCall()) {
            ask(() -> dispatcher.callEnded(handle));
        }
    }

    /**
     * Submits {@code operation} and parks the caller until it is done, whatever happens: an interrupt asks for a cancel
     * and waits on, so that nobody leaves while the kernel may still write. The interrupt status is kept. Only a thread
     * without stack or memory to park with leaves before; then the operation keeps what it was given, and the handle is
     * fit for closing alone.
     */
    void submitAndPark(Operation operation) {
        boolean interrupted = false;
        try {
            boolean onLoop = submit(operation);
            Thread current = Thread.currentThread();
            while (!operation.isDone()) {
                // Cleared here, as a park would come back at once while it is set; put back at the end.
                if (Thread.interrupted()) {
                    interrupted = true;
                    cancel(operation, CancelReason.INTERRUPT);
                } else if (!onLoop) {
                    LockSupport.park(operation);
                } else if (!VirtualThreads.park(current)) {
                    driveWhilePinned(operation);
                }
            }
        } catch (Throwable e) {
            operation.desert();
            operation.handle().startClosing();
            throw e;
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** True if the caller is on the loop. */
    private boolean submit(Operation operation) {
        boolean onLoop = isOnLoop();
        if (onLoop) {
            requests.submit(operation);
        } else {
            mail((Mailbox.Command) () -> dispatcher.submit(operation));
        }
        return onLoop;
    }

    private void cancel(Operation operation, CancelReason reason) {
        int use = operation.use();
        ask(() -> {
            if (operation.use() == use) {
                dispatcher.cancel(operation, reason);
            }
        });
    }

    /**
     * Parks the caller until it is unparked, interrupted or {@code deadlineNanos} has come, or for a while less. A
     * pinned thread of the loop drives it meanwhile, as whoever is to unpark it may be waiting for the loop.
     */
    @Override
    public void parkUntil(long deadlineNanos) {
        Thread current = Thread.currentThread();
        if (!isOnLoop()) {
            Threads.parkUntil(this, deadlineNanos);
            return;
        }
        Alarm alarm = new Alarm(current, deadlineNanos);
        if (deadlineNanos != Deadline.NONE) {
            schedule(alarm);
        }
        if (!VirtualThreads.park(current)) {
            driveOnce();
        }
        unschedule(alarm);
    }

    /** Has the loop run {@code command}, on its own stack. */
    private void ask(Mailbox.Command command) {
        if (isOnLoop()) {
            requests.add(command);
        } else {
            mail(command);
        }
    }

    private void mail(Runnable item) {
        mailbox.add(item);
        if (exited) {
            mailbox.forward();
        } else if (herald != null && Thread.currentThread().isVirtual()) {
            if (gate.isAsleep()) {
                herald.send();
            }
        } else {
            gate.wakeIfAsleep(wake);
        }
    }

    /** On the herald's thread: as every sender does, it looks after the mail is in the box. */
    private void wakeForMail() {
        if (!mailbox.isEmpty()) {
            gate.wakeIfAsleep(wake);
        }
    }

    /** Submits {@code operations} in one go; nobody has to wait for them. */
    void submitAll(List<Operation> operations) {
        mail((Mailbox.Command) () -> operations.forEach(dispatcher::submit));
    }

    /** Ends the loop once nothing is left to end. */
    void stop() {
        mail((Mailbox.Command) () -> stopping = true);
    }

    // ---- loop thread ----

    /** The loop's life: returns when {@link #stop} has been called and nothing is left to end. */
    void run() throws IOException {
        try {
            watch.startTurn();
            Watchdog.SHARED.add(watch);
            watch.startTurn();   // to start the watchdog takes a while, which is no turn
            if (herald != null) {
                herald.start();
            }
            while (!isOver()) {
                turn();
            }
            gate.close();
            dispatcher.end();
        } catch (IOException | RuntimeException | Error e) {
            gate.close();
            dispatcher.abandon(e);
            requests.takeIn(dispatcher);
            Afterlife.keep(dispatcher.lentMemory());
            throw e;
        } finally {
            leave();
        }
    }

    private boolean isOver() {
        return stopping && dispatcher.isIdle() && dispatcher.hasClosed() && requests.isEmpty();
    }

    private void turn() throws IOException {
        requireWhole();
        mailbox.deliver(ready);
        ready.run(turnTasks, watch.turnStartNanos(), turnNanos);
        long waitNanos = takeIn();
        announce();
        poll(ready.isEmpty() && !isOver() ? waitNanos : 0);
        announce();
    }

    /** Takes in what was asked and ends what is overdue; how long the poll that follows may wait at most. */
    private long takeIn() {
        requests.takeIn(dispatcher);
        long now = System.nanoTime();
        counters.max(Count.LONGEST_TURN_NANOS, now - watch.turnStartNanos());
        if (dispatcher.hasDeadlines()) {
            dispatcher.expire(now);
        }
        return dispatcher.waitNanos(now);
    }

    private void requireWhole() {
        if (torn != null) {
            throw new IllegalStateException("the loop ends: a pinned thread could not drive it through a turn", torn);
        }
    }

    /** Ends a turn; the next one begins when it comes back. */
    private void poll(long waitNanos) throws IOException {
        if (waitNanos == 0) {
            dispatcher.poll(0);
            watch.startTurn();
            return;
        }
        gate.announceSleep();
        dispatcher.poll(mailbox.isEmpty() ? waitNanos : 0);
        watch.startTurn();
        if (gate.awake()) {
            counters.add(Count.WAKEUPS);
        }
        Watchdog.SHARED.rouse(watch);
    }

    private void announce() {
        if (herald != null) {
            herald.announce();
        }
    }

    /**
     * The caller is a carried thread that cannot leave its carrier (a native frame or a class initialiser is on its
     * stack), so nobody else can drive the loop: it does so itself until its operation is done. What becomes runnable
     * meanwhile waits.
     */
    private void driveWhilePinned(Operation operation) {
        while (!operation.isDone() && !Thread.currentThread().isInterrupted()) {
            driveOnce();
        }
    }

    private void driveOnce() {
        requireWhole();
        Threads.requireStack();   // this is a user's stack, and what follows must not end half way
        try {
            mailbox.deliver(ready);
            poll(Math.min(PINNED_POLL_NANOS, takeIn()));
        } catch (IOException | RuntimeException | Error e) {
            torn = e;   // perhaps half way through: nothing is to be trusted any more
            throw new IllegalStateException("the loop's I/O queue failed", e);
        }
    }

    /**
     * Whatever the loop still has goes to the afterlife. What this thread itself unparks later, or others mail, goes
     * there too, once {@link #exited} is seen; what came before is taken out after it is set.
     */
    private void leave() {
        Watchdog.SHARED.remove(watch);
        if (herald != null) {
            herald.dismiss();   // before anybody can see the exit and end an operation elsewhere
        }
        try {
            Afterlife.takeOver(dispatcher, ready);
        } finally {
            exited = true;
            Afterlife.takeOver(dispatcher, ready);
            mailbox.forward();
        }
    }
}
