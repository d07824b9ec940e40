package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Has the kernel answer chosen calls with an error, without making them. */
final class Strace {
    private Strace() {}

    static void require() throws IOException, InterruptedException {
        Tool.require("strace");
        Finished trial = Finished.run(List.of("strace", "-f", "--seccomp-bpf", "-e", "trace=getpid", "true"));
        assumeTrue(trial.exitCode() == 0, () -> "strace may not trace here: " + trial.err());
    }

    /**
     * Runs the probe with an injected error.
     *
     * @param injection {@code error=…:when=…} as strace(1) has it
     * @param leastInjected how often it has to have come to that
     */
    static Answer probe(String call, String injection, int leastInjected, Path folder)
            throws IOException, InterruptedException {
        Path log = folder.resolve("strace.txt");
        Answer answer = Answer.from(Jvm.withFullAccess().behind("strace", "-f", "--seccomp-bpf", "-qq",
                "-o", log.toString(),
                "-e", "signal=none", "-e", "trace=" + call, "-e", "inject=" + call + ":" + injection));
        assertThat(Files.readAllLines(log)).filteredOn(line -> line.contains("(INJECTED)"))
                .hasSizeGreaterThanOrEqualTo(leastInjected);
        return answer;
    }
}
