package dev.ringpark;

import java.util.Objects;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What can run now, first in, first out; an array that grows and never shrinks. Loop thread only.
 *
 * <p>A look at the clock takes a tenth of what a quick task does. So as long as all are quick, it is looked at after
 * each 16th; one that is not has it looked at after every task, for the next thousand or so. A task that takes long is
 * therefore the last of its run, unless it comes as a surprise: then up to 15 more are.
 */
final class RunQueue {
    private static final int LONGEST_STRIDE = 16;     // tasks between two looks at the clock
    private static final int QUICK_SHARE = 16;        // of the budget: quick are tasks that take less between two looks
    private static final int LOOKS_TO_LENGTHEN = 64;  // quick ones in a row, until the stride is doubled

    private final LongSupplier clock;
    private int stride = 1;
    private int quickLooks;
    private long lookedNanos;
    private @Nullable Runnable[] tasks = new Runnable[256];   // length a power of two
    private int head;
    private int tail;

    RunQueue() {
        this(System::nanoTime);
    }

    /** One with a clock of its own. */
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

    /** Runs what is there: {@code most} tasks at most, none once {@code nanos} since {@code startNanos} are over. */
    void run(int most, long startNanos, long nanos) {
        lookedNanos = startNanos;
        int unseen = 0;
        for (int left = most; left > 0 && head != tail; left--) {
            Threads.runGuarded(Objects.requireNonNull(tasks[head++ & tasks.length - 1]));
            tasks[head - 1 & tasks.length - 1] = null;   // not before: the watchdog finds it there
            if (++unseen >= stride) {
                unseen = 0;
                if (look(nanos) - startNanos > nanos) {
                    return;
                }
            }
        }
        if (unseen > 0) {
            look(nanos);   // runs that are always short would never learn that their tasks are not
        }
    }

    /** Looks at the clock, and decides how soon to look again. */
    private long look(long budgetNanos) {
        long now = clock.getAsLong();
        if (now - lookedNanos > budgetNanos / QUICK_SHARE) {
            stride = 1;
            quickLooks = 0;
        } else if (stride < LONGEST_STRIDE && ++quickLooks == LOOKS_TO_LENGTHEN) {
            stride *= 2;
            quickLooks = 0;
        }
        lookedNanos = now;
        return now;
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
