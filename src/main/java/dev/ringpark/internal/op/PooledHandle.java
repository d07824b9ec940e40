package dev.ringpark.internal.op;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * What has any number of operations at once, since none depends on what another does; those that are done are kept for
 * the next callers, so steady traffic allocates none.
 */
public abstract class PooledHandle extends Resource {
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();   // one for each caller at once
    private final Queue<Operation> idle = new ConcurrentLinkedQueue<>();

    /** An operation for the caller alone. Any thread. */
    public final Operation take() {
        Operation operation = idle.poll();
        if (operation == null) {
            operation = new Operation(this);
            operations.add(operation);
        }
        return operation;
    }

    /** Takes an operation back that has been reset. Any thread. */
    public final void give(Operation operation) {
        idle.add(operation);
    }

    /** All that were ever taken; those under way are among them. Any thread. */
    public final List<Operation> operations() {
        return List.copyOf(operations);
    }
}
