package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.process.Finished;
import dev.ringpark.process.StandIn;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What should be there is: other tests are skipped on a backend that cannot be had, and would all be silent about one
 * that nobody can have any more.
 */
class ExpectedBackendsTest {
    private static final List<String> KNOWN = List.of("amd64", "aarch64", "riscv64");

    private static void assertIsThere(String backend) throws IOException {
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withBackend(StandIn.backend(backend)))) {
            assertThat(loop.backend().name()).isEqualTo(StandIn.backend(backend));
        }
    }

    @Test
    void theSelectorIsEverywhere() throws IOException {
        assertIsThere("selector");
    }

    @Test
    void epollIsOnEachLinux() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux") && KNOWN.contains(System.getProperty("os.arch")),
                "this is no Linux whose numbers are known");
        assertIsThere("epoll");
    }

    @Test
    void aRingIsWhereAnotherProgramCanMakeAndEnterOne(@TempDir Path folder) throws Exception {
        Finished other = Finished.run(List.of(Tool.compileC(Path.of("src/test/c/ring.c"), folder).toString()));
        assumeTrue(other.exitCode() == 0, other::err);
        assertIsThere("io_uring");
    }

    @ParameterizedTest
    @ValueSource(strings = {"kqueue of macos", "kqueue of freebsd"})
    void kqueueIsWhereItsStandInCanBeMade(String backend) throws IOException {
        assertIsThere(backend);
    }
}
