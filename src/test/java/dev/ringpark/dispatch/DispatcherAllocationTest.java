package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

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
        List<String> nothing = backend.equals("io_uring")
                ? List.of("echoes: nothing", "timeouts: nothing", "reads of a file: nothing")
                : List.of("echoes: nothing", "timeouts: nothing");
        Path file = Files.write(folder.resolve("file"), new byte[] {1});
        Finished run = Jvm.asUsersHaveIt().and(StandIn.flagsFor(backend).toArray(String[]::new))
                .with(DispatcherAllocation.class, Dispatcher.class).and(StandIn.backend(backend), file.toString()).run()
                .orFail();

        assertThat(run.out().lines()).as("what the program said: %s", run).containsExactlyElementsOf(nothing);
    }
}
