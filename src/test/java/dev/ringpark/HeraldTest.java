package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.ringpark.contract.Seed;
import dev.ringpark.contract.SmallStack;
import dev.ringpark.internal.jdk.VirtualThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The herald between a loop, which is the test's thread, and sleepers whose scheduler is the test's too: who has been
 * woken stands in a queue, in the order of the wakes, and runs when the test says so.
 */
@Timeout(60)
class HeraldTest {
    private static final long LONG_SECONDS = 10;
    private static final int CLOSE_BY = 100;   // frames above the last: below that every one is tried
    private static final int ENOUGH = 20;      // sends in a row that had the stack they need

    private final BlockingQueue<Runnable> woken = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> wakes = new LinkedBlockingQueue<>();   // by number of the sleeper
    private final Semaphore rings = new Semaphore(0);
    private final Semaphore mayRing = new Semaphore(0);
    private final Queue<Error> failures = new ConcurrentLinkedQueue<>();   // to end calls to the loop with
    private boolean holdsRings;
    private volatile Thread heraldThread;
    private final Herald herald = new Herald(this::ring);

    /** The herald's call to the loop; where a test may hold it, between its waking and its parking. */
    @SuppressWarnings("ThreadPriorityCheck")   // a park in here would take the permit that is tested
    private void ring() {
        heraldThread = Thread.currentThread();
        rings.release();
        Error failure = failures.poll();
        if (failure != null) {
            throw failure;
        }
        while (holdsRings && !mayRing.tryAcquire()) {
            Thread.yield();
        }
    }

    @BeforeEach
    void lookForSchedulers() {
        String refusal = VirtualThreads.refusal();
        Assumptions.assumeTrue(refusal == null, refusal);
    }

