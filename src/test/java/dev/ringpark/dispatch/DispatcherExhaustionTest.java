package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.StandIn;
import dev.ringpark.process.Tool;
import org.junit.jupiter.api.Test;

/** What a dispatcher tells that has run out of descriptors. */
class DispatcherExhaustionTest extends DispatcherContract {
    @Test
    void whatFindsNoDescriptorSaysSoAndIsDoneOnceThereIsOne() throws Exception {
        Tool.require("prlimit");
        Finished run = Jvm.withFullAccess().and(StandIn.flagsFor(backend).toArray(String[]::new))
                .with(DispatcherExhaustion.class, Dispatcher.class).and(StandIn.backend(backend))
                .behind("prlimit", "--nofile=60:60").run();

        assertThat(run.out().lines()).as("what the program said: %s", run).containsExactly(
                "an accept: java.net.SocketException: Too many open files",
                "an open: java.nio.file.FileSystemException: /dev/null: Too many open files",
                "a later accept: 7");
    }
}
