package dev.ringpark.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** How often threads have gone to sleep by themselves, as Linux counts it: each has come back but for the last time. */
final class VoluntarySwitches {
    private static final Path TASKS = Path.of("/proc/self/task");
    private static final int COMM_LENGTH = 15;
    private static final String SLEEPS = "State:\tS (sleeping)";
    private static final String COUNT = "voluntary_ctxt_switches:";

    private VoluntarySwitches() {}

    /** The sum over all threads of this name. Skips the test where nobody counts. */
    static long of(String thread) throws IOException {
        return statuses(thread).flatMap(List::stream).filter(line -> line.startsWith(COUNT))
                .mapToLong(line -> Long.parseLong(line.substring(COUNT.length()).strip())).sum();
    }

    /** Whether all threads of this name sleep in the kernel. */
    static boolean doSleep(String thread) {
        try {
            return statuses(thread).allMatch(lines -> lines.contains(SLEEPS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Stream<List<String>> statuses(String thread) throws IOException {
        assumeTrue(Files.isDirectory(TASKS), "only Linux tells");
        String comm = thread.substring(0, Math.min(COMM_LENGTH, thread.length()));
        try (Stream<Path> tasks = Files.list(TASKS)) {
            return tasks.filter(task -> lines(task.resolve("comm")).contains(comm))
                    .map(task -> lines(task.resolve("status"))).toList().stream();
        }
    }

    private static List<String> lines(Path path) {
        try {
            return Files.readAllLines(path);
        } catch (IOException gone) {
            return List.of();
        }
    }
}
