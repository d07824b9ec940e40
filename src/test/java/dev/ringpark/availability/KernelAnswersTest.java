package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Jvm;
import dev.ringpark.process.Strace;
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
        probe("io_uring_enter", "error=" + error + ":when=2+2", 2).works("io_uring");
    }

    @ParameterizedTest
    @ValueSource(strings = {"EINTR", "EAGAIN"})
    void theFirstEnterThatFailsForNowIsNoRefusalEither(String error) throws Exception {
        probe("io_uring_enter", "error=" + error + ":when=1", 1).works("io_uring");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3})
    void anOlderKernelIsAskedForFewerFlagsAndServes(int refusedSets) throws Exception {
        probe("io_uring_setup", "error=EINVAL:when=1.." + refusedSets, refusedSets).works("io_uring");
    }

    @Test
    void aKernelThatKnowsNoSetOfFlagsLeadsToEpoll() throws Exception {
        Answer answer = probe("io_uring_setup", "error=EINVAL", 4).works("epoll");

        assertThat(answer.refusal()).startsWith("io_uring_setup: EINVAL: the kernel is older than");
    }

    /** The first registers the ring's own descriptor, the second asks for the operations, the third brings buffers. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aKernelThatCannotRegisterDescriptorOrBuffersServes(int registration) throws Exception {
        probe("io_uring_register", "error=EINVAL:when=" + registration, 1).works("io_uring");
    }

    /** The first time it is only looked whether the call is there; from the second on somebody waits. */
    @ParameterizedTest
    @ValueSource(strings = {"ENOSYS", "EPERM", "EINTR:when=2+3"})
    void epollServesWithoutItsLatestCallAndWhenItIsInterrupted(String error) throws Exception {
        Strace strace = new Strace(folder.resolve("strace.txt"));
        Jvm forced = Jvm.withFullAccess().and("-Dringpark.backend=epoll");
        Answer.from(strace.injecting("epoll_pwait2", "error=" + error, forced)).works("epoll");
        strace.assertInjected(1);
    }

    /** The next is there already: by the error the kernel tells of one connection, and not of those behind it. */
    @Test
    void anAcceptOverEpollPassesOverConnectionsThatVanished() throws Exception {
        Strace strace = new Strace(folder.resolve("strace.txt"));
        Jvm forced = Jvm.withFullAccess().and("-Dringpark.backend=epoll");
        Answer.from(strace.injecting("accept4", "error=ECONNABORTED:when=1..3", forced)).works("epoll");
        strace.assertInjected(3);
    }

    /** What the probe tells where {@code call} was answered so, {@code leastInjected} times or more. */
    private Answer probe(String call, String injection, int leastInjected) throws IOException, InterruptedException {
        Strace strace = new Strace(folder.resolve("strace.txt"));
        Answer answer = Answer.from(strace.injecting(call, injection, Jvm.withFullAccess()));
        strace.assertInjected(leastInjected);
        return answer;
    }
}
