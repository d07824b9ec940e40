package dev.ringpark.internal.op;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What is due next: a heap in which every entry knows its place, so that a completed operation leaves in O(log n) and
 * the usual entry, later than all others, arrives in O(1). Equal moments leave in the order they came. Nothing is
 * allocated but the arrays, which grow and shrink with what is in them. Loop thread only.
 *
 * <p>Each node has four children, and the moments stand in an array of their own: of a million entries, which no cache
 * holds, a step down reads one line of that array and none of the objects, and there are ten steps rather than twenty.
 */
public final class Deadlines {
    private static final int ARITY_BITS = 2;
    private static final int ARITY = 1 << ARITY_BITS;
    private static final int LEAST_ROOM = 64;

    private long[] moments = new long[LEAST_ROOM];   // of the entries with the same index
    private @Nullable Moment[] heap = new Moment[LEAST_ROOM];
    private int size;
    private int arrivals;

    public boolean isEmpty() {
        return size == 0;
    }

    /** The earliest moment; {@link Moment#NONE} when nothing is queued. */
    public long next() {
        return size == 0 ? Moment.NONE : moments[0];
    }

    /** Queues {@code entry}, which has a moment and is in no queue. */
    public void add(Moment entry) {
        assert entry.heapIndex == Moment.NOT_QUEUED && entry.deadlineNanos() != Moment.NONE;
        if (size == heap.length) {
            resize(size * 2);
        }
        entry.order = arrivals++;
        siftUp(size++, entry);
    }

    /** Takes {@code entry} out; nothing happens if it is not in. */
    public void remove(Moment entry) {
        int hole = entry.heapIndex;
        if (hole == Moment.NOT_QUEUED) {
            return;
        }
        entry.heapIndex = Moment.NOT_QUEUED;
        Moment last = at(--size);
        heap[size] = null;
        if (last != entry) {
            siftDown(hole, last);
            if (last.heapIndex == hole) {
                siftUp(hole, last);
            }
        }
        if (size < heap.length / 4 && heap.length > LEAST_ROOM) {
            shrink();
        }
    }

    /** Takes out the earliest entry if it is due at {@code nowNanos}; null when none is. */
    public @Nullable Moment pollDue(long nowNanos) {
        return size == 0 || moments[0] - nowNanos > 0 ? null : pollAny();
    }

    /** Takes out the earliest timer, due or not, and what is before it: operations that were given up half way. */
    public @Nullable Timer pollTimer() {
        Moment next = pollAny();
        while (next != null && !(next instanceof Timer)) {
            next = pollAny();
        }
        return (Timer) next;
    }

    /** Takes out the earliest entry, due or not; null when there is none. */
    public @Nullable Moment pollAny() {
        if (size == 0) {
            return null;
        }
        Moment first = at(0);
        remove(first);
        return first;
    }

    /** How many entries there is room for. */
    int room() {
        return heap.length;
    }

    private void shrink() {
        try {
            resize(heap.length / 2);
        } catch (OutOfMemoryError noneToShrinkWith) {
            // What leaves the queue has ended, and nobody is to hear of this: the arrays stay as they are.
        }
    }

    private void resize(int room) {
        long[] resized = Arrays.copyOf(moments, room);
        heap = Arrays.copyOf(heap, room);
        moments = resized;   // both or none
    }

    private void siftUp(int index, Moment entry) {
        long nanos = entry.deadlineNanos();
        int child = index;
        while (child > 0) {
            int parent = (child - 1) >>> ARITY_BITS;
            if (!isEarlier(nanos, entry, parent)) {
                break;
            }
            place(child, moments[parent], at(parent));
            child = parent;
        }
        place(child, nanos, entry);
    }

    private void siftDown(int index, Moment entry) {
        long nanos = entry.deadlineNanos();
        int parent = index;
        while (parent << ARITY_BITS < size - 1) {
            int child = earliestChild(parent);
            if (isEarlier(nanos, entry, child)) {
                break;
            }
            place(parent, moments[child], at(child));
            parent = child;
        }
        place(parent, nanos, entry);
    }

    private int earliestChild(int parent) {
        int earliest = (parent << ARITY_BITS) + 1;
        int end = Math.min(earliest + ARITY, size);
        for (int child = earliest + 1; child < end; child++) {
            long difference = moments[child] - moments[earliest];
            if (difference < 0 || (difference == 0 && at(child).order - at(earliest).order < 0)) {
                earliest = child;
            }
        }
        return earliest;
    }

    private boolean isEarlier(long nanos, Moment entry, int index) {
        long difference = nanos - moments[index];
        return difference < 0 || (difference == 0 && entry.order - at(index).order < 0);
    }

    private void place(int index, long nanos, Moment entry) {
        moments[index] = nanos;
        heap[index] = entry;
        entry.heapIndex = index;
    }

    @SuppressWarnings("NullAway") // slots below size are never null
    private Moment at(int index) {
        return heap[index];
    }
}
