package dev.ringpark;

import dev.ringpark.internal.op.Wakeup;

/** Wakes the thread that made it, one the loop carries, at a moment. */
final class Alarm extends LoopTimer {
    private final Thread waiting = Thread.currentThread();

    Alarm(LoopDoor door, long deadlineNanos) {
        super(door, deadlineNanos);
    }

    @Override
    void ring() {
        Wakeup.unpark(waiting);
    }
}
