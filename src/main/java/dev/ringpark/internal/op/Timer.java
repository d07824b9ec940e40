package dev.ringpark.internal.op;

/** Something the loop does at a moment. */
public abstract class Timer extends Moment {
    /** Called once, not before the moment, on the loop's thread; on another if the loop has ended. */
    public abstract void fire();

    /** Whether it has fired, or nobody wants it any more: it does nothing then, and need not be kept. Any thread. */
    public boolean isOver() {
        return false;
    }
}
