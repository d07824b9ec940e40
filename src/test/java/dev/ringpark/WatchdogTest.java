package dev.ringpark;

import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.dispatch.SleepGate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When the watchdog waits, and for how long: without limit wherever there is nothing to be seen. */
@Timeout(60)
class WatchdogTest {
    private final Set<Thread> others = threads();
    private final Watchdog watchdog = new Watchdog();
    private final List<LoopWatch> added = new ArrayList<>();

    /** A loop that does what the test says. */
    private static final class Loop {
        final SleepGate gate = new SleepGate();
        final Counters counters = new Counters();
        final LoopWatch watch;

        Loop(Duration stallAfter) {
            watch = new LoopWatch(
                    LoopOptions.defaults().withStallAfter(stallAfter), true, gate, new RunQueue(), counters);
            watch.startTurn();
        }

        static Loop asleep(Duration stallAfter) {
            Loop loop = new Loop(stallAfter);
            loop.gate.announceSleep();
            return loop;
        }
    }

    private void add(Loop loop) {
        added.add(loop.watch);
        watchdog.add(loop.watch);
    }

    /** A watchdog that is left with a loop awake would look again and again while others count what theirs does. */
    @AfterEach
    void endTheWatchdog() {
        added.forEach(watchdog::remove);
        EngineRig.until(() -> own().isEmpty(), "the thread ends");
    }

    @Test
    void itWaitsWithoutLimitWhileAllLoopsSleep() {
        add(Loop.asleep(Duration.ofMillis(1)));
        add(Loop.asleep(Duration.ofMillis(1)));

        awaitState(Thread.State.WAITING);
    }

    @Test
    void itWaitsForAsLongAsATurnMayLastWhileOneIsAwake() {
        add(Loop.asleep(Duration.ofMillis(1)));
        add(new Loop(Duration.ofHours(1)));

        awaitState(Thread.State.TIMED_WAITING);
    }

    @Test
    void aLoopThatWakesUpEndsTheDozeAndIsWatched() {
        Loop loop = Loop.asleep(Duration.ofMillis(1));
        add(loop);
        awaitState(Thread.State.WAITING);

        wakeUp(loop);

        EngineRig.until(() -> loop.counters.get(Count.STALLS) == 1, "the stall is counted");
    }

    /** Or it would be roused again and again by a loop that is asleep whenever the watchdog looks. */
    @Test
    void onceItIsRousedItRestsForTheThresholdThoughTheLoopSleepsAgain() {
        Loop loop = Loop.asleep(Duration.ofHours(1));
        add(loop);
        awaitState(Thread.State.WAITING);

        watchdog.rouse(loop.watch);

        awaitState(Thread.State.TIMED_WAITING);
    }

    @Test
    void itDozesAgainWhenTheLoopHasGoneBackToSleep() {
        Loop loop = Loop.asleep(Duration.ofMillis(1));
        add(loop);
        for (int i = 0; i < 100; i++) {
            awaitState(Thread.State.WAITING);
            wakeUp(loop);
            loop.gate.announceSleep();
        }
        awaitState(Thread.State.WAITING);
    }

    @Test
    void itsThreadGoesWithTheLastLoopAndComesWithTheNext() {
        Loop first = Loop.asleep(Duration.ofMillis(1));
        Loop second = new Loop(Duration.ofHours(1));
        add(first);
        add(second);
        watchdog.remove(second.watch);
        awaitState(Thread.State.WAITING);

        watchdog.remove(first.watch);
        EngineRig.until(() -> own().isEmpty(), "the thread ends");

        add(first);
        awaitState(Thread.State.WAITING);
    }

    private void wakeUp(Loop loop) {
        loop.watch.startTurn();
        loop.gate.awake();
        watchdog.rouse(loop.watch);
    }

    /** And it stays so: no state it is only passing through. */
    private void awaitState(Thread.State state) {
        EngineRig.until(() -> own().size() == 1 && own().stream().allMatch(each -> each.getState() == state),
                "the watchdog is " + state);
    }

    private Set<Thread> own() {
        Set<Thread> own = new HashSet<>(threads());
        own.removeAll(others);
        return own;
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("ringpark-watchdog")).collect(Collectors.toSet());
    }
}
