package dev.ringpark.internal.op;

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
        assert operation.next == null && operation != last : "in two queues";
        if (last == null) {
            first = operation;
        } else {
            last.next = operation;
        }
        last = operation;
    }

    /** Puts an operation back to where {@link #poll} took it from. */
    public void addFirst(Operation operation) {
        assert operation.next == null && operation != last : "in two queues";
        operation.next = first;
        first = operation;
        if (last == null) {
            last = operation;
        }
    }

    /** The operation that came first, still in the queue. */
    public @Nullable Operation peek() {
        return first;
    }

    /** Takes out the operation that came first. */
    public @Nullable Operation poll() {
        Operation operation = first;
        if (operation != null) {
            first = operation.next;
            operation.next = null;
            if (first == null) {
                last = null;
            }
        }
        return operation;
    }

    /** Takes {@code operation} out, wherever it stands; false if it is not in. */
    public boolean remove(Operation operation) {
        Operation before = null;
        for (Operation each = first; each != null; before = each, each = each.next) {
            if (each == operation) {
                unlink(before, operation);
                return true;
            }
        }
        return false;
    }

    private void unlink(@Nullable Operation before, Operation operation) {
        if (before == null) {
            first = operation.next;
        } else {
            before.next = operation.next;
        }
        if (last == operation) {
            last = before;
        }
        operation.next = null;
    }
}
