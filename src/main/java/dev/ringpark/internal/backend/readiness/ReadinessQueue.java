package dev.ringpark.internal.backend.readiness;

import dev.ringpark.internal.backend.fd.FdHandle;

/**
 * Where a system tells which descriptors are ready. What it is told comes back with each event as {@link #data}. Loop
 * thread only, but for {@link #wake}.
 */
abstract class ReadinessQueue {
    /** Directions: of a wait, and of what has come to be ready. */
    static final int READABLE = 1;
    static final int WRITABLE = 2;
    /** What is ready may be more than bytes: the end of a stream, an error, urgent data. */
    static final int UNUSUAL = 4;

    /** The {@link #data} of a wake-up's event. */
    static final long WAKE = -1;

    /**
     * Whether it is told of a socket but once, for both directions, and speaks up at each change from then on; else it
     * is told of each wait, and says once that this is over.
     */
    abstract boolean isEdgeTriggered();

    /** Tells of {@code fd} for as long as it is open; 0, or minus an errno. Only of an edge-triggered one. */
    abstract int tellForGood(int fd, long data);

    /**
     * Tells that {@code wanted} directions of {@code fd} are waited for, until an event; 0, or minus an errno.
     *
     * @param armed the directions that have been told already, without an event since
     * @param isKnown whether {@code fd} has been told of before
     */
    abstract int tell(int fd, int wanted, int armed, boolean isKnown, long data);

    /** The directions that have to be told again after an event for {@code directions}. */
    abstract int disarmedBy(int directions);

    /** Whether somebody else's {@code fd}, which is waited for, is ready in a way that the queue would not tell. */
    boolean isReadyAtOnce(int fd, int direction) {
        return false;
    }

    /** A descriptor that has been told of is about to be closed. */
    abstract void forget(FdHandle closing);

    /** Waits up to {@code nanos} nanoseconds, for ever if negative; how many events there are, or minus an errno. */
    abstract int await(long nanos);

    /** The name of the call that waits, for messages. */
    abstract String callName();

    /** What was told together with the descriptor of the event at {@code index}. */
    abstract long data(int index);

    /** What the event at {@code index} says is ready; together with {@link #error} the directions that concerns. */
    abstract int ready(int index);

    /** The errno with which what had been told was refused later on; 0 if the event at {@code index} is none such. */
    abstract int error(int index);

    /** The errno that the socket of the event at {@code index} has for whoever asks; 0 if the event tells of none. */
    abstract int socketError(int index);

    /** Ends the present or the next wait. Any thread. */
    abstract void wake();

    abstract void close();
}
