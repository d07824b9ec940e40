package dev.ringpark.internal.backend;

import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.OperationQueue;
import java.util.Objects;

/** Operations that have their result, in order, until the poll that hands them over. Loop thread only. */
public final class FinishedOperations {
    private final OperationQueue queue = new OperationQueue();
    private int count;
    private boolean haveGoneFirst;

    public boolean isEmpty() {
        return count == 0;
    }

    public void add(Operation operation) {
        queue.add(operation);
        count++;
    }

    /**
     * Whether they go out before the queue is asked: whoever wrote at once gets his answer without a system call first,
     * which in echo traffic saves every other. Not in two polls in a row, so that a backlog that never ends keeps
     * nobody from being heard.
     */
    public boolean goFirst() {
        haveGoneFirst = !haveGoneFirst && !isEmpty();
        return haveGoneFirst;
    }

    /** Hands over what is finished by now, and leaves what finishes meanwhile to the next poll. */
    public void deliver(Backend.Completions completions) {
        for (int left = count; left > 0; left--) {
            Operation operation = Objects.requireNonNull(queue.poll());
            count--;
            completions.completed(operation);
        }
    }
}
