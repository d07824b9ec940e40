package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the loops of a group are started, and what becomes of them if one cannot be. */
class LoopGroupTest {
    private static final LoopOptions OPTIONS = LoopOptions.defaults().withName("group");

    private final List<CarrierLoop> started = new ArrayList<>();
    private final List<LoopOptions> asked = new ArrayList<>();

    private CarrierLoop start(LoopOptions options) throws IOException {
        asked.add(options);
        CarrierLoop loop = CarrierLoop.start(options.withBackend("selector"));
        started.add(loop);
        return loop;
    }

    @Test
    void eachLoopHasANumberInItsNameAndTheBackendOfTheFirst() throws IOException {
        try (LoopGroup group = LoopGroup.start(3, OPTIONS, this::start)) {
            assertThat(asked).containsExactly(OPTIONS.withName("group-1"),
                    OPTIONS.withName("group-2").withBackend("selector"),
                    OPTIONS.withName("group-3").withBackend("selector"));
            assertThat(group.loops()).isEqualTo(started);
            assertThat(group.toString()).startsWith("LoopGroup[3 x CarrierLoop[group-1, selector, ").endsWith("]]");
        }
        assertThat(started).noneMatch(CarrierLoop::isOpen);
    }

    @Test
    void aLoopThatCannotBeStartedClosesThoseBefore() {
        IOException failure = new IOException("no more descriptors");

        assertThatThrownBy(() -> LoopGroup.start(4, OPTIONS, options -> {
            if (started.size() == 2) {
                throw failure;
            }
            return start(options);
        })).isSameAs(failure);

        assertThat(started).hasSize(2).noneMatch(CarrierLoop::isOpen);
    }

    @Test
    void thereIsALoopForEachProcessorUnlessANumberIsGiven() throws IOException {
        try (LoopGroup group = LoopGroup.start()) {
            assertThat(group.loops()).hasSize(Runtime.getRuntime().availableProcessors());
        }
        try (LoopGroup group = LoopGroup.start(1)) {
            assertThat(group.loops()).hasSize(1);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 1025, Integer.MIN_VALUE})
    void aCountOutOfRangeIsRefused(int count) {
        assertThatThrownBy(() -> LoopGroup.start(count, OPTIONS, this::start))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("count is " + count + "; it has to be 1 to 1024");
        assertThat(started).isEmpty();
    }

    @Test
    void countsAreAddedUpAndTheLongestTurnIsTheLongerOne() {
        LoopStats one = new LoopStats(1, 2, 3, 4, 5, 6, Duration.ofMillis(7), 8);
        LoopStats other = new LoopStats(10, 20, 30, 40, 50, 60, Duration.ofMillis(3), 80);
        LoopStats both = new LoopStats(11, 22, 33, 44, 55, 66, Duration.ofMillis(7), 88);

        assertThat(one.plus(other)).isEqualTo(both);
        assertThat(other.plus(one)).isEqualTo(both);
    }
}
