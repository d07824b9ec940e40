package dev.ringpark;

import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.dispatch.SleepGate;
import dev.ringpark.internal.op.VarHandles;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/** What the {@link Watchdog} can see of one loop, and what it has counted. The protocol stands there. */
final class LoopWatch {
    private static final VarHandle TURN_START_NANOS =
            VarHandles.ofField(MethodHandles.lookup(), "turnStartNanos", long.class);

    private final String loopName;
    private final Thread loop;
    private final SleepGate gate;
    private final RunQueue ready;
    private final Counters counters;
    private final long stallNanos;   // 0: nobody is to watch
    private long turnStartNanos;     // the loop's thread writes it, the watchdog looks at it
    private long countedNanos;       // watchdog only: when the turn that was counted last began

    /** On the loop's thread. Only threads it carries can keep it from its turns. */
    LoopWatch(LoopOptions options, boolean carried, SleepGate gate, RunQueue ready, Counters counters) {
        this.loopName = options.name();
        this.loop = Thread.currentThread();
        this.gate = gate;
        this.ready = ready;
        this.counters = counters;
        this.stallNanos = carried ? options.stallAfter().toNanos() : 0;
    }

    // ---- loop thread ----

    /** Whether there is anybody to watch, and any wish to. */
    boolean isWanted() {
        return stallNanos > 0;
    }

    void startTurn() {
        startTurn(System.nanoTime());
    }

    void startTurn(long nowNanos) {
        TURN_START_NANOS.setOpaque(this, nowNanos);
    }

    long turnStartNanos() {
        return turnStartNanos;
    }

    // ---- watchdog ----

    boolean isAsleep() {
        return gate.isAsleep();
    }

    /**
     * Counts the loop's present turn if it has lasted too long, and has not been counted.
     *
     * @param nowNanos taken before: a loop that is seen awake later was so then, or its turn is younger
     * @return whether it has counted one
     */
    boolean count(long nowNanos) {
        if (!gate.isAwake()) {
            return false;
        }
        long start = seenStartNanos();   // after the gate: before, it could be that of the turn that went to sleep
        if (nowNanos - start < stallNanos || start == countedNanos) {
            return false;
        }
        countedNanos = start;
        counters.add(Count.STALLS);
        return true;
    }

    /** How long nothing needs to be looked at: until the present turn is too long, or else some turn to come. */
    long pauseNanos(long nowNanos) {
        long left = seenStartNanos() + stallNanos - nowNanos;
        return gate.isAwake() && left > 0 ? left : stallNanos;
    }

    private long seenStartNanos() {
        return (long) TURN_START_NANOS.getOpaque(this);
    }

    /** Whether the turn that was counted last goes on. */
    boolean isStalled() {
        return seenStartNanos() == countedNanos;
    }

    /** How long the turn that was counted last has lasted. */
    long stalledNanos() {
        return System.nanoTime() - countedNanos;
    }

    @Nullable Runnable running() {
        return ready.running();
    }

    Thread loop() {
        return loop;
    }

    String loopName() {
        return loopName;
    }
}
