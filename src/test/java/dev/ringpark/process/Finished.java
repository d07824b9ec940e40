package dev.ringpark.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What one run of a program left behind.
 *
 * @param exitCode its exit code
 * @param out all of its standard output
 * @param err all of its standard error
 */
public record Finished(int exitCode, String out, String err) {
    /** Far beyond any run, and within the limit of one test. */
    private static final Duration LIMIT = Duration.ofSeconds(40);
    /** What JVMs read, and the tests' own environment must not bring into theirs. */
    static final List<String> JVM_VARIABLES =
            List.of("JAVA_TOOL_OPTIONS", "JDK_JAVA_OPTIONS", "RINGPARK_BACKEND", "RINGPARK_MODE");

    /** Runs {@code command}; fails if it has not ended after a time beyond all reason. */
    public static Finished run(List<String> command) throws IOException, InterruptedException {
        return run(command, Map.of());
    }

    /** Runs {@code command} with {@code variables} added to its environment. */
    public static Finished run(List<String> command, Map<String, String> variables)
            throws IOException, InterruptedException {
        return run(command, variables, LIMIT);
    }

    /** Runs {@code command}, which may take as long as {@code limit}. */
    public static Finished runLong(Duration limit, List<String> command) throws IOException, InterruptedException {
        return run(command, Map.of(), limit);
    }

    private static Finished run(List<String> command, Map<String, String> variables, Duration limit)
            throws IOException, InterruptedException {
        // Files, as whoever reads a pipe to its end waits without limit.
        Path out = Files.createTempFile("ringpark", ".out");
        Path err = Files.createTempFile("ringpark", ".err");
        try {
            ProcessBuilder builder = new ProcessBuilder(command);
            builder.redirectOutput(out.toFile()).redirectError(err.toFile());
            builder.environment().put("LC_ALL", "C");
            builder.environment().keySet().removeAll(JVM_VARIABLES);
            builder.environment().putAll(variables);
            int exitCode = await(builder.start(), limit, err);
            return new Finished(exitCode, Files.readString(out), Files.readString(err));
        } finally {
            Files.delete(out);
            Files.delete(err);
        }
    }

    /** This one, of a program that has to succeed: fails with all that it left if it has not. */
    public Finished orFail() {
        if (exitCode != 0) {
            throw new AssertionError(this);
        }
        return this;
    }

    private static int await(Process process, Duration limit, Path err) throws IOException, InterruptedException {
        process.getOutputStream().close();
        try {
            if (!process.waitFor(limit)) {
                throw new AssertionError(process.info() + " has not ended; it said: " + Files.readString(err));
            }
            return process.exitValue();
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
