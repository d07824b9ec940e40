package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Skips the test where locked memory has a limit, which it has for all but the system's own root. */
    static void requirePrivileges() throws IOException {
        String status = Files.readString(Path.of("/proc/self/status"));
        String effective = status.replaceFirst("(?s).*\\nCapEff:\\s*(\\p{XDigit}+)\\n.*", "$1");
        boolean hasIpcLock = (Long.parseUnsignedLong(effective, 16) & 1 << 14) != 0;
        String users = Files.readString(Path.of("/proc/self/uid_map"));
        Assumptions.assumeTrue(hasIpcLock && users.strip().endsWith(" 4294967295"), "this process is not privileged");
    }
}
