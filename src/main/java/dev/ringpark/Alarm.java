package dev.ringpark;

import dev.ringpark.internal.op.Timer;
import dev.ringpark.internal.op.Wakeup;

/** Wakes a thread at a moment. */
final class Alarm extends Timer {
    private final Thread sleeper;

    Alarm(Thread sleeper, long deadlineNanos) {
        this.sleeper = sleeper;
        deadlineNanos(deadlineNanos);
    }

    @Override
    public void fire() {
        Wakeup.unpark(sleeper);
    }
}
