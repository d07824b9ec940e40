package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.BackendChoice;
import dev.ringpark.CarrierLoop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The switch of the whole machine: others would notice, so it is set for the milliseconds of one start. */
@Tag("stress")
class SysctlStressTest {
    private static final Path SWITCH = Path.of("/proc/sys/kernel/io_uring_disabled");

    @Test
    void theSwitchedOffRingLeadsToTheSelectorAndTheSwitchIsNamed() throws IOException {
        Ring.require();
        assumeTrue(Files.isWritable(SWITCH), "kernel.io_uring_disabled cannot be set here");
        BackendChoice choice = chosenWhile("2");

        assertThat(choice.name()).isEqualTo("selector");
        assertThat(choice.refused().get("io_uring")).startsWith("io_uring_setup: EPERM")
                .contains("kernel.io_uring_disabled");
    }

    private static BackendChoice chosenWhile(String value) throws IOException {
        String before = Files.readString(SWITCH);
        try {
            Files.writeString(SWITCH, value);
            try (CarrierLoop loop = CarrierLoop.start()) {
                return loop.backend();
            }
        } finally {
            Files.writeString(SWITCH, before);
        }
    }
}
