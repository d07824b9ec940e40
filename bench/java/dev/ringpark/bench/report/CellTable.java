package dev.ringpark.bench.report;

import dev.ringpark.bench.measure.Cell;
import dev.ringpark.bench.measure.Comparison;
import dev.ringpark.bench.measure.Rounds;
import dev.ringpark.bench.measure.Slice;
import dev.ringpark.bench.measure.Spread;
import java.util.function.ToDoubleFunction;
import java.util.stream.Stream;

/** One workload as a table: a server a line, with ours divided by it. */
final class CellTable {
    private final Comparison comparison;
    private final Cell cell;
    private final String ours;

    CellTable(Comparison comparison, Cell cell, String ours) {
        this.comparison = comparison;
        this.cell = cell;
        this.ours = ours;
    }

    Stream<String> lines() {
        var head = Stream.of(
                "### " + cell.words(),
                "",
                "| server | CPU us/echo | echoes/s | p50 us | p99 us | CPU: " + ours + " / it | echoes/s: " + ours
                        + " / it | |",
                "|---|---:|---:|---:|---:|---|---|---|");
        var rows = comparison.of(cell).entrySet().stream().map(each -> row(each.getKey(), each.getValue()));
        return Stream.of(head, rows, Stream.of("")).flatMap(lines -> lines);
    }

    private String row(String name, Rounds rounds) {
        if (rounds.isEmpty()) {
            return "| %s | - | - | - | - | - | - | %s |".formatted(name, rounds.failure());
        }
        return "| %s | %s | %s | %s | %s | %s | %s | %s |".formatted(
                name,
                withSpread(rounds.spread(Slice::cpuMicros)),
                Numbers.plain(rounds.spread(Slice::echoesPerSecond).median()),
                Numbers.plain(rounds.spread(Slice::p50Micros).median()),
                Numbers.plain(rounds.spread(Slice::p99Micros).median()),
                ratio(name, rounds, Slice::cpuMicros),
                ratio(name, rounds, Slice::echoesPerSecond),
                remark(name, rounds));
    }

    private static String withSpread(Spread spread) {
        return "%s [%s-%s]".formatted(
                Numbers.plain(spread.median()), Numbers.plain(spread.lower()), Numbers.plain(spread.upper()));
    }

    private String ratio(String name, Rounds rounds, ToDoubleFunction<Slice> figure) {
        return comparison.of(cell, ours)
                .filter(_ -> !name.equals(ours))
                .map(our -> Numbers.ratio(our.ratioTo(rounds, figure)))
                .orElse("");
    }

    /** Says where we lose, and where the rounds do not agree on who does. */
    private String remark(String name, Rounds rounds) {
        var our = comparison.of(cell, ours);
        if (our.isEmpty() || name.equals(ours)) {
            return rounds.failure();
        }
        var cpu = our.get().ratioTo(rounds, Slice::cpuMicros);
        String standing = cpu.lower() > 1 ? "**we lose** " : cpu.upper() > 1 ? "even " : "";
        return (standing + rounds.failure()).strip();
    }
}
