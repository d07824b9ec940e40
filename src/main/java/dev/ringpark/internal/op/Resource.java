package dev.ringpark.internal.op;

import org.jspecify.annotations.Nullable;

/** What a loop closes: a descriptor, and the closes that wait for its end. */
public abstract class Resource extends Descriptor {
    private @Nullable OperationQueue closers;

    /** Whether there is something to be given back to the system. Loop thread only. */
    public boolean hasDescriptor() {
        return true;
    }

    /** The close operations that wait for its end, oldest first. Loop thread only. */
    public final OperationQueue closers() {
        OperationQueue queue = closers;
        if (queue == null) {
            queue = new OperationQueue();
            closers = queue;
        }
        return queue;
    }
}
