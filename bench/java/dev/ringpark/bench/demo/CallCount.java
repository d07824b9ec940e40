package dev.ringpark.bench.demo;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.concurrent.TimeUnit;

/**
 * System calls for each message of a stack that does not count them itself: counted by {@code strace} in two small runs
 * of their own, one that only connects and one that also talks, so that the JVM's start falls out. Needs no privilege,
 * since strace starts what it watches.
 */
public final class CallCount {
    private static final int CONNECTIONS = 64;
    private static final int MESSAGES_EACH = 100;
    private static final long PATIENCE_SECONDS = 60;

    /** The word that makes the demonstration run only the small stage: {@code --sample MESSAGES_EACH}. */
    public static final String SAMPLE = "--sample";

    private CallCount() {}

    /** Empty if there is no strace here, or it may not trace. */
    public static OptionalDouble perMessageOfJdk(Class<?> main) throws IOException, InterruptedException {
        if (!onPath("strace")) {
            return OptionalDouble.empty();
        }
        var silent = count(main, 0);
        var talking = count(main, MESSAGES_EACH);
        return silent.isPresent() && talking.isPresent()
                ? OptionalDouble.of((talking.getAsDouble() - silent.getAsDouble()) / (CONNECTIONS * MESSAGES_EACH))
                : OptionalDouble.empty();
    }

    /** The stage that is counted. */
    public static Stage sample(int messagesEach) {
        return new Stage(CONNECTIONS, messagesEach);
    }

    private static boolean onPath(String program) {
        return List.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator, -1)).stream()
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    }

    private static OptionalDouble count(Class<?> main, int messagesEach) throws IOException, InterruptedException {
        var report = Files.createTempFile("calls", ".txt");
        try {
            var process = new ProcessBuilder(command(main, messagesEach, report))
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                kill(process);
                return OptionalDouble.empty();
            }
            return process.exitValue() == 0 ? total(Files.readAllLines(report)) : OptionalDouble.empty();
        } finally {
            Files.delete(report);
        }
    }

    private static List<String> command(Class<?> main, int messagesEach, Path report) {
        return List.of(
                "strace", "-f", "-c", "-o", report.toString(),
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp", System.getProperty("java.class.path"),
                main.getName(), SAMPLE, Integer.toString(messagesEach));
    }

    private static void kill(Process process) throws InterruptedException {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().waitFor();
    }

    /** The column "calls" of the line "total". */
    private static OptionalDouble total(List<String> report) {
        return report.stream()
                .filter(line -> line.endsWith(" total"))
                .mapToDouble(line -> Double.parseDouble(line.strip().split("\\s+", -1)[3]))
                .findFirst();
    }
}
