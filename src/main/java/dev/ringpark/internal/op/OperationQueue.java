package dev.ringpark.internal.op;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** A queue of operations, first in, first out, linked through them: nothing is allocated. Loop thread only. */
public final class OperationQueue {
    private @Nullable Operation first;
    private @Nullable Operation last;

    public boolean isEmpty() {
        return first == null;
    }

    /** Adds an operation that is in no queue. */
    public void add(Operation operation) {
        requireFree(operation);
        if (last == null) {
            first = operation;
        } else {
            last.next = operation;
            operation.previous = last;
        }
        last = operation;
    }

    /** Puts an operation back to where {@link #poll} took it from. */
    public void addFirst(Operation operation) {
        requireFree(operation);
        if (first == null) {
            last = operation;
        } else {
            first.previous = operation;
            operation.next = first;
        }
        first = operation;
    }

    /** The operation that came first, still in the queue. */
    public @Nullable Operation peek() {
        return first;
    }

    /** Takes out the operation that came first. */
    public @Nullable Operation poll() {
        Operation operation = first;
        if (operation != null) {
            unlink(operation);
        }
        return operation;
    }

    /** Takes {@code operation} out, wherever it stands in this queue; false if it is in none. It is in no other. */
    public boolean remove(Operation operation) {
        boolean found = operation == first || operation.previous != null;
        assert found == contains(operation) : "in another queue";
        if (found) {
            unlink(operation);
        }
        return found;
    }

    /** Those that match, in the order they came; they stay. */
    public List<Operation> matching(Predicate<Operation> condition) {
        List<Operation> found = new ArrayList<>();
        for (Operation each = first; each != null; each = each.next) {
            if (condition.test(each)) {
                found.add(each);
            }
        }
        return found;
    }

    private boolean contains(Operation operation) {
        Operation each = first;
        while (each != null && each != operation) {
            each = each.next;
        }
        return each != null;
    }

    private void unlink(Operation operation) {
        Operation before = operation.previous;
        Operation after = operation.next;
        if (before == null) {
            first = after;
        } else {
            before.next = after;
        }
        if (after == null) {
            last = before;
        } else {
            after.previous = before;
        }
        operation.previous = null;
        operation.next = null;
    }

    private void requireFree(Operation operation) {
        assert operation.next == null && operation.previous == null && operation != first : "in two queues";
    }
}
