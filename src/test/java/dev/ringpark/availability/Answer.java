package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import java.io.IOException;
import java.util.Map;
import java.util.stream.Collectors;

/** What {@link Probe} told, and several loops told alike. A fact it has not told is empty. */
record Answer(Map<String, String> facts, Finished run) {

    /** Runs the probe in {@code jvm}. */
    static Answer from(Jvm jvm) throws IOException, InterruptedException {
        return new Answer(jvm.run(Probe.class, CarrierLoop.class));
    }

    Answer(Finished run) {
        this(run.out().lines().map(line -> line.split(": ", 2)).collect(
                Collectors.toMap(line -> line[0], line -> line[1], Answer::joined)), run);
        assertThat(run.exitCode()).as("exit code of the probe, which said: %s", run).isZero();
    }

    private static String joined(String first, String second) {
        return first.equals(second) ? first : first + "\n" + second;
    }

    String backend() {
        return facts.getOrDefault("backend", "");
    }

    String refusal() {
        return facts.getOrDefault("refused io_uring", "");
    }

    String mode() {
        return facts.getOrDefault("mode", "");
    }

    String reason() {
        return facts.getOrDefault("reason", "");
    }

    String failure() {
        return facts.getOrDefault("failed", "");
    }

    /** Checks that the loop came up on {@code backend} and carried a message there and back. */
    Answer works(String backend) {
        assertThat(facts).as("what the probe said: %s", run)
                .containsEntry("backend", backend).containsEntry("echo", "there and back").doesNotContainKey("failed");
        return this;
    }

    /** Checks that the loop did not come up. */
    Answer fails() {
        assertThat(facts).as("what the probe said: %s", run).containsOnlyKeys("failed");
        return this;
    }
}
