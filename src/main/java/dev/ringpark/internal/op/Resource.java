package dev.ringpark.internal.op;

import org.jspecify.annotations.Nullable;

/** What a loop closes: a descriptor, and the closes that wait for its end. */
public abstract class Resource extends Descriptor {
    private @Nullable OperationQueue closers;
    private boolean beingReleased;
    @Nullable Resource endedBefore;   // of EndedCalls alone

    /** Whether there is something to be given back to the system. Loop thread only. */
    public boolean hasDescriptor() {
        return true;
    }

    /** Whether giving its descriptor back may take its time, and so is a close that a backend is given. Loop thread. */
    public boolean isSlowToRelease() {
        return false;
    }

    /** Whether such a close is on its way. Loop thread only. */
    public final boolean isBeingReleased() {
        return beingReleased;
    }

    /** Notes whether it is, as who gives it back begins and ends. */
    public final void beingReleased(boolean yes) {
        beingReleased = yes;
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
