package dev.ringpark.bench;

import dev.ringpark.bench.files.Blocks;
import dev.ringpark.bench.files.EchoBeside;
import dev.ringpark.bench.files.FioReader;
import dev.ringpark.bench.files.Reader;
import dev.ringpark.bench.files.Reader.Slice;
import dev.ringpark.bench.files.ThreadsReader;
import dev.ringpark.bench.measure.Machine;
import dev.ringpark.bench.measure.Spread;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.ToDoubleFunction;

/** Random reads of 4 KiB by each reader in turn, and what they cost against those of the JDK's. */
final class FileReads {
    private static final String USAGE =
            "usage: bench/files [--rounds N] [--slice SECONDS] [--threads N] [--mebibytes N] [--folder FOLDER]"
                    + System.lineSeparator() + "                   [--slow READS]";

    private int rounds = 7;
    private double sliceSeconds = 1;
    private int threads = 32;
    private int mebibytes = 512;
    private int slowReads = 500;
    private Path folder = Path.of("target");

    private FileReads() {}

    public static void main(String[] arguments) throws Exception {
        FileReads run = new FileReads();
        try {
            run.parse(arguments);
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + System.lineSeparator() + USAGE);
            System.exit(2);
        }
        run.run();
    }

    private void parse(String[] arguments) {
        for (int i = 0; i < arguments.length; i += 2) {
            if (i + 1 == arguments.length) {
                throw new IllegalArgumentException(arguments[i] + " wants a value");
            }
            String value = arguments[i + 1];
            switch (arguments[i]) {
                case "--rounds" -> rounds = Integer.parseInt(value);
                case "--slice" -> sliceSeconds = Double.parseDouble(value);
                case "--threads" -> threads = Integer.parseInt(value);
                case "--mebibytes" -> mebibytes = Integer.parseInt(value);
                case "--slow" -> slowReads = Integer.parseInt(value);
                case "--folder" -> folder = Path.of(value);
                default -> throw new IllegalArgumentException("unknown: " + arguments[i]);
            }
        }
    }

    private void run() throws Exception {
        System.out.println(Machine.here());
        System.out.printf("%d threads, %d MiB in %s, %d rounds of %s s%n", threads, mebibytes, folder.toAbsolutePath(),
                rounds, sliceSeconds);
        Blocks blocks = Blocks.make(folder, mebibytes);
        try {
            measure(blocks, true);
            measure(blocks, false);
        } finally {
            Files.delete(blocks.path());
        }
        EchoBeside.measure(folder, slowReads, rounds, sliceSeconds);
    }

    private List<Reader> readers(Blocks blocks, boolean direct) throws Exception {
        List<Reader> readers = new ArrayList<>();
        readers.add(ThreadsReader.ofJdk(blocks, threads, direct));
        readers.add(ThreadsReader.ofLoop(blocks, threads, direct));
        if (FioReader.isThere()) {
            readers.add(new FioReader(blocks, threads, direct));
        }
        return readers;
    }

    private void measure(Blocks blocks, boolean direct) throws Exception {
        Map<String, List<Slice>> slices = new LinkedHashMap<>();
        List<Reader> readers = readers(blocks, direct);
        for (Reader reader : readers) {
            reader.read(sliceSeconds);   // until the compiler has come to its end, and the cache is full
            slices.put(reader.name(), new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (Reader reader : round % 2 == 0 ? readers : readers.reversed()) {
                Objects.requireNonNull(slices.get(reader.name())).add(reader.read(sliceSeconds));
            }
        }
        for (Reader reader : readers) {
            reader.close();
        }
        print(direct ? "past the cache (O_DIRECT)" : "from the cache", slices);
    }

    /** Ratios are taken within a round, so that a drifting machine matters little. */
    private static void print(String what, Map<String, List<Slice>> slices) {
        List<Slice> theirs = slices.values().iterator().next();
        System.out.printf("%n| %s | reads/s | CPU us/read | reads/s, of the first's | CPU, of the first's |%n", what);
        System.out.println("|---|---|---|---|---|");
        slices.forEach((name, own) -> System.out.printf(Locale.ROOT, "| %s | %,.0f | %.2f | %s | %s |%n", name,
                spread(own, Slice::readsPerSecond).median(), spread(own, Slice::cpuMicrosPerRead).median(),
                ratio(own, theirs, Slice::readsPerSecond), ratio(own, theirs, Slice::cpuMicrosPerRead)));
    }

    private static Spread spread(List<Slice> slices, ToDoubleFunction<Slice> figure) {
        return Spread.of(slices.stream().map(figure::applyAsDouble).toList());
    }

    private static String ratio(List<Slice> own, List<Slice> theirs, ToDoubleFunction<Slice> figure) {
        List<Double> ratios = new ArrayList<>();
        for (int round = 0; round < own.size(); round++) {
            ratios.add(figure.applyAsDouble(own.get(round)) / figure.applyAsDouble(theirs.get(round)));
        }
        Spread spread = Spread.of(ratios);
        return String.format(Locale.ROOT, "%.2f [%.2f-%.2f]", spread.median(), spread.lower(), spread.upper());
    }
}
