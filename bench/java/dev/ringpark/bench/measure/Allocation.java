package dev.ringpark.bench.measure;

import dev.ringpark.bench.load.LoadPlan;
import java.io.IOException;

/** Counts the bytes that a server's JVM allocates for each echo once it is warm. */
final class Allocation {
    private static final double WARM_SECONDS = 0.5;
    private static final double SECONDS = 2;

    private Allocation() {}

    /**
     * What a whole run allocates less what a run without the measured time does: connections, and the question itself,
     * are in both.
     */
    static double bytesPerEcho(ServerProcess server, LoadProcess load, Cell cell) throws IOException {
        var without = run(server, load, cell, 0);
        var with = run(server, load, cell, SECONDS);
        return (with.bytes - without.bytes) / (double) Math.max(1, with.echoes - without.echoes);
    }

    private record Run(long bytes, long echoes) {}

    private static Run run(ServerProcess server, LoadProcess load, Cell cell, double seconds) throws IOException {
        long before = Long.parseLong(server.ask("alloc"));
        var plan = new LoadPlan(server.where(), cell.connections(), cell.messageBytes(), WARM_SECONDS, seconds);
        long echoes = load.echo(plan, () -> {}).allOperations();
        return new Run(Long.parseLong(server.ask("alloc")) - before, echoes);
    }
}
