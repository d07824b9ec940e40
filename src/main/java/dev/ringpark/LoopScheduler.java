package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Timer;
import java.util.concurrent.Delayed;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What the virtual threads of a carried loop know as their scheduler. It is a ForkJoinPool in name only, because JDK 25
 * asks a scheduler of that class, and no other, to time its parks: so Thread.sleep and every timed wait are timers of
 * the loop. No thread of the pool is ever started.
 */
final class LoopScheduler extends ForkJoinPool {
    private final LoopDoor door;

    LoopScheduler(LoopDoor door) {
        super(1);
        this.door = door;
    }

    @Override
    public void execute(Runnable task) {
        door.execute(task);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        ParkTimer timer = new ParkTimer(door, task);
        timer.deadlineNanos(Moment.after(unit.toNanos(delay)));
        if (timer.deadlineNanos() != Moment.NONE) {
            door.schedule(timer);
        }
        return timer;
    }

    /** A timed park of one virtual thread. Nobody but the JDK sees it, and that only ever cancels it. */
    private static final class ParkTimer extends Timer implements ScheduledFuture<@Nullable Object> {
        private final LoopDoor door;
        private final Runnable task;
        private volatile boolean over;

        ParkTimer(LoopDoor door, Runnable task) {
            this.door = door;
            this.task = task;
        }

        @Override
        public void fire() {
            if (!over) {
                over = true;
                task.run();
            }
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            if (over) {
                return false;
            }
            over = true;
            door.unschedule(this);
            return true;
        }

        @Override
        public boolean isCancelled() {
            return over;
        }

        @Override
        public boolean isDone() {
            return over;
        }

        @Override
        public @Nullable Object get() {
            throw new UnsupportedOperationException("a park has no result");
        }

        @Override
        public @Nullable Object get(long timeout, TimeUnit unit) {
            return get();
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(deadlineNanos() - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.compare(getDelay(TimeUnit.NANOSECONDS), other.getDelay(TimeUnit.NANOSECONDS));
        }
    }
}
