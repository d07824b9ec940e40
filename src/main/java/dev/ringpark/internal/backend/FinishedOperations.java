package dev.ringpark.internal.backend;

import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.OperationQueue;
import java.util.Objects;

/** Operations that have their result, in order, until the poll that hands them over. Loop thread only. */
public final class FinishedOperations {
    private final OperationQueue queue = new OperationQueue();
    private int count;

    public boolean isEmpty() {
        return count == 0;
    }

    public void add(Operation operation) {
        queue.add(operation);
        count++;
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
