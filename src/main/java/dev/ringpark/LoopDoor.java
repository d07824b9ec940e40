package dev.ringpark;

import dev.ringpark.internal.dispatch.Proactor;
import dev.ringpark.internal.dispatch.SleepGate;
import dev.ringpark.internal.jdk.VirtualThreads;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.StackRoom;
import dev.ringpark.internal.op.Timer;
import dev.ringpark.internal.op.Wakeup;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The way into a loop. Threads that the loop carries leave at hand what they want, as it comes round to that by itself;
 * all others mail it, and wake the loop if it sleeps. What comes when the loop has left is done elsewhere.
 *
 * <p>Nobody waits here, and nothing takes a lock: see {@link LoopEngine}.
 */
final class LoopDoor {
    private final Thread loop;
    private final boolean carried;
    private final @Nullable Herald herald;   // in handed-over mode
    private final Proactor proactor;
    private final Runnable wake;

    private final SleepGate gate = new SleepGate();
    private final Mailbox mailbox;
    private final Runnable seeToMail = this::seeToMail;
    private final Requests requests = new Requests();
    private final RunQueue ready = new RunQueue();
    private volatile boolean exited;

    /** On the loop's thread. */
    LoopDoor(Proactor proactor, @Nullable Herald herald) {
        this.loop = Thread.currentThread();
        this.carried = herald == null;
        this.herald = herald;
        this.proactor = proactor;
        this.wake = proactor.backend()::wake;
        this.mailbox = new Mailbox(proactor::finishClosing);
        Threads.load(StackRoom.class);
        Descriptor.load();
    }

    // ---- any thread ----

    /** Whether the caller runs on the loop's thread, itself or as a virtual thread it carries. */
    boolean isOnLoop() {
        return (carried ? VirtualThreads.currentCarrier() : Thread.currentThread()) == loop && !exited;
    }

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

    /** Submits {@code operation}; true if the caller is on the loop. */
    boolean submit(Operation operation) {
        boolean onLoop = isOnLoop();
        if (onLoop) {
            requests.submit(operation);
        } else {
            mail((Mailbox.Command) () -> proactor.submit(operation));
        }
        return onLoop;
    }

    /** Submits {@code operations} in one go; nobody has to wait for them. */
    void submitAll(List<Operation> operations) {
        mail((Mailbox.Command) () -> operations.forEach(proactor::submit));
    }

    /** Asks that this use of {@code operation} end early, and no later one. */
    void cancel(Operation operation, CancelReason reason) {
        ask(new Cancel(proactor, operation, operation.use(), reason));
    }

    /** Ends a write that waits although the output has been shut down. */
    void endWrite(Handle handle) {
        ask(() -> proactor.cancelSide(handle, Handle.WRITING, CancelReason.SHUTDOWN));
    }

    /** Something done with an open handle at once. */
    @FunctionalInterface
    interface Plain<H extends Resource, T extends @Nullable Object> {
        T call(H handle) throws IOException;
    }

    /**
     * Does {@code action} with {@code handle} in the caller's thread; a close meanwhile waits for its end.
     *
     * @throws ClosedChannelException if the handle is not open
     */
    <H extends Resource, T extends @Nullable Object> T plain(H handle, Plain<H, T> action) throws IOException {
        StackRoom.requireSome();   // for its end, and the wake after: a close may wait for just that
        if (!handle.beginCall()) {
            throw new ClosedChannelException();
        }
        try {
            return action.call(handle);
        } finally {
            endCall(handle);
        }
    }

    /**
     * Ends a plain call that {@link Resource#beginCall} began; a close may be waiting for just that, so it takes no
     * memory to say so.
     */
    void endCall(Resource handle) {
        if (handle.endCall()) {
            mailbox.addEndedCall(handle);
            haveMailSeenTo();
        }
    }

    /** Has the loop run {@code command}, on its own stack. */
    void ask(Mailbox.Command command) {
        if (isOnLoop()) {
            requests.add(command);
        } else {
            mail(command);
        }
    }

    /** Has the loop run {@code item} in a turn to come, wherever the caller runs. */
    void mail(Runnable item) {
        mailbox.add(item);
        haveMailSeenTo();
    }

    /** What is in the box has to come out of it, if its sender has stack enough to start a thread at least. */
    private void haveMailSeenTo() {
        try {
            seeToMail();
        } catch (StackOverflowError e) {
            StackRoom.runElsewhere(seeToMail);
        }
    }

    private void seeToMail() {
        if (exited) {
            StackRoom.require();   // for what others have mailed, too
            mailbox.forward();
        } else if (herald != null && Thread.currentThread().isVirtual()) {
            if (gate.isAsleep()) {
                herald.send();
            }
        } else {
            gate.wakeIfAsleep(wake);
        }
    }

    /** Whether signals go through a herald, as virtual threads of the JDK's scheduler exchange them. */
    boolean hasHerald() {
        return herald != null;
    }

    /** For the herald, and who takes its part: as every sender does, it looks after the mail is in the box. */
    void wakeForMail() {
        if (!mailbox.isEmpty()) {
            gate.wakeIfAsleep(wake);
        }
    }

    // ---- loop thread ----

    /** Queues {@code timer}, or takes it out of the queue if it is over. Timers that are left at the end go on. */
    void look(Timer timer) {
        if (exited) {
            Afterlife.schedule(timer);
        } else if (timer.isOver()) {
            proactor.unschedule(timer);
        } else {
            proactor.schedule(timer);
        }
    }

    /** Wakes {@code thread}. */
    void unpark(Thread thread) {
        if (herald == null) {
            Wakeup.unpark(thread);
        } else {
            herald.unpark(thread);
        }
    }

    /** Runs what was mailed to the loop itself; tasks take their place among those that can run. */
    void deliver() {
        mailbox.deliver(ready);
    }

    boolean hasMail() {
        return !mailbox.isEmpty();
    }

    /** What its own threads have asked. */
    Requests requests() {
        return requests;
    }

    /** The tasks that can run. */
    RunQueue ready() {
        return ready;
    }

    /** Where the loop announces its sleep. */
    SleepGate gate() {
        return gate;
    }

    /**
     * The loop leaves: whatever it still has goes to the afterlife. What this thread itself unparks later, or others
     * mail, goes there too, once {@link #exited} is seen; what came before is taken out after it is set.
     */
    void leave() {
        try {
            Afterlife.takeOver(proactor, ready);
        } finally {
            exited = true;
            Afterlife.takeOver(proactor, ready);
            mailbox.forward();
        }
    }
}
