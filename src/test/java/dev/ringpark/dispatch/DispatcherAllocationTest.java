package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Allocation;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.StandIn;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests that are used again and again allocate nothing. */
class DispatcherAllocationTest extends DispatcherContract {
    @Test
    void echoesTimeoutsAndReadsAllocateNothing(@TempDir Path folder) throws Exception {
        boolean isRing = backend.equals("io_uring");
        double most = isRing ? 0 : 300;   // elsewhere a round takes a dozen system calls, each with an errno
        List<String> facts = isRing ? List.of("echoes", "timeouts", "reads of a file") : List.of("echoes", "timeouts");
        Path file = Files.write(folder.resolve("file"), new byte[] {1});
        Finished run = Jvm.asUsersHaveIt().and(StandIn.flagsFor(backend).toArray(String[]::new))
                .with(DispatcherAllocation.class, Dispatcher.class)
                .and(StandIn.backend(backend), String.valueOf(most), file.toString()).run().orFail();

        List<String> told = run.out().lines().toList();
        assertThat(told).as("what the program said: %s", run).hasSameSizeAs(facts);
        for (int i = 0; i < told.size(); i++) {
            assertThat(Allocation.told(facts.get(i), told.get(i))).as(told.get(i)).isLessThanOrEqualTo(most);
        }
    }
}
