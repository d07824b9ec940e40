package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * A loop from its first turn to its end. The end is the loop's own work: it gets the closes of all its sockets in one
 * go, and leaves when the last has been answered. Whoever closes it only waits, as long as he likes.
 *
 * <pre>
 * state      | who moves it there, on which thread               | new sockets, operations   | mail
 * -----------+---------------------------------------------------+---------------------------+------------------------
 * RUNNING    | LoopEngine.run, the loop's                        | taken                     | delivered each turn
 * CLOSING    | close(), whoever's it is, any number of them:     | sockets refused; those of | delivered each turn: in
 *            |   OpenSockets.shut, OffloadPool.close, then       |   handles that are closing|   it the closes of all,
 *            |   Descriptor.startClosing of each, the mail       |   end as they are taken in|   and stop behind them
 * CANCELLING | the loop, as it delivers that mail:               | the same                  | delivered each turn
 *            |   Proactor.close asks all they have to end        |                           |
 * DRAINED    | the loop, when nothing is in flight, every close  | end as they are taken in  | lies there: the gate is
 *            |   answered and no request left: Proactor.end      |                           |   closed, nobody wakes
 * LEFT       | the loop: LoopDoor.leave says so (exited), THEN   | the same, on their own    | its sender looks for the
 *            |   empties run queue and mailbox, to the Afterlife |   threads, by forwarding  |   exit, THEN forwards
 * ENDED      | the loop: cleanUp() is over; its thread goes      | the same                  | the same
 * </pre>
 *
 * Nobody asks for these states by name: {@link OpenSockets#isShut} shows CLOSING, {@link LoopEngine#isOver} DRAINED,
 * the exit of {@link LoopDoor} LEFT, and {@code ended} ENDED.
 *
 * <p>Mail, then look for the exit; say the exit, then look for mail: whichever comes second sees the other, and
 * {@link Mailbox#forward} lets in one at a time, as commands need a proactor to themselves. Those who wait for the
 * end are woken by ENDED. If the queue fails, {@link LoopEngine#run} goes from where it is to LEFT, and
 * {@code Proactor.abandon} ends what is in flight; the sockets are shut and closed on the way to ENDED then.
 */
final class LoopLife {
    private final String name;
    private final LoopEngine engine;
    private final LoopDoor door;
    private final Parking parking;
    private final OpenSockets sockets;
    private final Sleepers sleepers;
    private final OffloadPool offloadPool;
    private final LostSockets lostSockets;
    private final CountDownLatch ended = new CountDownLatch(1);
    private final Queue<Operation> closes = new ConcurrentLinkedQueue<>();   // of all who have asked for the end

    LoopLife(String name, LoopEngine engine, Parking parking, OpenSockets sockets, Sleepers sleepers,
            OffloadPool offloadPool) {
        this.name = name;
        this.engine = engine;
        this.door = engine.door();
        this.parking = parking;
        this.sockets = sockets;
        this.sleepers = sleepers;
        this.offloadPool = offloadPool;
        this.lostSockets = new LostSockets(name, sockets);
    }

    /** On the loop's thread: all of it. */
    void run() {
        try {
            Threads.runGuarded(lostSockets::start);   // without it nothing but lost sockets stays open
            engine.run();
        } catch (IOException e) {
            Log.say(Level.ERROR, name + ": the I/O queue failed; the loop has ended", e);
        } finally {
            try {
                cleanUp();
            } finally {
                ended.countDown();   // whatever failed: those who wait for the end can do nothing about it
            }
        }
    }

    private void cleanUp() {
        sockets.shut();
        offloadPool.close();
        sleepers.close();
        lostSockets.stop();
        closeTheRest();
        reportFailures();
        sockets.clear();
    }

    /** There is a rest only if the queue failed. */
    private void closeTheRest() {
        for (Operation close : sockets.beginCloses()) {
            parking.submitAndPark(close);
            closes.add(close);
        }
    }

    /** Each kind once, not each of a thousand sockets; a file's exception names it. */
    private void reportFailures() {
        Set<String> told = new HashSet<>();
        for (Operation close : closes) {
            Failure failure = close.failure();
            IOException reason = failure == null ? null : close.handle().closeFailed(failure);
            if (reason != null && told.add(reason.toString())) {
                Log.say(Level.WARNING, name + ": a socket or file did not close cleanly", reason);
            }
        }
    }

    /** Ends the loop, and waits for that until {@code deadlineNanos}. */
    LoopEnd close(long deadlineNanos) {
        sockets.shut();
        return door.isOnLoop() ? closeFromInside(deadlineNanos) : closeFromOutside(deadlineNanos);
    }

    /** One of the loop's own threads cannot wait for its end, but for its sockets'. */
    private LoopEnd closeFromInside(long deadlineNanos) {
        for (Operation close : stop()) {
            while (!close.isDone() && !isOver(deadlineNanos)) {
                parking.parkUntil(deadlineNanos);
            }
        }
        List<PendingOperation> pending = sockets.pending();
        return new LoopEnd(pending.isEmpty(), pending);
    }

    private LoopEnd closeFromOutside(long deadlineNanos) {
        if (ended.getCount() > 0) {
            stop();   // again, if somebody has: he may have run out of stack or memory half way
            door.wakeForMail();   // the herald may have no carrier: pinned threads that wait here keep theirs
        }
        boolean hasEnded = awaitEnd(deadlineNanos);
        return new LoopEnd(hasEnded, hasEnded ? List.of() : sockets.pending());
    }

    private List<Operation> stop() {
        offloadPool.close();
        List<Operation> all = sockets.beginCloses();
        closes.addAll(all);
        door.submitAll(all);
        sleepers.close();
        engine.stop();
        return all;
    }

    /** Not interruptible; the status is kept. */
    private boolean awaitEnd(long deadlineNanos) {
        boolean interrupted = Thread.interrupted();
        try {
            while (true) {
                try {
                    return ended.await(leftNanos(deadlineNanos), TimeUnit.NANOSECONDS);
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private static boolean isOver(long deadlineNanos) {
        return leftNanos(deadlineNanos) <= 0;
    }

    private static long leftNanos(long deadlineNanos) {
        return deadlineNanos == Moment.NONE ? Long.MAX_VALUE : deadlineNanos - System.nanoTime();
    }
}
