package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.backend.BackendUnavailableException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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
    void whatCannotBeHadForAllIsHadForNoneUnlessItIsForced() throws IOException {
        IOException failure = new IOException("cannot start", new IOException("none",
                new BackendUnavailableException("no more memory may be locked")));

        try (LoopGroup group = LoopGroup.start(3, OPTIONS, options -> failsOnce(options, failure))) {
            assertThat(started.subList(0, 2)).noneMatch(CarrierLoop::isOpen);
            assertThat(group.loops()).isEqualTo(started.subList(2, 5)).allMatch(CarrierLoop::isOpen);
            assertThat(asked.subList(4, 6)).allSatisfy(each -> assertThat(each.refused())
                    .isEqualTo(Map.of("selector", "not for 3 loops: no more memory may be locked")));
            assertThat(asked).extracting(LoopOptions::backend)
                    .containsExactly(null, "selector", "selector", null, "selector", "selector");
            assertThat(group.loops()).extracting(each -> each.backend().refused()).containsOnly(asked.get(3).refused());
        }
        started.clear();
        assertThatThrownBy(() -> LoopGroup.start(3, OPTIONS.withBackend("selector"),
                options -> failsOnce(options, failure))).isSameAs(failure);
        assertThat(started).hasSize(2).noneMatch(CarrierLoop::isOpen);
    }

    /** The third of those it is asked for. */
    private CarrierLoop failsOnce(LoopOptions options, IOException failure) throws IOException {
        if (started.size() == 2 && options.refused().isEmpty()) {
            asked.add(options);
            throw failure;
        }
        return start(options);
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
