package dev.ringpark;

import dev.ringpark.internal.op.Timer;

/** Wakes a thread at a moment. */
final class Alarm extends Timer {
    private final Thread sleeper;

    Alarm(Thread sleeper, long deadlineNanos) {
        this.sleeper = sleeper;
        deadlineNanos(deadlineNanos);
    }

    @Override
    public void fire() {
        Threads.unpark(sleeper);
    }
}
