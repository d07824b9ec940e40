package dev.ringpark.bench.jmh;

import dev.ringpark.bench.measure.Timed;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Timers among a million that are pending. The time is that of the thread that asks: Netty and the JDK fire on a thread
 * of their own, and Netty does most of its starting and cancelling there too, at its next tick; a loop's timers have
 * one thread for all of it, and a dispatcher's have a request and a callback each. Only what fires has been through
 * everything.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(value = 1, jvmArgsAppend = {"-Xms2g", "-Xmx2g"})
public class TimerBenchmark {
    private static final int BATCH = 100_000;
    private static final long MINUTE_NANOS = TimeUnit.MINUTES.toNanos(1);

    @Param({Timers.LOOP, Timers.DISPATCHER, Timers.NETTY, Timers.JDK})
    String timers;

    @Param("1000000")
    int pending;

    private final SplittableRandom random = new SplittableRandom(1);
    private final long[] delays = new long[BATCH];
    private Timers keeper;

    @Setup
    public void startPending() {
        keeper = Timers.named(timers);
        for (int i = 0; i < pending; i++) {
            keeper.start(delayNanos());
        }
        for (int i = 0; i < BATCH; i++) {
            delays[i] = delayNanos();
        }
    }

    /** Timeouts of calls: few of them ever strike. */
    private long delayNanos() {
        return random.nextLong(10 * MINUTE_NANOS, 20 * MINUTE_NANOS);
    }

    @TearDown
    public void stop() {
        keeper.close();
    }

    /** Those of one batch. */
    abstract static class Batch {
        private final Object[] started = new Object[BATCH];

        final void startAll(TimerBenchmark all) {
            for (int i = 0; i < BATCH; i++) {
                started[i] = all.keeper.start(all.delays[i]);
            }
        }

        final void cancelAll(TimerBenchmark all) {
            for (int i = 0; i < BATCH; i++) {
                all.keeper.cancel(started[i]);
            }
        }
    }

    /** Those that are to be started, and are cancelled afterwards. */
    @State(Scope.Benchmark)
    public static class ToStart extends Batch {
        @TearDown(Level.Invocation)
        public void cancel(TimerBenchmark all) {
            cancelAll(all);
        }
    }

    /** Those that are to be cancelled, and have been started before. */
    @State(Scope.Benchmark)
    public static class ToCancel extends Batch {
        @Setup(Level.Invocation)
        public void start(TimerBenchmark all) {
            startAll(all);
        }
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void start(ToStart batch) {
        batch.startAll(this);
    }

    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void cancel(ToCancel batch) {
        batch.cancelAll(this);
    }

    /** From the start of the first that is due at once to the moment when the last has fired. */
    @Benchmark
    @OperationsPerInvocation(BATCH)
    public void startAndFire() {
        for (int i = 0; i < BATCH; i++) {
            keeper.start(delays[i] % 1000);
        }
        keeper.awaitFired(BATCH);
    }

    /** What each method takes with each keeper of timers, measured in JVMs of their own. */
    public static Map<String, Timed> timesByMethod() throws RunnerException {
        var times = new LinkedHashMap<String, Timed>();
        for (var result : Quietly.run(TimerBenchmark.class)) {
            var keeper = result.getParams().getParam("timers");
            var measured = result.getPrimaryResult();
            times.put(measured.getLabel() + ", " + name(keeper),
                    new Timed(measured.getScore(), measured.getScoreError()));
        }
        return times;
    }

    private static String name(String keeper) {
        return switch (keeper) {
            case Timers.LOOP -> "ringpark";
            case Timers.DISPATCHER -> "ringpark-dispatcher";
            default -> keeper;
        };
    }
}
