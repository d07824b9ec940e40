package dev.ringpark.internal.op;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is due next: a binary heap in which every entry knows its place, so that a completed operation leaves in
 * O(log n) and the usual entry, later than all others, arrives in O(1). Equal moments leave in the order they came.
 * Loop thread only.
 */
public final class Deadlines {
    private @Nullable Deadline[] heap = new Deadline[64];
    private int size;
    private int arrivals;

    public boolean isEmpty() {
        return size == 0;
    }

    /** The earliest moment; {@link Deadline#NONE} when nothing is queued. */
    public long next() {
        return size == 0 ? Deadline.NONE : at(0).deadlineNanos();
    }

    /** Queues {@code deadline}, which has a moment and is in no queue. */
    public void add(Deadline deadline) {
        assert deadline.heapIndex == Deadline.NOT_QUEUED && deadline.deadlineNanos() != Deadline.NONE;
        if (size == heap.length) {
            heap = Arrays.copyOf(heap, size * 2);
        }
        deadline.order = arrivals++;
        siftUp(size++, deadline);
    }

    /** Takes {@code deadline} out; nothing happens if it is not in. */
    public void remove(Deadline deadline) {
        int hole = deadline.heapIndex;
        if (hole == Deadline.NOT_QUEUED) {
            return;
        }
        deadline.heapIndex = Deadline.NOT_QUEUED;
        Deadline last = at(--size);
        heap[size] = null;
        if (last != deadline) {
            siftDown(hole, last);
            if (last.heapIndex == hole) {
                siftUp(hole, last);
            }
        }
    }

    /** Takes out the earliest entry if it is due at {@code nowNanos}; null when none is. */
    public @Nullable Deadline pollDue(long nowNanos) {
        if (size == 0 || at(0).deadlineNanos() - nowNanos > 0) {
            return null;
        }
        return pollAny();
    }

    /** Takes out the earliest entry, due or not; null when there is none. */
    public @Nullable Deadline pollAny() {
        if (size == 0) {
            return null;
        }
        Deadline first = at(0);
        remove(first);
        return first;
    }

    private void siftUp(int index, Deadline deadline) {
        int child = index;
        while (child > 0) {
            int parent = (child - 1) >>> 1;
            if (!earlier(deadline, at(parent))) {
                break;
            }
            place(child, at(parent));
            child = parent;
        }
        place(child, deadline);
    }

    private void siftDown(int index, Deadline deadline) {
        int parent = index;
        for (int child = 2 * parent + 1; child < size; child = 2 * parent + 1) {
            if (child + 1 < size && earlier(at(child + 1), at(child))) {
                child++;
            }
            if (!earlier(at(child), deadline)) {
                break;
            }
            place(parent, at(child));
            parent = child;
        }
        place(parent, deadline);
    }

    private void place(int index, Deadline deadline) {
        heap[index] = deadline;
        deadline.heapIndex = index;
    }

    @SuppressWarnings("NullAway") // slots below size are never null
    private Deadline at(int index) {
        return heap[index];
    }

    private static boolean earlier(Deadline a, Deadline b) {
        long difference = a.deadlineNanos() - b.deadlineNanos();
        return difference == 0 ? a.order - b.order < 0 : difference < 0;
    }
}
