package dev.ringpark.bench.measure;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** The parts of a run, each on its own; what fails for one server is noted and leaves the others alone. */
public final class Measurements {
    private static final Cell SMALL = new Cell(false, 64, 64);
    private static final double WARM_SLICE_SECONDS = 0.1;
    private static final long IDLE_SECONDS = 10;

    /** Something to do with one server. */
    private interface Task {
        void on(ServerProcess server) throws IOException, InterruptedException;
    }

    private final Workshop workshop;
    private final Consumer<String> progress;
    private final Findings findings = new Findings();

    public Measurements(Workshop workshop, Consumer<String> progress) {
        this.workshop = workshop;
        this.progress = progress;
    }

    public Findings findings() {
        return findings;
    }

    /** Starts the servers; those that cannot run here are noted and left out. */
    public List<ServerProcess> start(List<Contender> contenders, boolean isUnix) throws InterruptedException {
        var servers = new ArrayList<ServerProcess>();
        for (var contender : contenders) {
            try {
                servers.add(ServerProcess.start(contender, workshop, isUnix, List.of(), ""));
            } catch (IOException e) {
                note(contender.name(), e.getMessage());
            }
        }
        return servers;
    }

    public void compare(List<ServerProcess> servers, List<Cell> cells, int rounds, double slice, double warm)
            throws InterruptedException {
        progress.accept("warming up " + servers.size() + " servers");
        forEach(servers, server -> Slice.take(server, workshop.load(), SMALL, warm, WARM_SLICE_SECONDS));
        for (var cell : cells) {
            progress.accept("echo, " + cell.words());
            findings.comparison().measure(alive(servers), workshop.load(), cell, rounds, slice);
        }
    }

    public void countSystemCalls(List<ServerProcess> servers) throws InterruptedException {
        progress.accept("system calls");
        try {
            var calls = SystemCalls.open(workshop);
            findings.systemCallCounter(calls.words());
            forEach(alive(servers), server ->
                    findings.systemCallsPerEcho().put(server.name(), calls.perEcho(server, SMALL)));
        } catch (IOException e) {
            note("system calls", e.getMessage());
        }
    }

    public void countAllocation(List<ServerProcess> servers) throws InterruptedException {
        progress.accept("allocation");
        var controlled = alive(servers).stream().filter(ServerProcess::controlled).toList();
        forEach(controlled, server ->
                findings.bytesPerEcho().put(server.name(), Allocation.bytesPerEcho(server, workshop.load(), SMALL)));
    }

    private void forEach(List<ServerProcess> servers, Task task) throws InterruptedException {
        for (var server : servers) {
            try {
                task.on(server);
            } catch (IOException | UncheckedIOException | IllegalStateException e) {
                note(server.name(), e.getMessage());
            }
        }
    }

    private List<ServerProcess> alive(List<ServerProcess> servers) throws InterruptedException {
        var alive = new ArrayList<ServerProcess>();
        forEach(servers, server -> {
            server.requireAlive();
            alive.add(server);
        });
        return alive;
    }

    public void weighIdleConnections(List<Contender> contenders, int connections) throws InterruptedException {
        progress.accept("memory of " + connections + " idle connections");
        for (var contender : contenders) {
            if (contender.controlled()) {
                try {
                    findings.idleMemory().put(contender.name(), IdleMemory.measure(contender, workshop, connections));
                } catch (IOException | IllegalStateException e) {
                    note(contender.name(), e.getMessage());
                }
            }
        }
    }

    /** With no connection, and then with some on each server. */
    public void watchIdleness(List<ServerProcess> servers, int connections) throws IOException, InterruptedException {
        progress.accept("idle for " + IDLE_SECONDS + " s");
        findings.idleWork().put(0, IdleWork.watch(alive(servers), IDLE_SECONDS));
        progress.accept("idle for " + IDLE_SECONDS + " s with " + connections + " connections each");
        var held = new ArrayList<ServerProcess>();
        try {
            forEach(alive(servers), server -> {
                workshop.load().hold(server.where(), connections);
                held.add(server);
            });
            findings.idleWork().put(connections, IdleWork.watch(alive(held), IDLE_SECONDS));
        } finally {
            workshop.load().release();
        }
    }

    /** What each method of each keeper of timers takes, as measured elsewhere. */
    public void timers(Map<String, Timed> timed) {
        findings.timers().putAll(timed);
    }

    /** What reads of files took, as measured elsewhere. */
    public void files(FileReadings readings) {
        findings.files(readings);
    }

    /** Why {@code about} could not be measured. */
    public void missing(String about, Exception reason) {
        note(about, String.valueOf(reason.getMessage()));
    }

    /** Nanoseconds for each kind of hop, as measured elsewhere. */
    public void hops(Map<String, Double> nanos) {
        findings.hopNanos().putAll(new LinkedHashMap<>(nanos));
    }

    private void note(String about, String reason) {
        progress.accept(about + ": " + reason);
        findings.notes().merge(about, reason, (old, more) -> old.contains(more) ? old : old + "; " + more);
    }
}
