package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Behind a filter that refuses one of io_uring's calls, as Docker's default profile refuses all three. */
class SeccompTest {
    @TempDir
    private static Path folder;

    private static String launcher;

    @BeforeAll
    static void compileTheLauncher() throws IOException, InterruptedException {
        Ring.require();
        launcher = Tool.compileC(Path.of("src/test/c/refuse.c"), folder).toString();
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource({
        "EPERM,  io_uring_setup,    io_uring_setup: EPERM",
        "ENOSYS, io_uring_setup,    io_uring_setup: ENOSYS",
        "EPERM,  io_uring_enter,    io_uring_enter: Operation not permitted (EPERM",
        "EPERM,  io_uring_register, io_uring_register: Operation not permitted (EPERM",
    })
    void aRefusedCallLeadsToEpollAndTellsTheCure(String error, String call, String reason) throws Exception {
        Answer answer = Answer.from(Jvm.withFullAccess().behind(launcher, error, call)).works("epoll");

        assertThat(answer.refusal()).startsWith(reason).contains("seccomp").contains("allow");
        assertThat(answer.mode()).isEqualTo("carried");
    }

    /** Not every kernel charges rings to the limit of locked memory; what it would say if it did. */
    @Test
    void tooLittleLockedMemoryLeadsToEpollAndTellsTheCure() throws Exception {
        Answer answer = Answer.from(Jvm.withFullAccess().behind(launcher, "ENOMEM", "io_uring_setup")).works("epoll");

        assertThat(answer.refusal()).startsWith("io_uring_setup: ENOMEM").contains("ulimit -l");
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource({
        "EPERM,  io_uring_setup, io_uring_setup: EPERM",
        "EPERM,  io_uring_enter, io_uring_enter: Operation not permitted (EPERM",
    })
    void aRefusedCallFailsTheForcedRingLoudly(String error, String call, String reason) throws Exception {
        Jvm forced = Jvm.withFullAccess().and("-Dringpark.backend=io_uring").behind(launcher, error, call);

        assertThat(Answer.from(forced).fails().failure())
                .startsWith("java.io.IOException: the forced backend cannot be had: io_uring: " + reason);
    }

    /** The first is refused before there is anything, the others with a ring in hand. */
    @ParameterizedTest
    @ValueSource(strings = {"io_uring_setup", "io_uring_enter", "io_uring_register"})
    void refusedRingsLeaveNoDescriptorAndNoMapping(String call) throws Exception {
        Finished run = Jvm.withFullAccess().behind(launcher, "EPERM", call).run(RefusalProbe.class, CarrierLoop.class);

        assertThat(run.exitCode()).as("%s", run).isZero();
        List<String> told = run.out().lines().toList();
        assertThat(told).as("%s", run).hasSize(4).startsWith("epoll, refused 3", "epoll, refused 100");
        assertThat(told.get(3)).startsWith("0 mappings of rings").isEqualTo(told.get(2));
    }
}
