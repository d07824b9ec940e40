package dev.ringpark.bench;

import dev.ringpark.bench.demo.CallCount;
import dev.ringpark.bench.demo.JdkStack;
import dev.ringpark.bench.demo.RingparkStack;
import dev.ringpark.bench.demo.Stack;
import dev.ringpark.bench.demo.Stage;
import java.io.IOException;
import java.util.OptionalDouble;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * What the library is for, to be looked at: an echo server with a thread for each of 1,000 connections, plain blocking
 * calls on both sides, every byte compared; then the same on the JDK's own sockets. Ends with 1 if a byte was wrong or
 * a connection failed.
 */
public final class Demo {
    private static final Stage MEASURED = new Stage(1_000, 250);
    private static final Stage REHEARSAL = new Stage(64, 400);

    /** As many carriers for the JDK as Ringpark has loops here: one for the server and one for the clients. */
    private static final String CARRIERS = "2";

    /** Kept, since a logger that nobody holds forgets its level. The demonstration says itself what it runs on. */
    private static final Logger LOG = Logger.getLogger("dev.ringpark");

    private interface StackMaker {
        Stack make() throws IOException;
    }

    private Demo() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.setProperty("jdk.virtualThreadScheduler.parallelism", CARRIERS);
        LOG.setLevel(Level.WARNING);
        if (arguments.length == 2 && arguments[0].equals(CallCount.SAMPLE)) {
            sample(Integer.parseInt(arguments[1]));
            return;
        }
        var ringpark = show(RingparkStack::new);
        var jdk = show(JdkStack::new);
        System.out.println("  counting the JDK's system calls");
        var jdkCalls = CallCount.perMessageOfJdk(Demo.class);
        System.out.println();
        System.out.printf("%-10s %10s %12s %16s %16s %12s %8s%n",
                "", "messages", "messages/s", "CPU us/message", "syscalls/message", "wrong bytes", "failed");
        print(ringpark, ownCalls(ringpark));
        print(jdk, jdkCalls);
        explain();
        System.exit(ringpark.isClean() && jdk.isClean() ? 0 : 1);
    }

    private static void sample(int messagesEach) throws IOException, InterruptedException {
        try (var stack = new JdkStack()) {
            System.exit(CallCount.sample(messagesEach).run(stack, _ -> {}).isClean() ? 0 : 1);
        }
    }

    /** A stack of its own for the rehearsal, so that the counters of the other begin at nothing. */
    private static Stage.Outcome show(StackMaker maker) throws IOException, InterruptedException {
        try (var stack = maker.make()) {
            System.out.println(stack.name() + ": " + stack.details());
            REHEARSAL.run(stack, _ -> {});
        }
        try (var stack = maker.make()) {
            return MEASURED.run(stack, System.out::println);
        }
    }

    private static OptionalDouble ownCalls(Stage.Outcome outcome) {
        return outcome.systemCalls().isPresent()
                ? OptionalDouble.of(outcome.systemCalls().getAsLong() / (double) Math.max(1, outcome.messages()))
                : OptionalDouble.empty();
    }

    private static void print(Stage.Outcome outcome, OptionalDouble callsPerMessage) {
        System.out.printf("%-10s %,10d %,12.0f %16.1f %16s %12d %8d%n",
                outcome.name(),
                outcome.messages(),
                outcome.messagesPerSecond(),
                outcome.cpuMicrosPerMessage(),
                callsPerMessage.isPresent() ? "%.2f".formatted(callsPerMessage.getAsDouble()) : "n/a",
                outcome.tally().wrongBytes(),
                outcome.tally().failures());
        if (outcome.tally().failures() > 0) {
            System.out.println("           first failure: " + outcome.tally().firstFailure());
        }
    }

    private static void explain() {
        System.out.println("""

                A message goes there and back: two writes and two reads, server and clients in this one JVM, two
                carriers on either side. System calls: Ringpark's loops count their waits and wake-ups; the JDK's are
                counted by strace in a smaller run of its own (n/a: no strace here, or the loop has no ring).""");
    }
}
