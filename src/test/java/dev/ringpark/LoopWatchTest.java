package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.dispatch.SleepGate;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Which turns are stalls, on a clock the test sets: nothing but a turn that goes on. */
class LoopWatchTest {
    private static final long STALL_NANOS = Duration.ofMillis(10).toNanos();
    private static final long BORN_NANOS = -5;   // a clock may start below zero, and pass it

    private final SleepGate gate = new SleepGate();
    private final Counters counters = new Counters();
    private final LoopWatch watch = new LoopWatch(
            LoopOptions.defaults().withStallAfter(Duration.ofNanos(STALL_NANOS)), true, gate, new RunQueue(), counters);

    @BeforeEach
    void beginATurn() {
        watch.startTurn(BORN_NANOS);
    }

    @Test
    void aTurnIsAStallFromTheThresholdOn() {
        assertThat(watch.count(BORN_NANOS)).isFalse();
        assertThat(watch.count(BORN_NANOS + STALL_NANOS - 1)).isFalse();
        assertThat(watch.count(BORN_NANOS + STALL_NANOS)).isTrue();
        assertThat(counters.get(Count.STALLS)).isOne();
    }

    @Test
    void aStallIsCountedOnceHoweverLongItLastsAndTheNextOneAgain() {
        assertThat(watch.count(BORN_NANOS + STALL_NANOS)).isTrue();
        assertThat(watch.count(BORN_NANOS + 100 * STALL_NANOS)).isFalse();
        assertThat(watch.isStalled()).isTrue();

        watch.startTurn(BORN_NANOS + 200 * STALL_NANOS);

        assertThat(watch.isStalled()).isFalse();
        assertThat(watch.count(BORN_NANOS + 200 * STALL_NANOS + 1)).isFalse();
        assertThat(watch.count(BORN_NANOS + 201 * STALL_NANOS)).isTrue();
        assertThat(counters.get(Count.STALLS)).isEqualTo(2);
    }

    @Test
    void manyShortTurnsAreNone() {
        for (long now = BORN_NANOS; now < 100 * STALL_NANOS; now += STALL_NANOS - 1) {
            watch.startTurn(now);
            assertThat(watch.count(now + STALL_NANOS - 1)).isFalse();
        }
    }

    @Test
    void aLoopThatSleepsDoesNotStall() {
        gate.announceSleep();

        assertThat(watch.count(BORN_NANOS + 1000 * STALL_NANOS)).isFalse();
    }

    /** The sender has opened the gate; the turn that is told is still the one that went to sleep. */
    @Test
    void aLoopThatHasBeenWokenAndHasNotComeBackYetDoesNotStall() {
        gate.announceSleep();
        gate.wakeIfAsleep(() -> { });

        assertThat(watch.count(BORN_NANOS + 1000 * STALL_NANOS)).isFalse();
    }

    @Test
    void aLoopThatHasLeftDoesNotStall() {
        gate.close();

        assertThat(watch.count(BORN_NANOS + 1000 * STALL_NANOS)).isFalse();
    }

    @Test
    void afterASleepTheTurnCountsFromItsOwnBeginning() {
        gate.announceSleep();
        watch.startTurn(BORN_NANOS + 1000 * STALL_NANOS);
        gate.awake();

        assertThat(watch.count(BORN_NANOS + 1001 * STALL_NANOS - 1)).isFalse();
        assertThat(watch.count(BORN_NANOS + 1001 * STALL_NANOS)).isTrue();
    }

    @Test
    void theNextLookIsWhenTheTurnWouldBeAStallAndElseTheThresholdAway() {
        assertThat(watch.pauseNanos(BORN_NANOS)).isEqualTo(STALL_NANOS);
        assertThat(watch.pauseNanos(BORN_NANOS + STALL_NANOS - 1)).isOne();
        assertThat(watch.pauseNanos(BORN_NANOS + STALL_NANOS)).isEqualTo(STALL_NANOS);
        gate.announceSleep();
        assertThat(watch.pauseNanos(BORN_NANOS + 1)).as("asleep").isEqualTo(STALL_NANOS);
    }
}
