package dev.ringpark.process;

import java.io.BufferedReader;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A program that runs beside the tests, and all it has said, on standard output and standard error alike. */
public final class RunningProgram implements AutoCloseable {
    private static final int LIMIT_SECONDS = 45;   // beyond all reason, and within the limit of one test
    private static final String END = "\0";        // comes after the last line

    private final Process process;
    private final BlockingQueue<String> unheard = new LinkedBlockingQueue<>();
    private final List<String> heard = new ArrayList<>();

    private RunningProgram(Process process) {
        this.process = process;
        Thread.ofVirtual().name("ears").start(this::listen);
    }

    /** Starts {@code command} with {@code variables} added to its environment. */
    public static RunningProgram start(List<String> command, Map<String, String> variables) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().keySet().removeAll(Finished.JVM_VARIABLES);
        builder.environment().putAll(variables);
        Process process = builder.start();
        process.getOutputStream().close();
        return new RunningProgram(process);
    }

    private void listen() {
        try (BufferedReader lines = process.inputReader()) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                unheard.add(line);
            }
        } catch (IOException e) {
            unheard.add("listening failed: " + e);
        } finally {
            unheard.add(END);
        }
    }

    /** Waits for a line that {@code pattern} is found in. */
    public Matcher await(Pattern pattern) throws InterruptedException {
        for (String line = next(); line != null; line = next()) {
            Matcher matcher = pattern.matcher(line);
            if (matcher.find()) {
                return matcher;
            }
        }
        throw new AssertionError("it ended without a line with " + pattern + ", having said " + heard);
    }

    /** Waits for its end; all it has said. */
    public List<String> awaitEnd() throws InterruptedException {
        while (next() != null) {
            // All that counts is kept in heard.
        }
        return heard;
    }

    /** Waits for its end; its exit code. */
    public int exitCode() throws InterruptedException {
        awaitEnd();
        return process.waitFor();
    }

    private @Nullable String next() throws InterruptedException {
        String line = unheard.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
        if (line == null) {
            throw new AssertionError("silence from " + process.info() + ", having said " + heard);
        }
        if (line.equals(END)) {
            unheard.add(END);
            return null;
        }
        heard.add(line);
        return line;
    }

    /** What the system knows it by. */
    public ProcessHandle handle() {
        return process.toHandle();
    }

    /** Lets {@code time} go by; whether it still runs then. */
    public boolean livesOnFor(Duration time) throws InterruptedException {
        return !process.waitFor(time);
    }

    @Override
    public void close() {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        process.onExit().join();
    }
}
