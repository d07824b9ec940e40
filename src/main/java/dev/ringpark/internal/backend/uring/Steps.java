package dev.ringpark.internal.backend.uring;

/** The steps of a transfer or an accept that cannot go at once, in {@code Operation.phase}; 0 before the first. */
final class Steps {
    /** For readiness, without memory. */
    static final int WAIT = 1;
    /** Through a pooled buffer, not waiting. */
    static final int ATTEMPT = 2;
    /** With a buffer that the kernel picks. */
    static final int PICK = 3;

    private Steps() {}
}
