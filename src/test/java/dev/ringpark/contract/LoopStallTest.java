package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Who keeps a loop from its turns is told and counted; who waits is not. */
@ParameterizedClass(name = "{0}")
@EnumSource(Flavor.class)
class LoopStallTest {
    private static final Duration STALL = Duration.ofMillis(300);   // a busy machine keeps a loop waiting, too
    private static final long WATCHED_MILLIS = 300;

    @Parameter
    Flavor flavor;

    private final AtomicBoolean stop = new AtomicBoolean();
    private final CountDownLatch release = new CountDownLatch(1);
    private final List<LoopRig> rigs = new ArrayList<>();
    private final LoggedLines log = new LoggedLines();
    private LoopRig rig;
    private long stallsBefore;   // the hog writes it, before it is said to run

    @BeforeEach
    void open() throws Exception {
        rig = rig(flavor.options().withStallAfter(STALL));
    }

    @AfterEach
    void close() {
        stop.set(true);
        release.countDown();
        rigs.forEach(LoopRig::close);
        log.close();
    }

    private LoopRig rig(LoopOptions options) throws Exception {
        LoopRig made = new LoopRig(flavor, options);
        rigs.add(made);
        return made;
    }

    // ---- told ----

    @Test
    void aThreadThatComputesIsToldWithItsNameAndItsStack() throws Exception {
        assumeCarried();
        Thread hog = startHog(rig, "cruncher");

        LogRecord line = log.await(told("cruncher"));

        assertThat(line.getLevel()).isEqualTo(Level.WARNING);
        assertThat(line.getMessage()).startsWith(Flavor.LOOP_NAME + ": no turn of the loop for ")
                .contains("VirtualThread[#" + hog.threadId() + ",cruncher]");
        assertThat(line.getThrown().getStackTrace()).extracting(StackTraceElement::getMethodName)
                .contains("compute").doesNotContain("turn");
        assertThat(rig.loop.stats().stalls()).isEqualTo(stallsBefore + 1);
    }

    @Test
    void aThreadThatBlocksWhereItCannotLeaveItsCarrierIsTold() throws Exception {
        assumeCarried();
        LoopRig.Running<Void> blocked = rig.start(() -> {
            Thread.currentThread().setName("blocked");
            return LoopPinnedCall.make(() -> {
                release.await();
                return null;
            });
        });

        LogRecord line = log.await(told("blocked"));

        assertThat(line.getThrown().getStackTrace()).extracting(StackTraceElement::getMethodName)
                .contains("<clinit>", "await");
        release.countDown();
        blocked.await();
    }

    /** The thread that runs keeps its place when the queue of the others grows. */
    @Test
    void aThreadThatHasStartedManyOthersIsTold() throws Exception {
        assumeCarried();
        rig.start(() -> {
            Thread.currentThread().setName("starter");
            for (int i = 0; i < 1_000; i++) {
                rig.loop.startVirtualThread(() -> { });
            }
            compute();
            return null;
        });

        assertThat(log.await(told("starter")).getThrown().getStackTrace())
                .extracting(StackTraceElement::getMethodName).contains("compute");
    }

    @Test
    void eachStallCountsOnceHoweverLongItLasts() throws Exception {
        assumeCarried();
        Thread hog = startHog(rig, "first");
        long counted = stallsBefore + 1;
        log.await(told("first"));
        awaitLooks();
        assertThat(rig.loop.stats().stalls()).isEqualTo(counted);

        stop.set(true);
        LoopRig.join(hog);
        stop.set(false);
        startHog(rig, "second");
        log.await(told("second"));

        assertThat(rig.loop.stats().stalls()).isGreaterThan(counted);
        assertThat(log.count(told("first"))).isOne();
    }

    // ---- not told ----

    @Test
    void threadsThatWaitAreNotTold() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Mixed pinned = rig.mixed();
        List<Thread> waiting = List.of(
                rig.start(() -> pair.near().read(new byte[1], 0, 1)).thread(),
                rig.start(() -> release.await(1, TimeUnit.HOURS)).thread());
        waiting.forEach(LoopRig::awaitWaiting);
        long submitted = rig.loop.stats().submitted();
        rig.start(() -> LoopPinnedCall.make(() -> pinned.near().read(new byte[1], 0, 1)));
        LoopRig.until(() -> rig.loop.stats().submitted() > submitted, () -> "not submitted");
        long before = rig.loop.stats().stalls();

        awaitLooks();

