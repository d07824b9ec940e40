package dev.ringpark.internal.op;

/** Is told of the end of an operation for which no thread waits. */
@FunctionalInterface
public interface Completion {
    /** The operation is done, and its owner's again. On the loop's thread, perhaps in the middle of a poll. */
    void completed();
}
