package dev.ringpark;

import org.jspecify.annotations.Nullable;

/** What can run now, first in, first out; an array that grows and never shrinks. Loop thread only. */
final class RunQueue {
    private static final int CLOCK_LOOK_INTERVAL = 16;   // tasks between two looks at the clock

    private @Nullable Runnable[] tasks = new Runnable[256];   // length a power of two
    private int head;
    private int tail;

    boolean isEmpty() {
        return head == tail;
    }

    int size() {
        return tail - head;
    }

    void add(Runnable task) {
        if (tail - head == tasks.length) {
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
        for (Runnable task = poll(); task != null; task = poll()) {
            Threads.runGuarded(task);
            run++;
            if (run == most || (run % CLOCK_LOOK_INTERVAL == 0 && System.nanoTime() - startNanos > nanos)) {
                return;
            }
        }
    }

    private void grow() {
        @Nullable Runnable[] larger = new Runnable[tasks.length * 2];
        int size = size();
        for (int i = 0; i < size; i++) {
            larger[i] = tasks[head + i & tasks.length - 1];
        }
        tasks = larger;
        head = 0;
        tail = size;
    }
}
