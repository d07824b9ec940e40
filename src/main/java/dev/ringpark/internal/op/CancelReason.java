package dev.ringpark.internal.op;

/** Why an operation was asked to end early. The first reason given stays. */
public enum CancelReason {
    NONE,
    /** Its deadline passed. */
    TIMEOUT,
    /** The thread that waits for it was interrupted. */
    INTERRUPT,
    /** The output it writes to was shut down. */
    SHUTDOWN,
    /** Whoever asked for it wants it no more. */
    REQUEST,
    /** Its handle, or the whole loop, is being closed. */
    CLOSE
}
