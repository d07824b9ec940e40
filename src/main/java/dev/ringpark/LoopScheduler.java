package dev.ringpark;

import dev.ringpark.internal.op.Moment;
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
        Threads.load(ParkTimer.class);   // who finds no descriptor sleeps a while
    }

    @Override
    public void execute(Runnable task) {
        door.execute(task);
    }

    @Override
    public ScheduledFuture<?> schedule(Runnable task, long delay, TimeUnit unit) {
        ParkTimer timer = new ParkTimer(door, task, Moment.after(unit.toNanos(delay)));
        if (timer.deadlineNanos() != Moment.NONE) {
            timer.start();
        }
        return timer;
    }

    /** A timed park of one virtual thread. Nobody but the JDK sees it, and that only ever cancels it. */
    private static final class ParkTimer extends LoopTimer implements ScheduledFuture<@Nullable Object> {
        private final Runnable task;

        ParkTimer(LoopDoor door, Runnable task, long deadlineNanos) {
            super(door, deadlineNanos);
            this.task = task;
        }

        @Override
        void ring() {
            task.run();
        }

        @Override
        public boolean cancel(boolean mayInterrupt) {
            return cancel();
        }

        @Override
        public boolean isCancelled() {
            return isOver();
        }

        @Override
        public boolean isDone() {
            return isOver();
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
