package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Strace;
import dev.ringpark.process.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Who writes to a peer that has gone gets an exception, and his process no SIGPIPE. The JVM hides that signal, so an
 * observer tells of it; that he sees one is shown by a pipe, which cannot be written without.
 */
class BrokenPipesTest {
    private static final int WAYS = 17;   // four of each kind of socket's, in each style, and the pipe

    @TempDir Path folder;

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aWriteToAPeerThatHasGoneRaisesNoSignal(Flavor flavor) throws Exception {
        assumeTrue(!flavor.isOn("selector"), "the calls are the JDK's");
        Strace.require();
        flavor.start().close();
        Path log = folder.resolve("log");
        Path pipe = Tool.makePipe(folder.resolve("pipe"));
        Finished run = Jvm.withFullAccess().and(flavor.flags()).with(BrokenPipes.class, CarrierLoop.class)
                .and(Objects.requireNonNull(flavor.options().backend()), folder.toString(), pipe.toString())
                .behind("strace", "-f", "--seccomp-bpf", "-qq", "-o", log.toString(),
                        "-e", "trace=none", "-e", "signal=SIGPIPE").run();

        assertThat(run.exitCode()).as("%s", run).isZero();
        assertThat(run.out().lines()).hasSize(WAYS)
                .allMatch(line -> line.endsWith("Broken pipe") || line.endsWith("Connection reset"));
        assertThat(Files.readAllLines(log)).as("the pipe's alone").singleElement().asString().contains("SIGPIPE");
    }
}
