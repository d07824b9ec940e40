package dev.ringpark.bench;

import dev.ringpark.bench.files.FileComparison;
import dev.ringpark.bench.measure.Machine;
import dev.ringpark.bench.report.FileTables;
import java.io.IOException;
import java.nio.file.Path;

/** Random reads of 4 KiB alone, without a report. */
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

    public static void main(String[] arguments) throws IOException, InterruptedException {
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

    private void run() throws IOException, InterruptedException {
        System.out.println(Machine.here());
        System.out.printf("%d threads, %d MiB in %s, %d rounds of %s s%n%n", threads, mebibytes,
                folder.toAbsolutePath(), rounds, sliceSeconds);
        var comparison = new FileComparison(folder, mebibytes, threads, slowReads, rounds, sliceSeconds);
        FileTables.lines(comparison.measure()).forEach(System.out::println);
    }
}
