package dev.ringpark.internal.op;

/**
 * What operations on paths belong to: nothing is opened for them, but they have to end with their loop. One for all of
 * a loop's.
 */
public final class PathsHandle extends PooledHandle {
    @Override
    public boolean hasDescriptor() {
        return false;
    }

    @Override
    public String toString() {
        return "paths";
    }
}
