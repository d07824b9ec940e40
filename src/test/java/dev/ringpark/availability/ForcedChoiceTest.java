package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.house.Samples;
import dev.ringpark.process.Jvm;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What system properties and the environment ask for. */
class ForcedChoiceTest {
    private static final Jvm JVM = Jvm.withFullAccess();

    @Test
    void anUnknownBackendFailsLoudlyAndTellsTheNamesThereAre() throws Exception {
        assertThat(Answer.from(JVM.and("-Dringpark.backend=epollish")).fails().failure())
                .startsWith("java.lang.IllegalArgumentException: ")
                .contains("\"epollish\"").contains("io_uring").contains("selector");
    }

    @Test
    void anUnknownModeFailsLoudlyAndTellsTheNamesThereAre() throws Exception {
        assertThat(Answer.from(JVM.and("-Dringpark.mode=both")).fails().failure())
                .contains("\"both\"").contains("carried").contains("handed-over");
    }

    /** Those on which others depend, and all at once. */
    @ParameterizedTest
    @ValueSource(strings = {"NO_SQARRAY", "DEFER_TASKRUN",
        "NO_SQARRAY,DEFER_TASKRUN,COOP_TASKRUN,RING_FDS,NO_IOWAIT,PBUF_RING,CLOSE,FTRUNCATE,MKDIRAT,RENAMEAT,UNLINKAT"})
    void theRingWorksWithoutTheFeaturesThatAreSaidToBeBad(String without) throws Exception {
        Samples.require("io_uring");
        Answer.from(JVM.and("-Dringpark.backend=io_uring", "-Dringpark.io_uring.without=" + without)).works("io_uring");
    }

    @Test
    void anUnknownFeatureFailsLoudlyAndTellsTheNamesThereAre() throws Exception {
        Samples.require("io_uring");
        assertThat(Answer.from(JVM.and("-Dringpark.io_uring.without=SQPOLL")).fails().failure())
                .contains("\"SQPOLL\"").contains("NO_SQARRAY").contains("UNLINKAT");
    }

    @Test
    void theEnvironmentForcesBackendAndModeWithoutAWordOnOthers() throws Exception {
        Answer answer = Answer.from(
                JVM.variable("RINGPARK_BACKEND", "selector").variable("RINGPARK_MODE", "handed-over"));

        assertThat(answer.works("selector").refusal()).isEmpty();
        assertThat(answer.mode()).isEqualTo("handed-over");
        assertThat(answer.reason()).isEqualTo("asked for");
        assertThat(answer.facts()).containsEntry("carrier", "jdk");
    }

    @Test
    void thePropertyGoesBeforeTheEnvironment() throws Exception {
        Jvm both = JVM.and("-Dringpark.backend=selector", "-Dringpark.mode=carried")
                .variable("RINGPARK_BACKEND", "epollish").variable("RINGPARK_MODE", "handed-over");

        assertThat(Answer.from(both).works("selector").mode()).isEqualTo("carried");
    }
}
