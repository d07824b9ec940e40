package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How many completions of one program have found their queue full since this was made. The kernel's own tracepoint
 * tells (Documentation/trace/ftrace.rst), to root alone: a ring counts only what it has lost.
 */
final class CompletionOverflows implements AutoCloseable {
    private static final Path INSTANCES = Path.of("/sys/kernel/tracing/instances");
    private static final String EVENT = "io_uring_cqe_overflow";   // since 5.18

    private final Path instance;
    private final boolean counts;

    /** Begins to count for {@code program}, where that can be had. */
    CompletionOverflows(ProcessHandle program) throws IOException {
        instance = INSTANCES.resolve("ringpark-" + program.pid());
        counts = Files.isWritable(INSTANCES);
        if (counts) {
            Files.createDirectory(instance);
            set("set_event_pid", threads(program));
            set("events/io_uring/" + EVENT + "/enable", "1");
        }
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
        assumeTrue(counts, "all was answered, but only root with a tracefs can tell whether the queue has run over");
        try (Stream<String> lines = Files.lines(instance.resolve("trace"))) {
            long events = lines.filter(line -> line.contains(EVENT + ":")).count();
            System.out.println(events + " completions found their queue full");
            assertThat(events).as("completions that found their queue full").isPositive();
        }
    }

    @Override
    public void close() throws IOException {
        if (counts) {
            Files.delete(instance);
        }
    }
}
