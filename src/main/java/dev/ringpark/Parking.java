package dev.ringpark;

import dev.ringpark.internal.jdk.VirtualThreads;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * How a thread waits for the loop: virtual threads park, platform threads block. A carried thread that cannot leave its
 * carrier (a native frame or a class initialiser is on its stack) would wait for what only that carrier can bring, so
 * it drives the loop that carries it meanwhile; what becomes runnable there then waits. If it waits for another loop,
 * that one may be waiting for this one in the same way.
 *
 * <pre>
 * what may come to a pinned one | from which thread | how it hears of that
 * ------------------------------+-------------------+---------------------------------------------------------
 * its completion                | its own           | it drives the poll that brings it, and looks after each
 * the same, of another loop's    | that loop's       | it looks after each poll of its own loop, which waits
 *   socket                       |                   |   20 ms at most, and so holds up nobody for good
 * mail                          | any               | the gate: its poll announces sleep as every other does
 * all of these, handed over,    | the loop's        | it wakes the loop itself and looks every 20 ms, in case
 *   without a limit             |                   |   the herald has no carrier; with one nobody looks for it
 * an interrupt                  | any               | it looks after each poll, which waits 20 ms at most
 * its turn, or any unpark       | any               | a permit, which ends one park, and so nothing but a look
 * </pre>
 */
final class Parking implements Descriptor.Parker {
    private final LoopDoor door;
    private final LoopEngine engine;

    Parking(LoopEngine engine) {
        this.door = engine.door();
        this.engine = engine;
        Threads.load(Alarm.class);
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
            boolean onLoop = door.submit(operation);
            while (!operation.isDone()) {
                // Cleared here, as LockSupport's park would come back at once while it is set; put back at the end.
                if (Thread.interrupted()) {
                    interrupted = true;
                    door.cancel(operation, CancelReason.INTERRUPT);
                } else {
                    parkFor(operation, onLoop ? engine : LoopThread.carrying());
                }
            }
        } catch (Throwable e) {
            if (operation.desert()) {   // else it has just ended, and there is nothing to wait for
                operation.handle().startClosing();
                throw e;
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Parks, or drives the loop that carries the caller if he cannot leave it; null if none does. */
    private void parkFor(Operation operation, LoopThread.@Nullable Driver carrier) {
        if (carrier == null) {
            parkElsewhere(operation);
        } else if (!VirtualThreads.park(Thread.currentThread())) {
            while (!operation.isDone() && !Thread.currentThread().isInterrupted()) {
                carrier.driveOnce();
            }
        }
    }

    /**
     * Parks a platform thread, or one that the JDK's scheduler carries. When such threads are pinned to all carriers
     * there are, no herald can run: so they take its part, if they can tell.
     */
    private void parkElsewhere(Object blocker) {
        if (!door.hasHerald() || !Thread.currentThread().isVirtual() || VirtualThreads.refusal() != null) {
            LockSupport.park(blocker);
        } else if (!VirtualThreads.park(Thread.currentThread())) {
            door.wakeForMail();
            LockSupport.parkNanos(blocker, LoopEngine.PINNED_POLL_NANOS);
        }
    }

    /**
     * Parks the caller until it is unparked, interrupted or {@code deadlineNanos} has come, or for a while less. Who is
     * to unpark a pinned one may be waiting for the loop.
     */
    @Override
    public void parkUntil(long deadlineNanos) {
        LoopThread.Driver carrier = door.isOnLoop() ? engine : LoopThread.carrying();
        if (carrier == null && deadlineNanos == Moment.NONE) {
            parkElsewhere(this);
        } else if (carrier == null) {
            Threads.parkUntil(this, deadlineNanos);
        } else if (deadlineNanos == Moment.NONE) {
            parkOnLoop(carrier);
        } else {
            Alarm alarm = new Alarm(carrier.door(), deadlineNanos);
            alarm.start();
            parkOnLoop(carrier);
            alarm.cancel();
        }
    }

    private static void parkOnLoop(LoopThread.Driver carrier) {
        if (!VirtualThreads.park(Thread.currentThread())) {
            carrier.driveOnce();
        }
    }
}
