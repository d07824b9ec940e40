package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.BackendChoice;
import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Jvm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The switch of the whole machine: others would notice, so it is set for one start only. */
@Tag("stress")
class SysctlStressTest {
    private static final Path SWITCH = Path.of("/proc/sys/kernel/io_uring_disabled");

    @BeforeEach
    void requireTheSwitch() {
        Ring.require();
        assumeTrue(Files.isWritable(SWITCH), "kernel.io_uring_disabled cannot be set here");
    }

    @Test
    void theRingSwitchedOffForAllLeadsToEpollAndTheSwitchIsNamed() throws Exception {
        BackendChoice choice = whileItIs("2", SysctlStressTest::choice);

        assertThat(choice.name()).isEqualTo("epoll");
        assertThat(choice.refused().get("io_uring")).startsWith("io_uring_setup: EPERM")
                .contains("kernel.io_uring_disabled");
    }

    @Test
    void theRingSwitchedOffForTheUnprivilegedIsRefusedToThemAlone() throws Exception {
        Jvm nobody = Jvm.withFullAccess().behind(Nobody.running());
        assertThat(Answer.from(nobody).works("io_uring").mode()).isEqualTo("carried");
        Answer answer = whileItIs("1", () -> Answer.from(nobody));

        assertThat(answer.works("epoll").refusal()).startsWith("io_uring_setup: EPERM")
                .contains("kernel.io_uring_disabled");
    }

    @Test
    void theSamplesComeUpAndServeAllTheSame() throws Exception {
        whileItIs("2", () -> serveOnEpoll(Jvm.withFullAccess()));
        whileItIs("1", () -> serveOnEpoll(Jvm.withFullAccess().behind(Nobody.running())));
    }

    private static @Nullable Void serveOnEpoll(Jvm jvm) throws Exception {
        SampleServers.assertServe(jvm, "epoll");
        return null;
    }

    private static BackendChoice choice() throws IOException {
        try (CarrierLoop loop = CarrierLoop.start()) {
            return loop.backend();
        }
    }

    private static <T extends @Nullable Object> T whileItIs(String value, Callable<T> body) throws Exception {
        String before = Files.readString(SWITCH);
        Thread restorer = new Thread(() -> set(before));
        Runtime.getRuntime().addShutdownHook(restorer);   // if the run is ended by hand meanwhile
        try {
            set(value);
            return body.call();
        } finally {
            set(before);
            Runtime.getRuntime().removeShutdownHook(restorer);
        }
    }

    private static void set(String value) {
        try {
            Files.writeString(SWITCH, value);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
