package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors that a kernel may answer with and that refuse nothing: they ask for another try, or for less. */
class KernelAnswersTest {
    @TempDir
    private Path folder;

    @BeforeEach
    void requireTracing() throws IOException, InterruptedException {
        Ring.require();
        Strace.require();
    }

    @ParameterizedTest
    @ValueSource(strings = {"EINTR", "EAGAIN", "EBUSY"})
    void everySecondEnterThatFailsForNowIsTriedAgain(String error) throws Exception {
        Strace.probe("io_uring_enter", "error=" + error + ":when=2+2", 2, folder).works("io_uring");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EINTR", "EAGAIN"})
    void theFirstEnterThatFailsForNowIsNoRefusalEither(String error) throws Exception {
        Strace.probe("io_uring_enter", "error=" + error + ":when=1", 1, folder).works("io_uring");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anOlderKernelIsAskedForFewerFlagsAndServes(int refusedSets) throws Exception {
        Strace.probe("io_uring_setup", "error=EINVAL:when=1.." + refusedSets, refusedSets, folder).works("io_uring");
    }

    @Test
    void aKernelThatKnowsNoSetOfFlagsLeadsToTheSelector() throws Exception {
        Answer answer = Strace.probe("io_uring_setup", "error=EINVAL", 4, folder).works("selector");

        assertThat(answer.refusal()).startsWith("io_uring_setup: EINVAL: the kernel is older than");
    }

    /** The first registers the ring's own descriptor, the second asks for the operations, the third brings buffers. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aKernelThatCannotRegisterDescriptorOrBuffersServes(int registration) throws Exception {
        Strace.probe("io_uring_register", "error=EINVAL:when=" + registration, 1, folder).works("io_uring");
    }
}
