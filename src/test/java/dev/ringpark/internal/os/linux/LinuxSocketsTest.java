package dev.ringpark.internal.os.linux;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Transfers at once are given the user's memory: the JVM has to see it, or nobody would keep it from being freed. */
@EnabledOnOs(OS.LINUX)
class LinuxSocketsTest {
    private static final int NO_DESCRIPTOR = -1;

    @Test
    void memoryOfAClosedArenaIsNotHandedToTheSystem() {
        MemorySegment gone = freed();

        assertThatThrownBy(() -> LinuxSockets.CALLS.receiveNow(NO_DESCRIPTOR, gone))
                .isExactlyInstanceOf(IllegalStateException.class).hasMessage("Already closed");
        assertThatThrownBy(() -> LinuxSockets.CALLS.sendNow(NO_DESCRIPTOR, gone))
                .isExactlyInstanceOf(IllegalStateException.class).hasMessage("Already closed");
    }

    private static MemorySegment freed() {
        try (Arena arena = Arena.ofShared()) {
            return arena.allocate(8);
        }
    }

    @Test
    void memoryOfAnotherThreadsArenaIsNotHandedToTheSystem() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment foreign = arena.allocate(8);

            assertRefusedElsewhere(() -> LinuxSockets.CALLS.receiveNow(NO_DESCRIPTOR, foreign));
            assertRefusedElsewhere(() -> LinuxSockets.CALLS.sendNow(NO_DESCRIPTOR, foreign));
        }
    }

    private static void assertRefusedElsewhere(ThrowingCallable call) {
        CompletableFuture.runAsync(() ->
                assertThatThrownBy(call).isExactlyInstanceOf(WrongThreadException.class)).join();
    }
}
