package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A virtual thread may outlive its loop: whatever it waits for, it goes on when that comes. */
@ParameterizedClass(name = "{0}")
@EnumSource(Flavor.class)
class LoopAfterlifeTest {
    @Parameter
    Flavor flavor;

    @Test
    void aThreadThatSleepsWhenItsLoopClosesWakesAtItsTime() throws Exception {
        CarrierLoop loop = flavor.start();
        long startNanos = System.nanoTime();
        Thread sleeper = loop.startVirtualThread(() -> LockSupport.parkNanos(Duration.ofMillis(200).toNanos()));
        LoopRig.awaitWaiting(sleeper);

        loop.close();

        LoopRig.join(sleeper);
        assertThat(System.nanoTime() - startNanos).isGreaterThanOrEqualTo(Duration.ofMillis(200).toNanos());
    }

    @Test
    void aThreadThatWaitsForALockWhenItsLoopClosesGetsIt() throws Exception {
        CarrierLoop loop = flavor.start();
        Object lock = new Object();
        AtomicBoolean got = new AtomicBoolean();
        Thread waiter;
        synchronized (lock) {
            waiter = loop.startVirtualThread(() -> {
                synchronized (lock) {
                    got.set(true);
                }
            });
            LoopRig.until(() -> waiter.getState() == Thread.State.BLOCKED, () -> "not blocked: " + waiter.getState());

            loop.close();
        }

        LoopRig.join(waiter);
        assertThat(got).isTrue();
    }

    @Test
    void aThreadThatWaitsInAQueueWhenItsLoopClosesGetsItsElement() throws Exception {
        CarrierLoop loop = flavor.start();
        SynchronousQueue<String> queue = new SynchronousQueue<>();
        LoopRig.Running<String> taker = LoopRig.startOn(loop, queue::take);
        LoopRig.awaitWaiting(taker.thread());

        loop.close();

        assertThat(queue.offer("late", LoopRig.FAR.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(taker.await()).isEqualTo("late");
    }

    @SuppressWarnings("ThreadPriorityCheck")   // a thread that is never without work
    @Test
    void aThreadThatNeverParksGoesOnAfterItsLoop() throws Exception {
        CarrierLoop loop = flavor.start();
        AtomicBoolean stop = new AtomicBoolean();
        CountDownLatch spins = new CountDownLatch(1);
        Thread spinner = loop.startVirtualThread(() -> {
            while (!stop.get()) {
                spins.countDown();
                Thread.yield();
            }
        });
        spins.await();

        loop.close();

        assertThat(spinner.isAlive()).isTrue();
        stop.set(true);
        LoopRig.join(spinner);
    }

    @Test
    void aThreadThatWasMadeBeforeAndStartedAfterTheCloseRuns() throws Exception {
        CarrierLoop loop = flavor.start();
        AtomicBoolean ran = new AtomicBoolean();
        Thread late = loop.threadFactory().newThread(() -> ran.set(true));

        loop.close();
        late.start();

        LoopRig.join(late);
        assertThat(ran).isTrue();
    }

    @Test
    void timedParksThatBeginAndEndWhileTheLoopClosesAllGoOn() throws Exception {
        for (int round = 0; round < 3; round++) {
            AtomicBoolean go = new AtomicBoolean();
            CarrierLoop loop = flavor.start();
            List<Thread> parked = parkUntil(go, loop);
            Thread unparker = unparkUntil(go, parked);

            loop.close();

            go.set(true);
            LoopRig.join(unparker);
            parked.forEach(LockSupport::unpark);
            for (Thread thread : parked) {
                LoopRig.join(thread);
            }
        }
    }

    private static List<Thread> parkUntil(AtomicBoolean go, CarrierLoop loop) {
        List<Thread> parked = new ArrayList<>();
        for (int i = 0; i < 300; i++) {
            parked.add(loop.startVirtualThread(() -> {
                while (!go.get()) {
                    LockSupport.parkNanos(Duration.ofMinutes(10).toNanos());
                }
            }));
        }
        parked.forEach(LoopRig::awaitWaiting);
        return parked;
    }

    private static Thread unparkUntil(AtomicBoolean go, List<Thread> parked) throws InterruptedException {
        CountDownLatch unparking = new CountDownLatch(1);
        Thread unparker = Thread.ofPlatform().daemon().start(() -> {
            while (!go.get()) {
                parked.forEach(LockSupport::unpark);
                unparking.countDown();
            }
        });
        unparking.await();
        return unparker;
    }

    @SuppressWarnings("ThreadPriorityCheck")   // threads that are never without work
    @Test
    void manyThreadsThatGoOnAfterTheCloseNeedFewPlatformThreads() throws Exception {
        CarrierLoop loop = flavor.start();
        AtomicBoolean stop = new AtomicBoolean();
        List<LoopRig.Running<Integer>> workers = new ArrayList<>();
        for (int i = 0; i < 500; i++) {
            workers.add(LoopRig.startOn(loop, () -> {
                int steps = 0;
                for (; !stop.get(); steps++) {
                    Thread.yield();
                }
                return steps;
            }));
        }
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        threads.resetPeakThreadCount();
        int before = threads.getThreadCount();

        loop.close();

        stop.set(true);
        for (LoopRig.Running<Integer> worker : workers) {
            assertThat(worker.await()).isNotNegative();
        }
        assertThat(threads.getPeakThreadCount() - before).isLessThan(50);
    }
}
