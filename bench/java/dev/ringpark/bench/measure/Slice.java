package dev.ringpark.bench.measure;

import dev.ringpark.bench.load.LoadPlan;
import dev.ringpark.bench.load.LoadResult;
import java.io.IOException;

/** A short measurement of one server under one workload. */
public record Slice(double echoesPerSecond, double cpuMicros, double p50Micros, double p99Micros) {
    private static final double NANOS_PER_MICRO = 1e3;
    private static final double MICROS_PER_SECOND = 1e6;

    static Slice take(ServerProcess server, LoadProcess load, Cell cell, double warmSeconds, double seconds)
            throws IOException {
        var plan = new LoadPlan(server.where(), cell.connections(), cell.messageBytes(), warmSeconds, seconds);
        double[] before = new double[1];
        var result = load.echo(plan, LoadProcess.Reading.unchecked(() -> before[0] = server.cpuSeconds()));
        return of(result, server.cpuSeconds() - before[0]);
    }

    private static Slice of(LoadResult result, double cpuSeconds) {
        if (result.operations() == 0) {
            throw new IllegalStateException("no echo in the measured time");
        }
        return new Slice(
                result.operationsPerSecond(),
                cpuSeconds * MICROS_PER_SECOND / result.operations(),
                result.p50Nanos() / NANOS_PER_MICRO,
                result.p99Nanos() / NANOS_PER_MICRO);
    }
}
