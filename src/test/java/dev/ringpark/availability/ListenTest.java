package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A listener that gets its address and may not listen there, because somebody was faster or a filter forbids it. */
class ListenTest {
    @TempDir
    private static Path folder;

    private static String launcher;

    @BeforeAll
    static void compileTheLauncher() throws IOException, InterruptedException {
        launcher = Tool.compileC(Path.of("src/test/c/refuse.c"), folder).toString();
    }

    @ParameterizedTest
    @CsvSource({
        "io_uring, EADDRINUSE, java.net.BindException: Address already in use",
        "epoll,    EADDRINUSE, java.net.BindException: Address already in use",
        "selector, EADDRINUSE, java.net.BindException: Address already in use",
        "io_uring, EPERM,      java.net.SocketException: Operation not permitted",
        "epoll,    EPERM,      java.net.SocketException: Operation not permitted",
        "selector, EPERM,      java.net.SocketException: Operation not permitted",
    })
    void aListenerThatMayNotListenIsClosedAndNothingIsLeft(String backend, String error, String failure)
            throws Exception {
        if (backend.equals("io_uring")) {
            Ring.require();
        }
        Finished run = Jvm.withFullAccess().and("-Dringpark.backend=" + backend).behind(launcher, error, "listen")
                .run(ListenProbe.class, CarrierLoop.class);

        assertThat(run.exitCode()).as("%s", run).isZero();
        assertThat(run.out().lines()).satisfiesExactly(
                line -> assertThat(line).startsWith("bind: " + failure),
                line -> assertThat(line).isEqualTo("open: false"),
                line -> assertThat(line).isEqualTo("again: java.nio.channels.ClosedChannelException"),
                line -> assertThat(line).isEqualTo("left: 0"),
                line -> assertThat(line).startsWith("at once: " + failure),
                line -> assertThat(line).isEqualTo("left then: 0"));
    }
}
