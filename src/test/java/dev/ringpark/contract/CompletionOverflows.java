package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.Finished;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How many completions of one program have found their queue full since this was made. The kernel's own tracepoint
 * tells (Documentation/trace/ftrace.rst), to root alone: a ring counts only what it has lost. The file system that it
 * is read from is mounted here, as a machine need not have it mounted where it belongs.
 */
final class CompletionOverflows implements AutoCloseable {
    private static final String EVENT = "io_uring_cqe_overflow";   // since 5.18

    private final Path tracing;
    private final Path instance;
    private final Finished mount;

    /** Begins to count for {@code program}, where that can be had. */
    CompletionOverflows(ProcessHandle program) throws Exception {
        tracing = Files.createTempDirectory("ringpark-tracing");
        instance = tracing.resolve("instances/ringpark-" + program.pid());
        mount = Finished.run(List.of("mount", "-t", "tracefs", "tracefs", tracing.toString()));
        try {
            begin(program);
        } catch (Throwable e) {
            close();   // or the mount would outlast the test
            throw e;
        }
    }

    private void begin(ProcessHandle program) throws IOException {
        if (counts()) {
            Files.createDirectory(instance);
            set("set_event_pid", threads(program));
            set("events/io_uring/" + EVENT + "/enable", "1");
        }
    }

    private boolean counts() {
        return mount.exitCode() == 0;
    }

    private static String threads(ProcessHandle program) throws IOException {
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + program.pid() + "/task"))) {
            return threads.map(thread -> String.valueOf(thread.getFileName())).collect(Collectors.joining(" "));
        }
    }

    private void set(String file, String value) throws IOException {
        Files.writeString(instance.resolve(file), value, StandardOpenOption.WRITE);
    }

    /** Fails if there were none; skips the test, at its end, where nobody knows. */
    void assertSome() throws IOException {
        assumeTrue(counts(), () -> "all was answered; whether the queue has run over only a tracefs tells: " + mount);
        try (Stream<String> lines = Files.lines(instance.resolve("trace"))) {
            long events = lines.filter(line -> line.contains(EVENT + ":")).count();
            System.out.println(events + " completions found their queue full");
            assertThat(events).as("completions that found their queue full").isPositive();
        }
    }

    @Override
    public void close() throws IOException {
        if (counts()) {
            Files.deleteIfExists(instance);
            Process unmount = new ProcessBuilder("umount", tracing.toString()).inheritIO().start();
            assertThat(unmount.onExit().join().exitValue()).as("umount %s", tracing).isZero();
        }
        Files.delete(tracing);
    }
}
