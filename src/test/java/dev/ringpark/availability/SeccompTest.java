package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
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

        assertThat(answer.refusal()).startsWith(reason).contains("seccomp").contains("allow")
                .as("the switch, which is off").doesNotContain("kernel.io_uring_disabled");
        assertThat(answer.mode()).isEqualTo("carried");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring_enter", "io_uring_register"})
    void anErrorThatNoFilterWouldChooseLeadsToEpollAndBlamesNone(String call) throws Exception {
        Answer answer = Answer.from(Jvm.withFullAccess().behind(launcher, "EADDRINUSE", call)).works("epoll");

        assertThat(answer.refusal()).startsWith(call + ": Address already in use (EADDRINUSE")
                .doesNotContain("seccomp");
    }

    /** Not every kernel charges rings to the limit of locked memory; what it would say if it did. */
    @Test
    void tooLittleLockedMemoryLeadsToEpollAndTellsTheCure() throws Exception {
        assertLackOfLockedMemory(Nobody.running());
    }

    /** Who is root in a namespace alone is charged like everybody. */
    @Test
    void tooLittleLockedMemoryOfTheRootOfANamespaceLeadsToEpollAndTellsTheCure() throws Exception {
        Tool.require("unshare");
        List<String> command = List.of("unshare", "--user", "--map-root-user");
        Finished test = Finished.run(Stream.concat(command.stream(), Stream.of("true")).toList());
        assumeTrue(test.exitCode() == 0, test::err);
        assertLackOfLockedMemory(command.toArray(String[]::new));
    }

    private static void assertLackOfLockedMemory(String... whoIsCharged) throws Exception {
        Tool.require("prlimit");
        Jvm jvm = Jvm.withFullAccess().behind(whoIsCharged).behind(launcher, "ENOMEM", "io_uring_setup")
                .behind("prlimit", "--memlock=65536:65536");

        assertThat(Answer.from(jvm).works("epoll").refusal())
                .startsWith("io_uring_setup: ENOMEM").contains("ulimit -l");
    }

    /** Nobody charges the privileged, so it is memory itself that there is too little of. */
    @ParameterizedTest
    @ValueSource(strings = {"io_uring_setup", "io_uring_enter", "io_uring_register"})
    void aSystemOutOfMemoryIsAnErrorAndNoReasonForAnotherBackend(String call) throws Exception {
        Ring.requirePrivileges();

        assertThat(Answer.from(Jvm.withFullAccess().behind(launcher, "ENOMEM", call)).fails().failure())
                .startsWith("java.io.IOException: " + call + ": ENOMEM: the system is out of memory");
    }

    /** The JDK's own selector is told to do without epoll. */
    @ParameterizedTest
    @ValueSource(strings = {"epoll_create1", "epoll_ctl"})
    void refusedRingsAndQueuesLeadToTheSelectorAndTellTheCureOfEach(String call) throws Exception {
        Jvm jvm = Jvm.withFullAccess().and(
                "-Djava.nio.channels.spi.SelectorProvider=sun.nio.ch.PollSelectorProvider");
        Answer answer = Answer.from(
                jvm.behind(launcher, "EPERM", call).behind(launcher, "EPERM", "io_uring_setup"));

        assertThat(answer.works("selector").refusal()).startsWith("io_uring_setup: EPERM").contains("allow calls 425");
        assertThat(answer.facts().get("refused epoll")).startsWith(call + ": EPERM").contains("seccomp")
                .contains("allow epoll_create1, epoll_ctl, epoll_pwait and eventfd2");
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

    @Test
    void tooLittleLockedMemoryFailsTheForcedRingLoudly() throws Exception {
        Tool.require("prlimit");
        Jvm forced = Jvm.withFullAccess().and("-Dringpark.backend=io_uring").behind(Nobody.running())
                .behind(launcher, "ENOMEM", "io_uring_setup").behind("prlimit", "--memlock=65536:65536");

        assertThat(Answer.from(forced).fails().failure())
                .startsWith("java.io.IOException: the forced backend cannot be had: io_uring: io_uring_setup: ENOMEM")
                .contains("ulimit -l");
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
