package dev.ringpark.bench.measure;

import dev.ringpark.bench.load.LoadPlan;
import java.io.IOException;
import java.util.List;

/**
 * What an idle connection costs a server.
 *
 * @param heapBytes after collections
 * @param residentBytes of the whole process, the heap included; the kernel's own memory for sockets is not
 */
public record IdleMemory(double heapBytes, double residentBytes) {
    private static final int WARM_CONNECTIONS = 64;
    private static final double WARM_SECONDS = 3;
    private static final int GENERATIONS = 30;
    private static final int GENERATION = 500;

    /** A small young generation for all: untouched free heap would otherwise hide in the resident memory. */
    public static final String JVM_OPTIONS = "-Xmn8m";

    /** Starts a server of its own, warms it up, then holds many connections that say nothing. */
    static IdleMemory measure(Contender contender, Workshop workshop, int connections)
            throws IOException, InterruptedException {
        try (var server = ServerProcess.start(contender, workshop, false, List.of("--idle"), JVM_OPTIONS)) {
            warmUp(server, workshop.load());
            long heap = Long.parseLong(server.ask("heap"));
            long resident = Long.parseLong(server.ask("rss"));
            workshop.load().hold(server.where(), connections);
            try {
                return new IdleMemory(
                        (Long.parseLong(server.ask("heap")) - heap) / (double) connections,
                        (Long.parseLong(server.ask("rss")) - resident) / (double) connections);
            } finally {
                workshop.load().release();
            }
        }
    }

    /**
     * Compiled code parks with smaller frames than interpreted code, so a server that has worked is what counts: one
     * that has echoed for a while, and has seen many connections come and go, as what runs once for each of them is
     * compiled by then only.
     */
    private static void warmUp(ServerProcess server, LoadProcess load) throws IOException {
        load.echo(new LoadPlan(server.where(), WARM_CONNECTIONS, 1, 0, WARM_SECONDS), () -> {});
        for (int i = 0; i < GENERATIONS; i++) {
            load.hold(server.where(), GENERATION);
            load.release();
        }
    }
}
