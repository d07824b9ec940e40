package dev.ringpark.bench;

import dev.ringpark.bench.RunOptions.Part;
import dev.ringpark.bench.files.FileComparison;
import dev.ringpark.bench.jmh.HopBenchmark;
import dev.ringpark.bench.jmh.TimerBenchmark;
import dev.ringpark.bench.measure.Cell;
import dev.ringpark.bench.measure.Children;
import dev.ringpark.bench.measure.Contender;
import dev.ringpark.bench.measure.Contenders;
import dev.ringpark.bench.measure.LoadProcess;
import dev.ringpark.bench.measure.Machine;
import dev.ringpark.bench.measure.Measurements;
import dev.ringpark.bench.measure.Pinning;
import dev.ringpark.bench.measure.ServerProcess;
import dev.ringpark.bench.measure.Workshop;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.openjdk.jmh.runner.RunnerException;

/** Measures all peers side by side and writes a report; {@link RunOptions#USAGE} says what can be asked. */
public final class Run {
    private static final int IDLE_CONNECTIONS_EACH = 1_000;

    private final RunOptions options;
    private final Workshop workshop;
    private final Measurements measurements;
    private final Machine machine;

    private Run(RunOptions options, Workshop workshop) throws IOException {
        this.options = options;
        this.workshop = workshop;
        this.measurements = new Measurements(workshop, Run::say);
        this.machine = Machine.here();
    }

    public static void main(String[] arguments) throws IOException, InterruptedException, RunnerException {
        if (List.of(arguments).contains("--help")) {
            say(RunOptions.USAGE);
            return;
        }
        RunOptions options;
        try {
            options = RunOptions.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage());
            System.err.println(RunOptions.USAGE);
            System.exit(2);
            return;
        }
        run(options);
    }

    private static void run(RunOptions options) throws IOException, InterruptedException, RunnerException {
        try (var children = new Children()) {
            var pinning = new Pinning();
            var run = new Run(options, new Workshop(children, pinning, LoadProcess.start(children, pinning)));
            run.measure();
            run.write();
        }
    }

    private void measure() throws IOException, InterruptedException, RunnerException {
        var contenders = contenders();
        if (options.wants(Part.HOP)) {
            say("hops");
            measurements.hops(HopBenchmark.nanosByScheduler());
        }
        if (options.wants(Part.TIMERS)) {
            say("timers");
            measurements.timers(TimerBenchmark.timesByMethod());
        }
        if (options.wants(Part.FILES)) {
            measureFiles();
        }
        if (options.wants(Part.MEMORY)) {
            measurements.weighIdleConnections(contenders, options.idleConnections());
        }
        var servers = measurements.start(contenders, false);
        try {
            measure(servers);
        } finally {
            servers.forEach(ServerProcess::close);
        }
        if (options.wants(Part.ECHO) && !cells(true).isEmpty()) {
            measureUnix(Contenders.overUnix(contenders));
        }
    }

    private void measureFiles() throws InterruptedException {
        say("files");
        try {
            measurements.files(FileComparison.usual(options.rounds(), options.sliceSeconds()).measure());
        } catch (IOException | UnsupportedOperationException e) {   // of a disk that cannot be read past the cache, say
            measurements.missing("files", e);
        }
    }

    private void measureUnix(List<Contender> contenders) throws InterruptedException {
        var servers = measurements.start(contenders, true);
        try {
            compare(servers, true);
        } finally {
            servers.forEach(ServerProcess::close);
        }
    }

    private void compare(List<ServerProcess> servers, boolean isUnix) throws InterruptedException {
        measurements.compare(
                servers, cells(isUnix), options.rounds(), options.sliceSeconds(), options.warmSeconds());
    }

    private List<Cell> cells(boolean isUnix) {
        return options.cells().stream().filter(cell -> cell.isUnix() == isUnix).toList();
    }

    private void measure(List<ServerProcess> servers) throws IOException, InterruptedException {
        if (options.wants(Part.ECHO) && !cells(false).isEmpty()) {
            compare(servers, false);
        }
        if (options.wants(Part.CALLS)) {
            measurements.countSystemCalls(servers);
        }
        if (options.wants(Part.ALLOC)) {
            measurements.countAllocation(servers);
        }
        if (options.wants(Part.IDLE)) {
            measurements.watchIdleness(servers, IDLE_CONNECTIONS_EACH);
        }
    }

    private List<Contender> contenders() throws IOException, InterruptedException {
        var all = new ArrayList<>(Contenders.named(options.peers()));
        if (options.limits().isPresent()) {
            all.addAll(Contenders.limits(options.limits().get(), workshop.children().folder()));
        }
        return all;
    }

    private void write() throws IOException {
        var files = ResultFiles.today(options.results());
        var findings = measurements.findings();
        files.write(findings, machine, settings());
        say("written: " + files.report());
    }

    private List<String> settings() {
        return List.of(
                "`" + options.command() + "`",
                "%d rounds of slices of %s s in turn, all servers up, the order reversed every other round; ratios are"
                        .formatted(options.rounds(), options.sliceSeconds())
                        + " taken round by round: median [quartiles]",
                workshop.pinning().words(),
                "CPU: user and system time of the server's process for each echo, less is better;"
                        + " the load generator checks every byte");
    }

    private static void say(String words) {
        System.out.println(words);
    }
}
