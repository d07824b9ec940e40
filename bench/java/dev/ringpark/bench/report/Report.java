package dev.ringpark.bench.report;

import dev.ringpark.bench.measure.Findings;
import dev.ringpark.bench.measure.IdleMemory;
import dev.ringpark.bench.measure.IdleWork;
import dev.ringpark.bench.measure.Machine;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The findings as Markdown: machine, command, targets, every table with its spread. */
public final class Report {
    private static final double BYTES_PER_KIB = 1024;

    private final Findings findings;
    private final String ours;

    public Report(Findings findings, String ours) {
        this.findings = findings;
        this.ours = ours;
    }

    /** The whole document; {@code settings} say how it was measured, a line each. */
    public String markdown(String title, Machine machine, List<String> settings, String chart) {
        return Stream.of(
                        head(title, machine, settings),
                        section("Targets", Targets.table(findings)),
                        Stream.of("![CPU per echo](" + chart + ")", ""),
                        section("Echo", cells()),
                        counts(),
                        section("Idle connections", idleMemory()),
                        section("Idle servers", idleWork()),
                        section("Hop from one virtual thread to another", hops()),
                        section("A timer among a million", timers()),
                        section("Random reads of 4 KiB, and an echo beside slow reads", files()),
                        section("Not measured, or only in part", notes()))
                .flatMap(lines -> lines)
                .collect(Collectors.joining("\n"))
                .replace("\n\n\n", "\n\n")
                .stripTrailing() + "\n";
    }

    private static Stream<String> head(String title, Machine machine, List<String> settings) {
        var facts = Stream.of(
                "# " + title,
                "",
                "- %s, %d cores, %s; load average before the run %s".formatted(
                        machine.processor(), machine.cores(), machine.system(), Numbers.plain(machine.loadAverage())),
                "- " + machine.jdk());
        return Stream.of(facts, settings.stream().map(line -> "- " + line), Stream.of(""))
                .flatMap(lines -> lines);
    }

    /** Nothing at all if there are no lines. */
    private static Stream<String> section(String title, Stream<String> lines) {
        var all = lines.toList();
        return all.isEmpty()
                ? Stream.of()
                : Stream.of(Stream.of("## " + title, ""), all.stream(), Stream.of("")).flatMap(each -> each);
    }

    private Stream<String> cells() {
        return findings.comparison().cells().stream()
                .flatMap(cell -> new CellTable(findings.comparison(), cell, ours).lines());
    }

    private Stream<String> counts() {
        return Stream.concat(
                section("System calls per echo, 64x64, by " + findings.systemCallCounter(),
                        figures("system calls per echo", findings.systemCallsPerEcho())),
                section("Bytes allocated per echo, 64x64, steady state",
                        figures("bytes per echo", findings.bytesPerEcho())));
    }

    private Stream<String> hops() {
        return figures("ns per hop", findings.hopNanos());
    }

    private Stream<String> timers() {
        return TimerTable.lines(findings.timers());
    }

    private Stream<String> files() {
        return findings.files().stream().flatMap(FileTables::lines);
    }

    private static Stream<String> figures(String unit, Map<String, Double> figures) {
        if (figures.isEmpty()) {
            return Stream.of();
        }
        return Stream.concat(
                Stream.of("| | " + unit + " |", "|---|---:|"),
                figures.entrySet().stream()
                        .map(each -> "| %s | %s |".formatted(each.getKey(), Numbers.plain(each.getValue()))));
    }

    private Stream<String> idleMemory() {
        if (findings.idleMemory().isEmpty()) {
            return Stream.of();
        }
        return Stream.concat(
                Stream.of("| server | heap KiB per connection | resident KiB per connection |", "|---|---:|---:|"),
                findings.idleMemory().entrySet().stream().map(each -> memoryRow(each.getKey(), each.getValue())));
    }

    private static String memoryRow(String name, IdleMemory memory) {
        return "| %s | %s | %s |".formatted(
                name,
                Numbers.plain(memory.heapBytes() / BYTES_PER_KIB),
                Numbers.plain(memory.residentBytes() / BYTES_PER_KIB));
    }

    private Stream<String> idleWork() {
        if (findings.idleWork().isEmpty()) {
            return Stream.of();
        }
        return Stream.concat(
                Stream.of(
                        "| server | connections | CPU ms, process | CPU ms, serving threads | wake-ups of these |",
                        "|---|---:|---:|---:|---:|"),
                findings.idleWork().entrySet().stream().flatMap(each -> workRows(each.getKey(), each.getValue())));
    }

    private static Stream<String> workRows(int connections, Map<String, IdleWork> work) {
        return work.entrySet().stream()
                .map(each -> "| %s | %d | %s | %s | %d |".formatted(
                        each.getKey(),
                        connections,
                        Numbers.plain(each.getValue().processCpuMillis()),
                        Numbers.plain(each.getValue().servingCpuMillis()),
                        each.getValue().wakeUps()));
    }

    private Stream<String> notes() {
        return findings.notes().entrySet().stream()
                .map(each -> "- " + each.getKey() + ": " + each.getValue());
    }
}
