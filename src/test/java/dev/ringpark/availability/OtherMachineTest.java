package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Jvm;
import org.junit.jupiter.api.Test;

/** A machine or a system that is not the tested one, by what the JVM says of it. */
class OtherMachineTest {
    private static final Jvm JVM = Jvm.withFullAccess();

    @Test
    void aMachineWhoseNumbersAreNotKnownIsGivenNoBackendThatCallsByNumber() throws Exception {
        Answer answer = Answer.from(JVM.and("-Dos.name=Linux", "-Dos.arch=ppc64le")).works("selector");

        assertThat(answer.refusal()).isEqualTo("this machine's system call numbers are not known here");
        assertThat(answer.facts().get("refused epoll")).isEqualTo(answer.refusal());
    }

    /** No library is named where the system's own is meant. */
    @Test
    void aSystemWithoutTheCallsItShouldHaveIsToldWhichIsMissing() throws Exception {
        Answer answer = Answer.from(JVM.and("-Dos.name=FreeBSD", "-Dringpark.backend=kqueue")).fails();

        assertThat(answer.failure()).endsWith("kqueue: freebsd: the C library has no kqueue");
    }

    @Test
    void aLibraryWithoutTheCallsIsNamedWithThem() throws Exception {
        Answer answer = Answer.from(JVM.and("-Dringpark.kqueue.library=/no/such/library", "-Dringpark.backend=kqueue"));

        assertThat(answer.fails().failure())
                .contains("ringpark.kqueue.library /no/such/library, ringpark.kqueue.system linux: ");
    }
}
