package dev.ringpark.bench.measure;

import dev.ringpark.bench.load.LoadPlan;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Counts the system calls of a server for each echo, by {@code perf} or else by {@code strace}. */
public final class SystemCalls {
    /** How to count, and where the count stands in what the tool writes. */
    private enum Counter {
        PERF("perf stat -e raw_syscalls:sys_enter") {
            @Override
            List<String> command(long pid, Path report) {
                return List.of("perf", "stat", "-x", ",", "-e", EVENT, "-o", report.toString(),
                        "-p", Long.toString(pid));
            }

            @Override
            boolean works() throws IOException, InterruptedException {
                return Tools.runs("perf", "stat", "-e", EVENT, "true");
            }

            @Override
            long count(List<String> report) {
                return report.stream()
                        .filter(line -> line.contains(EVENT))
                        .mapToLong(line -> Long.parseLong(line.split(",", -1)[0]))
                        .sum();
            }
        },
        STRACE("strace -f -c, which slows the server down") {
            @Override
            List<String> command(long pid, Path report) {
                return List.of("strace", "-f", "-c", "-o", report.toString(), "-p", Long.toString(pid));
            }

            @Override
            boolean works() throws IOException, InterruptedException {
                return Tools.runs("strace", "-c", "-o", "/dev/null", "true");
            }

            @Override
            long count(List<String> report) {
                // % time, seconds, usecs/call, calls, [errors], "total"
                return report.stream()
                        .filter(line -> line.endsWith(" total"))
                        .mapToLong(line -> Long.parseLong(line.strip().split("\\s+", -1)[3]))
                        .sum();
            }
        };

        private static final String EVENT = "raw_syscalls:sys_enter";

        private final String words;

        Counter(String words) {
            this.words = words;
        }

        abstract List<String> command(long pid, Path report);

        abstract boolean works() throws IOException, InterruptedException;

        abstract long count(List<String> report);
    }

    private static final long ATTACH_MILLIS = 500;
    private static final double SECONDS = 1;

    private final Workshop workshop;
    private final Counter counter;

    private SystemCalls(Workshop workshop, Counter counter) {
        this.workshop = workshop;
        this.counter = counter;
    }

    /** With the first tool that works here; throws IOException if none does. */
    static SystemCalls open(Workshop workshop) throws IOException, InterruptedException {
        for (var counter : Counter.values()) {
            if (counter.works()) {
                return new SystemCalls(workshop, counter);
            }
        }
        throw new IOException("system calls are not counted: neither perf nor strace works here");
    }

    String words() {
        return counter.words;
    }

    /** A whole run of a second, its connects and closes included: they are few among its echoes. */
    double perEcho(ServerProcess server, Cell cell) throws IOException, InterruptedException {
        var report = Files.createTempFile(workshop.children().folder(), "calls", ".txt");
        var log = new File(report + ".log");
        var counting = workshop.children().start(counter.command(server.pid(), report), Map.of(), log);
        Thread.sleep(ATTACH_MILLIS);
        var plan = new LoadPlan(server.where(), cell.connections(), cell.messageBytes(), 0, SECONDS);
        long echoes = workshop.load().echo(plan, () -> {}).allOperations();
        // Both tools write their report when they are interrupted as by Ctrl-C.
        Tools.output("kill", "-INT", Long.toString(counting.pid()));
        counting.waitFor();
        return counter.count(Files.readAllLines(report)) / (double) Math.max(1, echoes);
    }
}
