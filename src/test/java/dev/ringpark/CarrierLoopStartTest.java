package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.platform.Backends;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A loop that opens its queue and then cannot be completed. */
class CarrierLoopStartTest {
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

    static List<String> backends() {
        return Backends.names();
    }

    @ParameterizedTest
    @MethodSource("backends")
    void aLoopThatCannotBeCompletedGivesItsQueueBack(String backend) throws IOException {
        Assumptions.assumeTrue(Files.isDirectory(DESCRIPTORS), "no /proc here");
        LoopOptions options = LoopOptions.defaults().withName("incomplete").withBackend(backend);
        startAndClose(options);   // what the JDK opens once and keeps
        List<String> before = queues();

        assertThatThrownBy(() -> CarrierLoop.start(options, ignored -> {
            assertThat(queues()).as("the queue is open by now").hasSizeGreaterThan(before.size());
            throw new OutOfMemoryError("as if");
        })).isInstanceOf(OutOfMemoryError.class).hasMessage("as if");

        assertThat(before).containsAll(queues());
    }

    private static void startAndClose(LoopOptions options) {
        try {
            CarrierLoop.start(options).close();
        } catch (IOException e) {
            Assumptions.abort(e.getMessage());
        }
    }

    /** The rings, polls and wake-up descriptors of this process, each with its number. */
    private static List<String> queues() {
        try (Stream<Path> open = Files.list(DESCRIPTORS)) {
            return open.map(each -> each.getFileName() + " " + target(each))
                    .filter(each -> each.contains(" anon_inode:")).toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return closedMeanwhile.toString();
        }
    }
}
