package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.StandIn;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is opened when the descriptors run out half way is given back, wherever that is. */
@EnabledOnOs(OS.LINUX)
class FailedStartTest {
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void aLoopThatRunsOutOfDescriptorsAtAnyClassFailsAndLeavesNoneOpen(String backend) throws Exception {
        assertLeavesNone(backend, CarrierLoop.class, "start");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void aDispatcherThatRunsOutOfDescriptorsAtAnyClassFailsAndLeavesNoneOpen(String backend) throws Exception {
        assertLeavesNone(backend, Dispatcher.class, "open");
    }

    private static void assertLeavesNone(String backend, Class<?> type, String method) throws Exception {
        Finished run = Jvm.withFullAccess().and(StandIn.flagsFor(backend).toArray(String[]::new))
                .and("-Dringpark.backend=" + StandIn.backend(backend))
                .with(StartProbe.class, CarrierLoop.class).and(type.getName(), method).run();

        assertThat(run.out()).as("what the probe said: %s", run)
                .matches("opens with [3-9] descriptors, or [1-9][0-9]+ classes\\R");
    }
}
