package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.LoopStats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The counters count what happens, and nothing happens when nothing is asked. */
class LoopStatsTest extends RiggedLoop {
    private static final long WATCHED_MILLIS = 300;

    @Test
    void eachOperationIsCountedInAndOutOnce() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopStats before = rig.loop.stats();

        for (int i = 0; i < 10; i++) {
            pair.near().write(new byte[1], 0, 1);
        }

        LoopStats after = rig.loop.stats();
        assertThat(after.submitted() - before.submitted()).isEqualTo(10);
        assertThat(after.completed() - before.completed()).isEqualTo(10);
        assertThat(after.staleTokens()).isZero();
        assertThat(after.overflows()).isZero();
    }

    @Test
    void aParkedOperationIsSubmittedAndNotCompleted() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Running<Integer> reader = rig.start(() -> pair.near().read(new byte[1], 0, 1));
        LoopRig.awaitParkedInCall(reader.thread());
        LoopRig.until(() -> rig.loop.stats().submitted() == rig.loop.stats().completed() + 1,
                () -> rig.loop.stats().toString());

        pair.far().getOutputStream().write(1);

        reader.await();
        assertThat(rig.loop.stats().completed()).isEqualTo(rig.loop.stats().submitted());
    }

    @Test
    void aBatchOfThreadsSharesTheSystemCalls() throws Exception {
        List<LoopRig.Pair> pairs = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            pairs.add(rig.pair());
        }
        LoopStats before = rig.loop.stats();

        List<LoopRig.Running<Void>> ends = new ArrayList<>();
        for (LoopRig.Pair pair : pairs) {
            ends.add(rig.start(() -> pingPong(pair, true)));
            ends.add(rig.start(() -> pingPong(pair, false)));
        }
        for (LoopRig.Running<Void> end : ends) {
            end.await();
        }

        LoopStats after = rig.loop.stats();
        double perEnter = (double) (after.completed() - before.completed()) / (after.enters() - before.enters());
        assertThat(after.completed() - before.completed()).isEqualTo(100 * 2 * 2 * 50);
        assertThat(perEnter).isGreaterThan(1);
        assertThat(after.operationsPerEnter())
                .isCloseTo((double) after.completed() / after.enters(), within(0.001));
    }

    private static Void pingPong(LoopRig.Pair pair, boolean near) throws IOException {
        var socket = near ? pair.near() : pair.far();
        byte[] bytes = new byte[1];
        for (int i = 0; i < 50; i++) {
            socket.write(bytes, 0, 1);
            socket.read(bytes, 0, 1);
        }
        return null;
    }

    @Test
    void aCallFromOutsideWakesTheSleepingLoopOnce() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        awaitAsleep();
        long before = rig.loop.stats().wakeups();

        pair.near().write(new byte[1], 0, 1);

        assertThat(rig.loop.stats().wakeups()).isEqualTo(before + 1);
    }

    @Test
    void aTurnThatTakesLongIsRemembered() throws Exception {
        rig.loop.run(() -> {
            long end = System.nanoTime() + Duration.ofMillis(50).toNanos();
            while (System.nanoTime() - end < 0) {
                Thread.onSpinWait();
            }
            return null;
        });
        rig.loop.run(() -> null);   // the next turn: the long one has been noted

        assertThat(rig.loop.stats().longestTurn()).isPositive();
        assumeTrue(LoopRig.isCarried(flavor), "what threads do between their calls is no part of this loop's turn");
        assertThat(rig.loop.stats().longestTurn()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
    }

    // ---- idle ----

    @Test
    void anIdleLoopMakesNoSystemCall() throws Exception {
        assertNothingHappens();
    }

    @Test
    void aLoopWhoseThreadsAllWaitMakesNoSystemCall() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Mixed timed = rig.mixed();
        CountDownLatch never = new CountDownLatch(1);
        long submitted = rig.loop.stats().submitted();
        List<Thread> waiting = List.of(
                rig.start(() -> pair.near().read(new byte[1], 0, 1)).thread(),
                rig.start(() -> timed.near().read(new byte[1], 0, 1, LoopRig.FAR)).thread(),
                rig.start(() -> timed.near().read(new byte[1], 0, 1, LoopRig.FAR)).thread(),
                rig.start(() -> never.await(1, TimeUnit.HOURS)).thread(),
                rig.start(() -> {
                    never.await();
                    return null;
                }).thread());
        waiting.forEach(LoopRig::awaitWaiting);
        LoopRig.until(() -> rig.loop.stats().submitted() >= submitted + 2, () -> rig.loop.stats().toString());

        assertNothingHappens();

        assertThat(waiting).allMatch(Thread::isAlive);
        never.countDown();
        pair.far().getOutputStream().write(new byte[1]);
        timed.far().getOutputStream().write(new byte[2]);
        for (Thread thread : waiting) {
            LoopRig.join(thread);
        }
    }

    private void assertNothingHappens() throws Exception {
        awaitAsleep();
        LoopStats before = rig.loop.stats();
        CountDownLatch nobodyCountsDown = new CountDownLatch(1);

        assertThat(nobodyCountsDown.await(WATCHED_MILLIS, TimeUnit.MILLISECONDS)).isFalse();

        assertThat(rig.loop.stats()).isEqualTo(before);
    }

    /** The loop has made its last system call when a wait in the kernel outlives a look at the counters. */
    private void awaitAsleep() {
        long[] enters = {-1};
        LoopRig.until(() -> {
            boolean asleep = enters[0] > 0   // before that, what it waits for may be a thread that is being started
                    && enters[0] == rig.loop.stats().enters() && isAsleepInTheKernel();
            enters[0] = rig.loop.stats().enters();
            return asleep;
        }, () -> "never asleep");
    }

    /** What Linux says; elsewhere the counters have to do. */
    private boolean isAsleepInTheKernel() {
        try (Stream<Path> tasks = Files.list(Path.of("/proc/self/task"))) {
            return tasks.anyMatch(task -> read(task.resolve("comm")).startsWith(comm())
                    && read(task.resolve("stat")).contains(") S "));
        } catch (IOException notLinux) {
            return true;
        }
    }

    private String comm() {
        return LoopRig.threadName(flavor).substring(0, Math.min(15, LoopRig.threadName(flavor).length()));
    }

    private static String read(Path path) {
        try {
            return Files.readString(path);
        } catch (IOException gone) {
            return "";
        }
    }
}
