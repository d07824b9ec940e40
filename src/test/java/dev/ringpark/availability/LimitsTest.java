package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jar;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits of a process: some mean that the ring cannot be had, others that the process has run out of something. */
class LimitsTest {
    @TempDir
    private static Path folder;

    private static Path jar;

    /** In a folder each class would be a file to open, and there would be nothing left to open it with. */
    @BeforeAll
    static void packTheProbe() throws IOException {
        jar = Jar.pack(folder.resolve("probe.jar"), name -> name.startsWith("dev/ringpark/"), List.of(),
                CarrierLoop.class, DescriptorProbe.class);
    }

    @BeforeEach
    void requireLimits() {
        Tool.require("prlimit");
        Ring.require();
    }

    /** Root has as much locked memory as it likes. */
    @Test
    void noLockedMemoryLeadsToEpollAndTheLimitIsNamed() throws Exception {
        Answer answer = Answer.from(Jvm.withFullAccess().behind(Nobody.running("prlimit", "--memlock=0:0")));

        assumeFalse(answer.backend().equals("io_uring"), "this kernel does not charge rings to the limit");
        assertThat(answer.works("epoll").refusal()).startsWith("io_uring_setup: ENOMEM").contains("ulimit -l");
    }

    /** Eight MiB are a usual limit: enough for some rings of the default's size, and not for 64. */
    @Test
    void lockedMemoryForSomeRingsOnlyLeadsTheWholeGroupToEpoll() throws Exception {
        Finished run = Jvm.withFullAccess().with(GroupProbe.class, CarrierLoop.class).and("64")
                .behind(Nobody.running("prlimit", "--memlock=8388608:8388608")).run();

        List<String> told = run.out().lines().toList();
        assertThat(told).as("what the probe said: %s", run).hasSize(2);
        assumeFalse(told.getLast().equals("io_uring"), "this kernel does not charge rings to the limit");
        assertThat(told).allSatisfy(each -> assertThat(each)
                .startsWith("epoll (not io_uring: not for 64 loops: io_uring_setup: ENOMEM").contains("ulimit -l"));
    }

    @ParameterizedTest
    @CsvSource({"io_uring, io_uring", "epoll, epoll", "selector, selector", "'', io_uring"})
    void tooFewDescriptorsAreAnErrorAndNeverAReasonForAnotherBackend(String forced, String expected) throws Exception {
        Finished run = Jvm.withFullAccess().and("-Dringpark.backend=" + forced, "-cp", jar.toString(),
                DescriptorProbe.class.getName()).behind("prlimit", "--nofile=60:60").run();

        List<String> attempts = run.out().lines().toList();
        assertThat(attempts).as("what the probe said: %s", run).hasSizeBetween(2, 6);
        assertThat(attempts.getLast()).endsWith(" free: " + expected);
        assertThat(attempts.subList(0, attempts.size() - 1))
                .allMatch(attempt -> attempt.contains("java.io.IOException: Too many open files: ")
                        && attempt.contains("ulimit -n"));
    }

    @Test
    void aBrokenInstallationIsAnErrorAndNotTakenForARefusalByTheJvm() throws Exception {
        Path broken = Jar.pack(folder.resolve("broken.jar"), name -> !name.endsWith("/Submissions.class"), List.of(),
                CarrierLoop.class);
        String classPath = broken + ":" + Jvm.folder(Probe.class);
        Finished run = Jvm.withFullAccess().and("-cp", classPath, Probe.class.getName()).run();

        assertThat(run.exitCode()).as("what the probe said: %s", run).isEqualTo(1);
        assertThat(run.err()).contains("NoClassDefFoundError: dev/ringpark/internal/backend/uring/Submissions");
    }
}
