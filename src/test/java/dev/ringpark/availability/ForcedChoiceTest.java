package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Jvm;
import org.junit.jupiter.api.Test;

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
