package dev.ringpark.bench.measure;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** The processes that we started and the folder they write to. Whatever happens, also at Ctrl-C, none outlives us. */
public final class Children implements AutoCloseable {
    private final Queue<Process> processes = new ConcurrentLinkedQueue<>();
    private final Thread hook = new Thread(this::cleanUp, "clean-up");
    private final Path folder;

    public Children() throws IOException {
        folder = Files.createTempDirectory("bench");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /** Starts a process whose output goes to a file. */
    Process start(List<String> command, Map<String, String> environment, File log) throws IOException {
        var builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log));
        builder.environment().putAll(environment);
        return register(builder.start());
    }

    /** Starts a process that we talk to through its standard streams; its complaints go to our own. */
    Process startPiped(List<String> command) throws IOException {
        return register(new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start());
    }

    private Process register(Process process) {
        processes.add(process);
        return process;
    }

    /** Ends one process and waits for its end. */
    void kill(Process process) {
        process.destroyForcibly();
        process.onExit().join();
        processes.remove(process);
    }

    /** For logs, reports and binaries. */
    public Path folder() {
        return folder;
    }

    private void cleanUp() {
        processes.forEach(this::kill);
        try (var all = Files.walk(folder)) {
            for (var path : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        Runtime.getRuntime().removeShutdownHook(hook);
        cleanUp();
    }
}
