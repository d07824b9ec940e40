package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ringpark.house.Samples;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.RunningProgram;
import dev.ringpark.process.Tool;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever is taken away, the echo and the HTTP sample come up and serve, on the best backend that is left. What the
 * user is told then stands in the tests beside this one; the switch of the whole machine is in
 * {@link SysctlStressTest}.
 */
class SabotageTest {
    private static final Jvm JVM = Jvm.withFullAccess();

    @TempDir
    private static Path folder;

    private static Jvm refusing(String error, String call, String... flags) throws Exception {
        return refusing(error, call, JVM.and(flags));
    }

    private static Jvm refusing(String error, String call, Jvm jvm) throws Exception {
        Path launcher = folder.resolve("refuse");
        if (!Files.exists(launcher)) {
            assertThat(Tool.compileC(Path.of("src/test/c/refuse.c"), folder)).isEqualTo(launcher);
        }
        return jvm.behind(launcher.toString(), error, call);
    }

    @ParameterizedTest(name = "{1}: {0}")
    @CsvSource({
        "EPERM,  io_uring_setup",
        "ENOSYS, io_uring_setup",
        "EPERM,  io_uring_enter",
        "EPERM,  io_uring_register",
    })
    void aRefusedCallOfTheRings(String error, String call) throws Exception {
        Ring.require();
        SampleServers.assertServe(refusing(error, call), "epoll");
    }

    @ParameterizedTest
    @ValueSource(strings = {"epoll", "selector"})
    void aForcedBackendBesideARefusedRing(String forced) throws Exception {
        SampleServers.assertServe(refusing("EPERM", "io_uring_setup", "-Dringpark.backend=" + forced), forced);
    }

    /** As of kernels that charge rings to the limit of locked memory. */
    @Test
    void noMemoryForTheRingOfSomebodyWithoutPrivileges() throws Exception {
        Ring.require();
        Tool.require("prlimit");
        Jvm limited = JVM.behind(Nobody.running("prlimit", "--memlock=65536:65536"));
        SampleServers.assertServe(refusing("ENOMEM", "io_uring_setup", limited), "epoll");
    }

    /** Root has as much as it likes. */
    @Test
    void noLockedMemoryForSomebodyWithoutPrivileges() throws Exception {
        Ring.require();
        Tool.require("prlimit");
        Jvm jvm = JVM.behind(Nobody.running("prlimit", "--memlock=0:0"));
        assumeFalse(Answer.from(jvm).backend().equals("io_uring"), "this kernel does not charge rings to the limit");
        SampleServers.assertServe(jvm, "epoll");
    }

    @Test
    void aTableOfSixtyDescriptors() throws Exception {
        Ring.require();
        Tool.require("prlimit");
        SampleServers.assertServe(JVM.behind("prlimit", "--nofile=60:60"), "io_uring");
    }

    @Test
    void nativeAccessDenied() throws Exception {
        SampleServers.assertServe(Jvm.with("--illegal-native-access=deny", Jvm.OPEN_JAVA_LANG), "selector");
    }

    @Test
    void neitherFlagGiven() throws Exception {
        Ring.require();
        SampleServers.assertServe(Jvm.with(), "io_uring");
    }

    /** The one case in which nothing may come up: who forces a backend wants no other. */
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "kqueue"})
    void aForcedBackendThatIsNotToBeHadEndsTheProgramLoudly(String forced) throws Exception {
        Jvm jvm = refusing("EPERM", "io_uring_setup", "-Dringpark.backend=" + forced);
        for (String sample : new String[] {"EchoServer", "HelloHttp"}) {
            try (RunningProgram server = Samples.start(jvm, sample, 0)) {
                assertThat(server.awaitEnd()).as(sample)
                        .anyMatch(line -> line.contains("the forced backend cannot be had: " + forced + ": "));
                assertThat(server.exitCode()).as(sample).isNotZero();
            }
        }
    }
}
