package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** Whether this machine has what the tests then take away. */
final class Ring {
    private Ring() {}

    /** Skips the test where io_uring cannot be had in the first place. */
    static void require() {
        try {
            CarrierLoop.start(LoopOptions.defaults().withBackend("io_uring")).close();
        } catch (IOException e) {
            Assumptions.abort(e.getMessage());
        }
    }
}
