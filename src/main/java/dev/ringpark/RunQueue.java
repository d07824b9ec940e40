package dev.ringpark;

import org.jspecify.annotations.Nullable;

/** What can run now, first in, first out; an array that grows and never shrinks. Loop thread only. */
final class RunQueue {
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
