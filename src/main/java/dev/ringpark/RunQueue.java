package dev.ringpark;

import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What can run now, first in, first out; an array that grows and never shrinks. Loop thread only. */
final class RunQueue {
    private static final int CLOCK_LOOK_INTERVAL = 16;   // tasks between two looks at the clock

    private @Nullable Runnable[] tasks = new Runnable[256];   // length a power of two
    private int head;
    private int tail;
    private final LongSupplier clock;

    RunQueue() {
        this(System::nanoTime);
    }

    /** With the nanoseconds of a clock that a test moves. */
    RunQueue(LongSupplier clock) {
        this.clock = clock;
    }

    boolean isEmpty() {
        return head == tail;
    }

    int size() {
        return tail - head;
    }

    void add(Runnable task) {
        if (tail - head == tasks.length - 1) {   // one place is kept for the task that runs
            grow();
        }
        tasks[tail++ & tasks.length - 1] = task;
    }

    @Nullable Runnable poll() {
        if (head == tail) {
            return null;
        }
        int index = head++ & tasks.length - 1;
        Runnable task = tasks[index];
        tasks[index] = null;
        return task;
    }

    /** Runs what is there, {@code most} tasks or about {@code nanos} after {@code startNanos} at most. */
    void run(int most, long startNanos, long nanos) {
        int run = 0;
        while (head != tail) {
            Threads.runGuarded(Objects.requireNonNull(tasks[head++ & tasks.length - 1]));
            tasks[head - 1 & tasks.length - 1] = null;   // not before: the watchdog finds it there
            run++;
            if (run == most || (run % CLOCK_LOOK_INTERVAL == 0 && clock.getAsLong() - startNanos > nanos)) {
                return;
            }
        }
    }

    /** The task that runs; null if none does. From another thread a glance, which may be out of date at once. */
    @Nullable Runnable running() {
        @Nullable Runnable[] seen = tasks;
        return seen[head - 1 & seen.length - 1];
    }

    private void grow() {
        @Nullable Runnable[] larger = new Runnable[tasks.length * 2];
        int size = size();
        for (int i = -1; i < size; i++) {   // from the one that runs
            larger[i & larger.length - 1] = tasks[head + i & tasks.length - 1];
        }
        tasks = larger;
        head = 0;
        tail = size;
    }
}
