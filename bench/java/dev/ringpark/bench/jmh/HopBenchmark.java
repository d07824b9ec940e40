package dev.ringpark.bench.jmh;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
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

/** Two virtual threads on one carrier wake each other in turn: the time from unpark to the other's return from park. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(value = 1, jvmArgsAppend = {
    OneCarrier.NATIVE_ACCESS, OneCarrier.OPENED, OneCarrier.PARALLELISM, OneCarrier.POOL_SIZE})
public class HopBenchmark {
    private static final int ROUND_TRIPS = 20_000;
    private static final int HOPS = 2 * ROUND_TRIPS;

    @Param({Carrier.LOOP, Carrier.JDK})
    String carrier;

    private Carrier threads;

    @Setup
    public void start() throws IOException {
        threads = Carrier.named(carrier);
    }

    @TearDown
    public void stop() throws IOException {
        threads.close();
    }

    @Benchmark
    @OperationsPerInvocation(HOPS)
    public long hop() throws Exception {
        return threads.run(() -> {
            var exchange = new Exchange(Thread.currentThread());
            exchange.answerer = threads.start(exchange::answer);
            return exchange.ask();
        });
    }

    /** Whose turn it is, counted up at each hop: even is the asker's, odd the answerer's. */
    private static final class Exchange {
        private final Thread asker;
        private Thread answerer;
        private volatile long turn;

        Exchange(Thread asker) {
            this.asker = asker;
        }

        long ask() {
            for (long next = 1; next < HOPS; next += 2) {
                turn = next;
                LockSupport.unpark(answerer);
                awaitTurn(next + 1);
            }
            return turn;
        }

        void answer() {
            for (long mine = 1; mine < HOPS; mine += 2) {
                awaitTurn(mine);
                turn = mine + 1;
                LockSupport.unpark(asker);
            }
        }

        private void awaitTurn(long mine) {
            while (turn != mine) {
                LockSupport.park(this);
            }
        }
    }

    /** The hop on each carrier, measured in a JVM of its own. */
    public static Map<String, Double> nanosByScheduler() throws RunnerException {
        var nanos = new LinkedHashMap<String, Double>();
        for (var result : Quietly.run(HopBenchmark.class)) {
            var carrier = result.getParams().getParam("carrier");
            nanos.put(carrier.equals(Carrier.LOOP) ? "ringpark" : "jdk", result.getPrimaryResult().getScore());
        }
        return nanos;
    }
}
