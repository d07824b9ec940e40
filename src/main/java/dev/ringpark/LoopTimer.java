package dev.ringpark;

import dev.ringpark.internal.op.Timer;

/**
 * A timer of a loop and, in the same object, what is asked of the loop about it: so a wait allocates one.
 *
 * <pre>
 * over  | who moves it there, on which thread                | what the loop does when it is asked to look
 * ------+----------------------------------------------------+-------------------------------------------------
 * false |                                                    | queues it
 * true  | the loop, as it fires; whoever waits, if he leaves | takes it out of the queue, if it is in
 *       |   before, and asks the loop to look once more      |
 * </pre>
 *
 * Over, THEN look again: if both requests are seen only now, it is not queued by either.
 */
abstract class LoopTimer extends Timer implements Mailbox.Command {
    private final LoopDoor door;
    private volatile boolean over;

    LoopTimer(LoopDoor door, long deadlineNanos) {
        this.door = door;
        deadlineNanos(deadlineNanos);
    }

    /** Has it fire at its moment. Once. */
    final void start() {
        door.ask(this);
    }

    /** Takes it back, soon; false if it has fired, or been taken back before. */
    final boolean cancel() {
        if (over) {
            return false;
        }
        over = true;
        door.ask(this);
        return true;
    }

    @Override
    public final boolean isOver() {
        return over;
    }

    /** Has the loop look at it. */
    @Override
    public void run() {
        door.look(this);
    }

    @Override
    public final void fire() {
        if (!over) {
            over = true;
            ring();
        }
    }

    /** What it is for. On the loop's thread; on another if the loop has ended. */
    abstract void ring();
}