    /** Parked threads, each of which notes every wake. */
    private List<Thread> sleepers(int count) throws InterruptedException {
        List<Thread> sleepers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int number = i;
            sleepers.add(VirtualThreads.builder(woken::add).start(() -> {
                while (true) {
                    LockSupport.park();
                    wakes.add(number);
                }
            }));
        }
        runWoken(count);
        assertThat(wakes).isEmpty();
        return sleepers;
    }

    private void runWoken(int count) throws InterruptedException {
        for (int i = 0; i < count; i++) {
            Runnable next = woken.poll(LONG_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("sleeper %d of those to be woken", i).isNotNull();
            next.run();
        }
    }

    private void awaitRing() throws InterruptedException {
        assertThat(rings.tryAcquire(LONG_SECONDS, TimeUnit.SECONDS)).as("the herald rings").isTrue();
    }

    /** For a herald that has rung, or will. */
    private void awaitEnd() throws InterruptedException {
        if (heraldThread == null) {
            awaitRing();
        }
        assertThat(heraldThread.join(Duration.ofSeconds(LONG_SECONDS))).as("the herald ends").isTrue();
    }

    // ---- waking ----

    @Test
    void wakesEverybodyOnceInTheOrderTheyWereGivenIn() throws Exception {
        List<Thread> sleepers = sleepers(100);
        herald.start();
        sleepers.forEach(herald::unpark);
        herald.announce();
        runWoken(100);
        herald.dismiss();
        awaitEnd();

        assertThat(wakes).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
        assertThat(woken).as("woken twice").isEmpty();
    }

    @Test
    void wakesNobodyBeforeItIsAnnounced() throws Exception {
        Thread sleeper = sleepers(1).getFirst();
        herald.start();
        awaitRing();
        awaitParked();
        herald.unpark(sleeper);
        assertThat(woken).isEmpty();

        herald.announce();

        runWoken(1);
        assertThat(wakes).containsExactly(0);
        herald.dismiss();
        awaitEnd();
    }

    @Test
    void anAnnounceWithoutAnybodyToWakeDoesNotSetItOff() throws Exception {
        herald.start();
        awaitRing();
        awaitParked();

        herald.announce();

        assertThat(heraldThread.getState()).isEqualTo(Thread.State.WAITING);
        assertThat(rings.availablePermits()).isZero();
        herald.dismiss();
        awaitEnd();
    }

    @Test
    void aPlatformThreadIsWokenAtOnce() throws Exception {
        Thread sleeper = Thread.ofPlatform().daemon().start(LockSupport::park);
        while (sleeper.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }

        herald.unpark(sleeper);   // it has not even been started

        assertThat(sleeper.join(Duration.ofSeconds(LONG_SECONDS))).isTrue();
    }

    @Test
    void whoIsGivenToItBeforeItStartsIsWokenToo() throws Exception {
        herald.unpark(sleepers(1).getFirst());
        herald.announce();
        herald.start();

        runWoken(1);
        assertThat(wakes).containsExactly(0);
        herald.dismiss();
        awaitEnd();
    }

    @Test
    void aSignalThatComesWhileItRingsSendsItRoundOnceMore() throws Exception {
        holdsRings = true;
        Thread sleeper = sleepers(1).getFirst();
        herald.start();
        awaitRing();
        herald.unpark(sleeper);
        herald.announce();
        assertThat(woken).isEmpty();
        mayRing.release(1000);

        runWoken(1);
        assertThat(wakes).containsExactly(0);
        herald.dismiss();
        awaitEnd();
    }

    @Test
    void whatFailsInOneRoundDoesNotEndIt() throws Exception {
        List<Thread> sleepers = sleepers(3);
        failures.add(new OutOfMemoryError("made up"));
        herald.start();
        awaitRing();
        sleepers.forEach(herald::unpark);
        herald.announce();
        runWoken(3);
        herald.dismiss();
        awaitEnd();

        assertThat(wakes).containsExactly(0, 1, 2);
        assertThat(failures).isEmpty();
    }

    // ---- ringing ----

    @Test
    void eachSendRings() throws Exception {
        herald.start();
        awaitRing();
        for (int i = 0; i < 100; i++) {
            awaitParked();
            herald.send();
            awaitRing();
        }
        herald.dismiss();
        awaitEnd();
    }

    @Test
    void aSendThatComesWhileItRingsIsNotForgotten() throws Exception {
        holdsRings = true;
        herald.start();
        awaitRing();
        herald.send();
        mayRing.release();

        awaitRing();
        mayRing.release(1000);
        herald.dismiss();
        awaitEnd();
    }

    /** The first has called it already; the second comes after its look, perhaps, and so calls it again. */
    @Test
    void aSecondSendWhileItRingsForTheFirstIsNotForgotten() throws Exception {
        holdsRings = true;
        herald.start();
        awaitRing();
        mayRing.release();
        awaitParked();
        herald.send();
        awaitRing();
        herald.send();
        mayRing.release();

        awaitRing();
        mayRing.release(1000);
        herald.dismiss();
        awaitEnd();
    }

    @Test
    void aSendThatARoundFailedUponIsAnsweredByTheNext() throws Exception {
        herald.start();
        awaitRing();
        awaitParked();
        failures.add(new OutOfMemoryError("made up"));
        herald.send();
        awaitRing();
        awaitRing();               // it has gone round again at once
        awaitParked();
        herald.send();

        awaitRing();
        herald.dismiss();
        awaitEnd();
    }

    @Test
    void aSendWithTooLittleStackDoesNotKeepTheNextFromRinging() throws Exception {
        herald.start();
        awaitRing();

        int refused = SmallStack.runEverFurtherUp(herald::send, CLOSE_BY, ENOUGH, () -> {
            awaitParked();
            rings.drainPermits();
            herald.send();
            awaitRing();
        });

        assertThat(refused).isPositive();
        herald.dismiss();
        awaitEnd();
    }

    /** The sender calls, the herald forgets the call and looks: in any order but these two, one misses the other. */
    @Test
    void sendsThatRaceItsLooksLeaveNoMailBehind() throws Exception {
        Seed seed = new Seed().tell("sends");
        SplittableRandom random = seed.random(0);
        AtomicBoolean mail = new AtomicBoolean();
        Herald one = new Herald(() -> mail.set(false));
        one.start();
        long start = System.nanoTime();
        for (int round = 0; round < 50_000 && System.nanoTime() - start < 5_000_000_000L; round++) {
            spin(random.nextInt(30));
            mail.set(true);
            one.send();
            awaitTaken(mail, seed);
        }
        one.dismiss();
    }

    private static void awaitTaken(AtomicBoolean mail, Seed seed) {
        long start = System.nanoTime();
        while (mail.get()) {
            if (System.nanoTime() - start > TimeUnit.SECONDS.toNanos(LONG_SECONDS)) {
                throw new AssertionError("left behind, seed " + seed);
            }
            Thread.onSpinWait();
        }
    }

    private void awaitParked() {
        while (heraldThread.getState() != Thread.State.WAITING) {
            Thread.onSpinWait();
        }
    }

    // ---- dismissal ----

    @Test
    void whoWasGivenToItBetweenItsLookAndItsDismissalIsWoken() throws Exception {
        holdsRings = true;
        List<Thread> sleepers = sleepers(3);
        herald.start();
        awaitRing();               // it has looked, found nobody, and not yet parked
        sleepers.forEach(herald::unpark);
        herald.dismiss();
        herald.announce();
        mayRing.release(1000);

        runWoken(3);
        awaitEnd();
        assertThat(wakes).containsExactly(0, 1, 2);
    }

    @Test
    void whoWasGivenToItAndNotAnnouncedBeforeItsDismissalIsWoken() throws Exception {
        List<Thread> sleepers = sleepers(3);
        herald.start();
        awaitRing();
        awaitParked();
        sleepers.forEach(herald::unpark);
        herald.dismiss();          // and no announce at all

        runWoken(3);
        awaitEnd();
        assertThat(wakes).containsExactly(0, 1, 2);
    }

    @Test
    void afterItsDismissalEverybodyIsWokenAtOnce() throws Exception {
        Thread sleeper = sleepers(1).getFirst();
        herald.start();
        awaitRing();
        herald.dismiss();
        awaitEnd();

        herald.unpark(sleeper);

        assertThat(woken).hasSize(1);
        assertThatCode(herald::announce).doesNotThrowAnyException();
        runWoken(1);
        assertThat(wakes).containsExactly(0);
    }

    @Test
    void dismissalsThatRaceTheHeraldLoseNobody() throws Exception {
        Seed seed = new Seed().tell("dismissals");
        SplittableRandom random = seed.random(0);
        List<Thread> sleepers = sleepers(4);
        for (int round = 0; round < 2_000; round++) {
            Herald one = new Herald(() -> { });
            one.start();
            spin(random.nextInt(300));
            for (Thread sleeper : sleepers) {
                one.unpark(sleeper);
                if (random.nextInt(4) == 0) {
                    one.announce();
                }
                spin(random.nextInt(30));
            }
            one.dismiss();
            one.announce();
            runWoken(sleepers.size());
            assertThat(wakes).as("seed %s, round %d", seed, round).containsExactly(0, 1, 2, 3);
            wakes.clear();
        }
    }

    private static void spin(int times) {
        for (int i = 0; i < times; i++) {
            Thread.onSpinWait();
        }
    }
}
