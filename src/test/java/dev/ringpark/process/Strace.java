package dev.ringpark.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Has the kernel answer chosen calls with an error, without making them; what it has done stands in a log. */
public record Strace(Path log) {

    /** Skips the test where strace is not there, or may not trace. */
    public static void require() throws IOException, InterruptedException {
        Tool.require("strace");
        Finished trial = Finished.run(List.of("strace", "-f", "--seccomp-bpf", "-e", "trace=getpid", "true"));
        assumeTrue(trial.exitCode() == 0, () -> "strace may not trace here: " + trial.err());
    }

    /**
     * The JVM with an injected error.
     *
     * @param injection {@code error=…:when=…} as strace(1) has it
     */
    public Jvm injecting(String call, String injection, Jvm jvm) {
        return jvm.behind("strace", "-f", "--seccomp-bpf", "-qq", "-o", log.toString(),
                "-e", "signal=none", "-e", "trace=" + call, "-e", "inject=" + call + ":" + injection);
    }

    /** Checks that it has come to that so many times at least; how many it were. */
    public long assertInjected(int least) throws IOException {
        long injected = Files.readAllLines(log).stream().filter(line -> line.contains("(INJECTED)")).count();
        assertThat(injected).as("injected errors").isGreaterThanOrEqualTo(least);
        return injected;
    }
}
