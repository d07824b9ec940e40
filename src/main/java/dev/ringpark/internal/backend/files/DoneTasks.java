package dev.ringpark.internal.backend.files;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * What threads have done, for the loop to deliver in that order. Linked through the tasks themselves, as for the node
 * of a queue there may be no memory, and whoever waits for a task would do so for ever. Lock-free: any thread adds, the
 * loop takes.
 */
final class DoneTasks<T extends DoneTasks.Linked<T>> {
    /** What can stand in such a list, once. */
    abstract static class Linked<T> {
        private @Nullable T next;
    }

    private final AtomicReference<@Nullable T> last = new AtomicReference<>();
    private @Nullable T first;   // of those that are taken from there, to be delivered yet; loop thread only

    /** Any thread. */
    void add(T task) {
        T before;
        do {
            before = last.get();
            link(task, before);
        } while (!last.compareAndSet(before, task));
    }

    /** Whether the loop has come by since the last was added. Any thread. */
    boolean areAllTaken() {
        return last.get() == null;
    }

    /**
     * The next to be delivered. What else is taken stays here: if its delivery throws, the next one goes on. Loop
     * thread only.
     */
    @Nullable T poll() {
        if (first == null && !areAllTaken()) {   // a look costs each poll less than an exchange
            first = turned(last.getAndSet(null));
        }
        T task = first;
        if (task != null) {
            first = next(task);
            link(task, null);
        }
        return task;
    }

    /** The list from its other end. */
    private static <T extends Linked<T>> @Nullable T turned(@Nullable T list) {
        T turned = null;
        for (T rest = list; rest != null; ) {
            T task = rest;
            rest = next(task);
            link(task, turned);
            turned = task;
        }
        return turned;
    }

    private static <T> @Nullable T next(Linked<T> task) {
        return task.next;
    }

    private static <T> void link(Linked<T> task, @Nullable T next) {
        task.next = next;
    }
}