        assertThat(rig.loop.stats().stalls()).isEqualTo(before);
    }

    @Test
    void inHandedOverModeAThreadThatComputesKeepsNoLoopAndIsNotTold() throws Exception {
        assumeTrue(!LoopRig.isCarried(flavor), "here it does, and is");
        startHog(rig, "elsewhere");
        awaitLooks();

        assertThat(rig.loop.stats().stalls()).isZero();
        assertThat(log.count(told("elsewhere"))).isZero();
    }

    @Test
    void withAThresholdOfZeroNobodyLooks() throws Exception {
        LoopRig unwatched = rig(flavor.options().withName("unwatched").withStallAfter(Duration.ZERO));
        startHog(unwatched, "unseen");
        awaitLooks();

        assertThat(unwatched.loop.stats().stalls()).isZero();
        assertThat(log.count(told("unseen"))).isZero();
    }

    @Test
    void anIdleLoopLetsTheWatchdogSleep() throws Exception {
        assumeCarried();
        LoopRig quick = rig(flavor.options().withName("quick").withStallAfter(Duration.ofMillis(1)));
        quick.loop.run(() -> null);
        LoopRig.until(() -> doWatchdogsDoze() && doAllSleep(), () -> "the watchdog does not doze");
        long before = VoluntarySwitches.of("ringpark-watchdog");
        CountDownLatch nobodyCountsDown = new CountDownLatch(1);

        assertThat(nobodyCountsDown.await(WATCHED_MILLIS, TimeUnit.MILLISECONDS)).isFalse();

        assertThat(VoluntarySwitches.of("ringpark-watchdog")).isEqualTo(before);
    }

    /** A loop that is still on its way to sleep, or to its last turn, would rouse the watchdog once more. */
    private static boolean doAllSleep() {
        return Stream.of("quick-loop", Flavor.LOOP_NAME + "-loop", "ringpark-watchdog")
                .allMatch(VoluntarySwitches::doSleep);
    }

    @Test
    void aLoopThatWakesUpOftenRousesTheWatchdogOnceInAThresholdAtMost() throws Exception {
        assumeCarried();
        rigs.removeLast().close();
        LoopRig slow = rig(flavor.options().withName("slow").withStallAfter(LoopRig.FAR));
        slow.loop.run(() -> null);   // so that it has slept once, or is about to
        long before = VoluntarySwitches.of("ringpark-watchdog");
        long wakeups = slow.loop.stats().wakeups();

        LoopRig.until(() -> {
            slow.loop.startVirtualThread(() -> { });
            return slow.loop.stats().wakeups() - wakeups >= 200;
        }, () -> slow.loop.stats().toString());

        assertThat(VoluntarySwitches.of("ringpark-watchdog") - before).isLessThan(10);
    }

    private static boolean doWatchdogsDoze() {
        return Thread.getAllStackTraces().keySet().stream().filter(each -> each.getName().equals("ringpark-watchdog"))
                .allMatch(each -> each.getState() == Thread.State.WAITING);
    }

    // ---- hogs ----

    private void assumeCarried() {
        assumeTrue(LoopRig.isCarried(flavor), "the loop runs no thread but its own");
    }

    /** The name as a line has it that tells of the thread; the name alone may be a word of any line. */
    private static String told(String name) {
        return "," + name + "]";
    }

    /** Returns when it runs. */
    private Thread startHog(LoopRig on, String name) throws Exception {
        CountDownLatch running = new CountDownLatch(1);
        Thread hog = on.start(() -> {
            stallsBefore = on.loop.stats().stalls();
            Thread.currentThread().setName(name);
            running.countDown();
            compute();
            return null;
        }).thread();
        running.await();
        return hog;
    }

    private void compute() {
        while (!stop.get()) {
            Thread.onSpinWait();
        }
    }

    /** Returns when the watchdog has found two stalls of another loop, one after the other, of the same threshold. */
    private void awaitLooks() throws Exception {
        LoopRig other = new LoopRig(Flavor.SELECTOR_CARRIED,
                Flavor.SELECTOR_CARRIED.options().withName("other").withStallAfter(STALL).withMode(LoopMode.CARRIED));
        rigs.add(other);
        long before = other.loop.stats().stalls();
        for (int i = 1; i <= 2; i++) {
            CountDownLatch seen = new CountDownLatch(1);
            LoopRig.Running<Void> pinned = other.start(() -> LoopPinnedCall.make(() -> {
                seen.await();
                return null;
            }));
            long expected = before + i;
            try {
                LoopRig.until(() -> other.loop.stats().stalls() >= expected, () -> other.loop.stats().toString());
            } finally {
                seen.countDown();
            }
            pinned.await();
        }
    }
}
