package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** Every timed wait of the JDK works on a loop: never early, and ended by what it waits for. */
class LoopTimeTest extends RiggedLoop {
    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long WAIT_MILLIS = 30;
    private static final long FAR_MILLIS = LoopRig.FAR.toMillis();

    /** A wait of so many milliseconds; true if what it waits for came. */
    private interface TimedWait {
        boolean until(long millis) throws Exception;
    }

    @Test
    void sleepIsNeverEarly() throws Exception {
        assertThat(timeOut(millis -> {
            Thread.sleep(millis);
            return false;
        })).isFalse();
    }

    @Test
    void parkNanosIsNeverEarlyWhenNobodyUnparks() throws Exception {
        assertThat(timeOut(millis -> {
            LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
            return false;
        })).isFalse();
    }

    @Test
    void objectWaitTimesOutAndIsNotified() throws Exception {
        Object monitor = new Object();
        boolean[] came = {false};
        TimedWait wait = millis -> {
            long endNanos = System.nanoTime() + millis * NANOS_PER_MILLI;
            synchronized (monitor) {
                while (!came[0] && System.nanoTime() - endNanos < 0) {
                    monitor.wait(millis);
                }
                return came[0];
            }
        };
        assertThat(timeOut(wait)).isFalse();
        assertThat(fulfil(wait, () -> {
            synchronized (monitor) {
                came[0] = true;
                monitor.notifyAll();
            }
        })).isTrue();
    }

    @Test
    void conditionAwaitTimesOutAndIsSignalled() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        Condition condition = lock.newCondition();
        boolean[] came = {false};
        TimedWait wait = millis -> {
            long leftNanos = millis * NANOS_PER_MILLI;
            lock.lock();
            try {
                while (!came[0] && leftNanos > 0) {
                    leftNanos = condition.awaitNanos(leftNanos);
                }
                return came[0];
            } finally {
                lock.unlock();
            }
        };
        assertThat(timeOut(wait)).isFalse();
        assertThat(fulfil(wait, () -> {
            lock.lock();
            try {
                came[0] = true;
                condition.signal();
            } finally {
                lock.unlock();
            }
        })).isTrue();
    }

    @Test
    void queuePollTimesOutAndGetsItsElement() throws Exception {
        LinkedBlockingQueue<String> queue = new LinkedBlockingQueue<>();
        TimedWait wait = millis -> queue.poll(millis, TimeUnit.MILLISECONDS) != null;
        assertThat(timeOut(wait)).isFalse();
        assertThat(fulfil(wait, () -> queue.add("element"))).isTrue();
    }

    @Test
    void futureGetTimesOutAndGetsItsResult() throws Exception {
        CompletableFuture<String> future = new CompletableFuture<>();
        TimedWait wait = millis -> {
            try {
                return future.get(millis, TimeUnit.MILLISECONDS) != null;
            } catch (TimeoutException e) {
                return false;
            }
        };
        assertThat(timeOut(wait)).isFalse();
        assertThat(fulfil(wait, () -> future.complete("result"))).isTrue();
    }

    @Test
    void semaphoreTryAcquireTimesOutAndGetsItsPermit() throws Exception {
        Semaphore semaphore = new Semaphore(0);
        TimedWait wait = millis -> semaphore.tryAcquire(millis, TimeUnit.MILLISECONDS);
        assertThat(timeOut(wait)).isFalse();
        assertThat(fulfil(wait, semaphore::release)).isTrue();
    }

    @Test
    void anInterruptEndsASleepAtOnce() throws Exception {
        LoopRig.Running<Boolean> sleeper = rig.start(() -> {
            try {
                Thread.sleep(FAR_MILLIS);
                return false;
            } catch (InterruptedException e) {
                return true;
            }
        });
        LoopRig.awaitWaiting(sleeper.thread());

        sleeper.thread().interrupt();

        assertThat(sleeper.await()).isTrue();
    }

    @Test
    void sleepersWakeInTheOrderOfTheirTimes() throws Exception {
        assumeTrue(LoopRig.isCarried(flavor), "handed over, these are the JDK's timers, and its carriers are several");
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        List<Thread> sleepers = new ArrayList<>();
        long startNanos = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            int number = i;
            long endNanos = startNanos + Duration.ofMillis(300 - 10L * number).toNanos();
            sleepers.add(rig.loop.startVirtualThread(() -> {
                LockSupport.parkNanos(endNanos - System.nanoTime());
                order.add(number);
            }));
        }

        for (Thread sleeper : sleepers) {
            LoopRig.join(sleeper);
        }
        assertThat(order).containsExactly(9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
    }

    @Test
    void thousandsOfSleepersOfAllLengthsAreNeverEarlyAndAllWake() throws Exception {
        List<LoopRig.Running<Long>> sleepers = new ArrayList<>();
        for (int i = 0; i < 3000; i++) {
            long millis = i % 97;
            sleepers.add(rig.start(() -> {
                long start = System.nanoTime();
                Thread.sleep(millis);
                return System.nanoTime() - start - millis * NANOS_PER_MILLI;
            }));
        }
        for (LoopRig.Running<Long> sleeper : sleepers) {
            assertThat(sleeper.await()).isGreaterThanOrEqualTo(0);
        }
    }

    @Test
    void aWaitOfAHundredYearsWaits() throws Exception {
        LoopRig.Running<Boolean> patient = rig.start(() -> {
            LockSupport.parkNanos(Long.MAX_VALUE);
            return true;
        });
        LoopRig.awaitWaiting(patient.thread());
        rig.loop.run(() -> {
            Thread.sleep(WAIT_MILLIS);
            return null;
        });
        assertThat(patient.result().isDone()).isFalse();

        LockSupport.unpark(patient.thread());

        assertThat(patient.await()).isTrue();
    }

    /** What the wait says that nothing ends; not before its time. */
    private boolean timeOut(TimedWait wait) throws Exception {
        return rig.loop.run(() -> {
            long start = System.nanoTime();
            boolean came = wait.until(WAIT_MILLIS);
            assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(WAIT_MILLIS * NANOS_PER_MILLI);
            return came;
        });
    }

    /** What the wait says that {@code fulfilment} ends, from a platform thread, long before its time. */
    private boolean fulfil(TimedWait wait, Runnable fulfilment) throws Exception {
        LoopRig.Running<Boolean> waiting = rig.start(() -> wait.until(FAR_MILLIS * 10));
        LoopRig.awaitWaiting(waiting.thread());
        fulfilment.run();
        return waiting.await();
    }
}
