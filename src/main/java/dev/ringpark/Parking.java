package dev.ringpark;

import dev.ringpark.internal.jdk.VirtualThreads;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import java.util.concurrent.locks.LockSupport;

/**
 * How a thread waits for the loop: virtual threads park, platform threads block. A carried thread that cannot leave its
 * carrier (a native frame or a class initialiser is on its stack) would wait for what only that carrier can bring, so
 * it drives the loop itself meanwhile; what becomes runnable then waits.
 *
 * <pre>
 * what may come to a pinned one | from which thread | how it hears of that
 * ------------------------------+-------------------+---------------------------------------------------------
 * its completion                | its own           | it drives the poll that brings it, and looks after each
 * mail                          | any               | the gate: its poll announces sleep as every other does
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
            Thread current = Thread.currentThread();
            while (!operation.isDone()) {
                // Cleared here, as LockSupport's park would come back at once while it is set; put back at the end.
                if (Thread.interrupted()) {
                    interrupted = true;
                    door.cancel(operation, CancelReason.INTERRUPT);
                } else if (!onLoop) {
                    LockSupport.park(operation);
                } else if (!VirtualThreads.park(current)) {
                    driveWhilePinned(operation);
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

    private void driveWhilePinned(Operation operation) {
        while (!operation.isDone() && !Thread.currentThread().isInterrupted()) {
            engine.driveOnce();
        }
    }

    /**
     * Parks the caller until it is unparked, interrupted or {@code deadlineNanos} has come, or for a while less. Who is
     * to unpark a pinned one may be waiting for the loop.
     */
    @Override
    public void parkUntil(long deadlineNanos) {
        if (!door.isOnLoop()) {
            Threads.parkUntil(this, deadlineNanos);
        } else if (deadlineNanos == Moment.NONE) {
            parkOnLoop();
        } else {
            Alarm alarm = new Alarm(door, deadlineNanos);
            alarm.start();
            parkOnLoop();
            alarm.cancel();
        }
    }

    private void parkOnLoop() {
        if (!VirtualThreads.park(Thread.currentThread())) {
            engine.driveOnce();
        }
    }
}
