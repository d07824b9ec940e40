package dev.ringpark;

import dev.ringpark.internal.jdk.VirtualThreads;
import java.lang.System.Logger.Level;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Tells which thread keeps a loop from its turns, and where it is. On the watchdog's thread. */
final class StallReport {
    private StallReport() {}

    /** Logs the stall that was counted last, with the stack of the thread that runs. */
    static void log(LoopWatch watch) {
        Runnable task = watch.running();
        Thread hog = hog(task, watch.loop());
        String name = hog.toString();
        Throwable where = new Throwable("where it is");
        where.setStackTrace(hog.getStackTrace());
        String what = watch.loopName() + ": no turn of the loop for "
                + TimeUnit.NANOSECONDS.toMillis(watch.stalledNanos()) + " ms, because ";
        if (watch.isStalled() && watch.running() == task) {   // else the stack is from somewhere later
            Log.say(Level.WARNING, what + name + " computes, or blocks, without parking; that belongs on a thread that"
                    + " is not the loop's", where);
        } else {
            Log.say(Level.WARNING, what + "a thread computed, or blocked, without parking; it has just gone on", null);
        }
    }

    /** The thread whose task it is; else the loop's own. */
    private static Thread hog(@Nullable Runnable task, Thread loop) {
        Thread hog = task == null ? null : VirtualThreads.threadOf(task);
        return hog == null ? loop : hog;
    }
}
