package dev.ringpark.internal.op;

/** Something the loop does at a moment. */
public abstract class Timer extends Deadline {
    /** Called once, on the loop's thread, not before the moment. */
    public abstract void fire();
}
