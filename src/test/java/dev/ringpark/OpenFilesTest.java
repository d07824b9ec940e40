package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Running out of descriptors is told with the cure; nothing else is. */
class OpenFilesTest {
    @Test
    void theLimitThatIsReachedIsNamedWithItsCure() {
        assertThat(OpenFiles.withCure("Too many open files")).startsWith("Too many open files: ").contains("ulimit -n");
        assertThat(OpenFiles.withCure("Too many open files in system"))
                .startsWith("Too many open files in system: ").contains("fs.file-max");
    }

    @Test
    void otherMessagesStayAsTheyAre() {
        assertThat(OpenFiles.withCure("Connection reset")).isEqualTo("Connection reset");
        assertThat(OpenFiles.withCure(null)).isNull();
    }
}
