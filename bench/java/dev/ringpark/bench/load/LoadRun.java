package dev.ringpark.bench.load;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** What the connections of one run share: pattern, clock and counts. Touched on the event loop only. */
final class LoadRun {
    private enum Phase {
        WARM,
        MEASURED,
        OVER
    }

    private static final long LONGEST_NANOS = TimeUnit.SECONDS.toNanos(100);

    final Pattern pattern;
    final int messageBytes;
    private final CompletableFuture<LoadResult> result = new CompletableFuture<>();
    private final Histogram latencies = new Histogram(LONGEST_NANOS, 3);
    private Phase phase = Phase.WARM;
    private int open;
    private long allOperations;
    private long startedNanos;
    private long measuredNanos;

    LoadRun(LoadPlan plan) {
        messageBytes = plan.messageBytes();
        pattern = new Pattern(messageBytes);
        open = plan.connections();
    }

    CompletableFuture<LoadResult> result() {
        return result;
    }

    void measure() {
        phase = Phase.MEASURED;
        startedNanos = System.nanoTime();
    }

    void stop() {
        phase = Phase.OVER;
        measuredNanos = System.nanoTime() - startedNanos;
    }

    boolean isOver() {
        return phase == Phase.OVER;
    }

    void echoed(long latencyNanos) {
        allOperations++;
        if (phase == Phase.MEASURED) {
            latencies.recordValue(Math.min(latencyNanos, LONGEST_NANOS));
        }
    }

    /** Through is a connection that got its last echo and closed itself. */
    void closed(boolean through) {
        if (!through) {
            fail("a connection was closed by the server");
        } else if (--open == 0) {
            result.complete(LoadResult.of(latencies, allOperations, measuredNanos));
        }
    }

    void fail(String reason) {
        result.completeExceptionally(new IllegalStateException(reason));
    }
}
