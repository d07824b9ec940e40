package dev.ringpark.bench.measure;

import dev.ringpark.bench.load.LoadPlan;
import dev.ringpark.bench.load.LoadResult;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The load generator's process and the talk with it. */
public final class LoadProcess {
    private final PrintStream commands;
    private final BufferedReader answers;

    private LoadProcess(Process process) {
        commands = new PrintStream(process.getOutputStream(), true, StandardCharsets.US_ASCII);
        answers = process.inputReader(StandardCharsets.US_ASCII);
    }

    public static LoadProcess start(Children children, Pinning pinning) throws IOException {
        var java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        return new LoadProcess(children.startPiped(pinning.load(List.of(
                java, "-Xmx512m", "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow", "-Dio.netty.noUnsafe=false",
                "-Dio.netty.leakDetection.level=disabled",
                "-cp", System.getProperty("java.class.path"), "dev.ringpark.bench.Load"))));
    }

    /** Runs the plan; {@code started} runs when counting begins. */
    LoadResult echo(LoadPlan plan, Runnable started) throws IOException {
        commands.println(plan.command());
        var line = answers.readLine();
        if ("start".equals(line)) {
            try {
                started.run();
            } finally {
                line = answers.readLine(); // whatever happened: the next command must not find this answer
            }
        }
        return LoadResult.parse(line);
    }

    /** Opens connections that stay idle until {@link #release}. */
    void hold(String where, int connections) throws IOException {
        expectDone("hold " + where + " " + connections);
    }

    void release() throws IOException {
        expectDone("release");
    }

    private void expectDone(String command) throws IOException {
        commands.println(command);
        var line = answers.readLine();
        if (!"done".equals(line)) {
            throw new IllegalStateException("load generator: " + line);
        }
    }

    /** Something to run that may fail to read, where a plain Runnable is asked for. */
    interface Reading {
        void read() throws IOException;

        static Runnable unchecked(Reading reading) {
            return () -> {
                try {
                    reading.read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            };
        }
    }
}
