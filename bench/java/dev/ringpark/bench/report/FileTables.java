package dev.ringpark.bench.report;

import dev.ringpark.bench.measure.EchoBesideReads;
import dev.ringpark.bench.measure.FileReadings;
import dev.ringpark.bench.measure.ReadSlice;
import dev.ringpark.bench.measure.Spread;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Reads of files as tables: a reader a line, divided by FileChannel; and the echo beside slow reads. */
public final class FileTables {
    private FileTables() {}

    public static Stream<String> lines(FileReadings found) {
        return Stream.of(
                        readers("past the cache (O_DIRECT)", found.pastTheCache()),
                        readers("from the cache", found.fromTheCache()),
                        echo(found.echo()))
                .flatMap(lines -> lines);
    }

    private static Stream<String> readers(String what, Map<String, List<ReadSlice>> found) {
        var theirs = Objects.requireNonNull(found.get(FileReadings.FILE_CHANNEL));
        var head = Stream.of(
                "| " + what + " | reads/s | CPU us/read | reads/s: it / FileChannel | CPU: it / FileChannel | |",
                "|---|---:|---:|---|---|---|");
        var rows = found.entrySet().stream().map(each -> row(each.getKey(), each.getValue(), theirs));
        return Stream.of(head, rows, Stream.of("")).flatMap(lines -> lines);
    }

    private static String row(String name, List<ReadSlice> slices, List<ReadSlice> theirs) {
        return "| %s | %s | %s | %s | %s | %s |".formatted(
                name,
                Numbers.plain(FileReadings.spread(slices, ReadSlice::readsPerSecond).median()),
                Numbers.plain(FileReadings.spread(slices, ReadSlice::cpuMicros).median()),
                ratio(name, slices, theirs, ReadSlice::readsPerSecond),
                ratio(name, slices, theirs, ReadSlice::cpuMicros),
                name.equals(FileReadings.RINGPARK) ? remark(slices, theirs) : "");
    }

    /** Where we lose, and where the rounds do not agree on who does. */
    private static String remark(List<ReadSlice> ours, List<ReadSlice> theirs) {
        var time = FileReadings.ratio(ours, theirs, ReadSlice::secondsPerRead);
        var cpu = FileReadings.ratio(ours, theirs, ReadSlice::cpuMicros);
        return Stream.of(standing("reads/s", time), standing("CPU", cpu))
                .filter(standing -> !standing.isEmpty()).collect(Collectors.joining(", "));
    }

    private static String standing(String what, Spread ratio) {
        return ratio.lower() > 1 ? "**we lose** in " + what : ratio.upper() > 1 ? "even in " + what : "";
    }

    private static String ratio(
            String name, List<ReadSlice> slices, List<ReadSlice> theirs, ToDoubleFunction<ReadSlice> figure) {
        return name.equals(FileReadings.FILE_CHANNEL)
                ? ""
                : Numbers.ratio(FileReadings.ratio(slices, theirs, figure));
    }

    private static Stream<String> echo(EchoBesideReads found) {
        return Stream.of(
                "| an echo of 64 bytes | p50 us, alone | p50 us, beside %d slow reads | beside / alone |".formatted(
                        found.reads()),
                "|---|---:|---:|---|",
                "| %s, %s | %s | %s | %s |".formatted(
                        FileReadings.RINGPARK,
                        found.backend(),
                        Numbers.plain(found.aloneMicros().median()),
                        Numbers.plain(found.besideMicros().median()),
                        Numbers.ratio(found.ratio())),
                "");
    }
}
