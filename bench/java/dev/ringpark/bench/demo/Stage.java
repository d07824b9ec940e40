package dev.ringpark.bench.demo;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.SocketAddress;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A thread-per-connection echo server and its clients, all on one stack, from the first connect to the last echo. */
public record Stage(int connections, int messagesEach) {
    /** What a stage came to. */
    public record Outcome(
            String name, long messages, long nanos, long cpuNanos, OptionalLong systemCalls, Tally tally) {
        public double messagesPerSecond() {
            return messages * 1e9 / nanos;
        }

        public double cpuMicrosPerMessage() {
            return cpuNanos / 1e3 / Math.max(1, messages);
        }

        public boolean isClean() {
            return tally.wrongBytes() == 0 && tally.failures() == 0;
        }
    }

    /** Told once a second how far it is. */
    public interface Progress {
        void report(String line);
    }

    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    /** Runs the stage to its end, or gives up on connections that are not through after a minute. */
    public Outcome run(Stack stack, Progress progress) throws IOException, InterruptedException {
        var tally = new Tally();
        var server = stack.serve(Conversation::echo, tally);
        long calls = stack.systemCalls().orElse(0);
        long cpu = SYSTEM.getProcessCpuTime();
        long start = System.nanoTime();
        var done = startClients(stack, server, tally);
        awaitAll(done, stack.name(), start, tally, progress);
        return new Outcome(
                stack.name(),
                tally.messages(),
                System.nanoTime() - start,
                SYSTEM.getProcessCpuTime() - cpu,
                since(calls, stack.systemCalls()),
                tally);
    }

    private static OptionalLong since(long before, OptionalLong after) {
        return after.isPresent() ? OptionalLong.of(after.getAsLong() - before) : after;
    }

    private CountDownLatch startClients(Stack stack, SocketAddress server, Tally tally) {
        var done = new CountDownLatch(connections);
        for (int i = 0; i < connections; i++) {
            int client = i;
            stack.startClient(() -> {
                tally.watch(() -> converse(stack, server, client, tally));
                done.countDown();
            });
        }
        return done;
    }

    private void converse(Stack stack, SocketAddress server, int client, Tally tally) throws IOException {
        try (var connection = stack.connect(server)) {
            Conversation.talk(connection, client, messagesEach, tally);
        }
    }

    private void awaitAll(CountDownLatch done, String name, long start, Tally tally, Progress progress)
            throws InterruptedException {
        while (!done.await(1, TimeUnit.SECONDS)) {
            long elapsed = System.nanoTime() - start;
            progress.report("  %-9s %3d s  %,9d messages on %,d connections, %d wrong bytes".formatted(
                    name, Math.round(elapsed / 1e9), tally.messages(), connections, tally.wrongBytes()));
            if (elapsed > PATIENCE_NANOS) {
                tally.failed(done.getCount() + " connections were not through after a minute");
                return;
            }
        }
    }
}
