package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_NOP;

import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import java.io.IOException;
import org.junit.jupiter.api.Assumptions;

/** Rings for tests, on the test's own thread; a test that cannot have one is skipped with the reason. */
final class Rings {
    private Rings() {}

    static void assumeLinux() {
        Assumptions.assumeTrue(System.getProperty("os.name", "").equals("Linux"), "this system is not Linux");
    }

    static Ring open(int submissionEntries, int completionEntries) throws IOException {
        assumeLinux();
        try {
            return RingSetup.open(new BackendOptions(submissionEntries, completionEntries, 512, 1, 4));
        } catch (BackendUnavailableException e) {
            Assumptions.abort(e.getMessage());
            throw e;
        }
    }

    static void pushNop(Ring ring, long userData) {
        ring.push(Ring.head(IORING_OP_NOP, 0, -1), 0, 0, 0, userData, 0);
    }

    /** Takes the oldest completion, of which there has to be one. */
    static long takeUserData(Ring ring) {
        if (!ring.hasCompletion()) {
            throw new AssertionError("there is no completion");
        }
        long userData = ring.userData();
        ring.advance();
        return userData;
    }
}
