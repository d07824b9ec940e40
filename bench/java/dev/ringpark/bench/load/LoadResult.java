package dev.ringpark.bench.load;

import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import org.HdrHistogram.Histogram;

/**
 * What came back.
 *
 * @param operations echoes in the measured time
 * @param allOperations echoes of the warm-up too
 */
public record LoadResult(long operations, long allOperations, long nanos, long p50Nanos, long p99Nanos, long maxNanos) {
    private static final String WORD = "result ";

    static LoadResult of(Histogram latencies, long allOperations, long nanos) {
        return new LoadResult(
                latencies.getTotalCount(),
                allOperations,
                nanos,
                latencies.getValueAtPercentile(50),
                latencies.getValueAtPercentile(99),
                latencies.getMaxValue());
    }

    public double operationsPerSecond() {
        return operations * (double) TimeUnit.SECONDS.toNanos(1) / nanos;
    }

    String line() {
        return LongStream.of(operations, allOperations, nanos, p50Nanos, p99Nanos, maxNanos)
                .mapToObj(Long::toString)
                .collect(Collectors.joining(" ", WORD, ""));
    }

    /** The result out of the service's answer; throws IllegalStateException with the answer if it is none. */
    public static LoadResult parse(String line) {
        if (line == null || !line.startsWith(WORD)) {
            throw new IllegalStateException("load generator: " + line);
        }
        long[] v = Arrays.stream(line.substring(WORD.length()).split(" "))
                .mapToLong(Long::parseLong)
                .toArray();
        return new LoadResult(v[0], v[1], v[2], v[3], v[4], v[5]);
    }
}
