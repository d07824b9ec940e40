package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Exchanger;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;

/** Threads of a loop and platform threads contend for the same locks, and nobody is forgotten. */
class LoopLocksTest extends RiggedLoop {
    private static final int ROUNDS = 2_000;

    private int shared;

    @Test
    void synchronizedBlocksExcludeThreadsOfTheLoopAndPlatformThreads() throws Exception {
        Object lock = new Object();
        contend(() -> {
            synchronized (lock) {
                shared++;
            }
        });
    }

    @Test
    void reentrantLocksExcludeThreadsOfTheLoopAndPlatformThreads() throws Exception {
        ReentrantLock lock = new ReentrantLock();
        contend(() -> {
            lock.lock();
            try {
                shared++;
            } finally {
                lock.unlock();
            }
        });
    }

    @Test
    void contendedMapsWork() throws Exception {
        ConcurrentHashMap<Integer, Integer> map = new ConcurrentHashMap<>(2);
        contend(() -> shared = map.merge(1, 1, Integer::sum));
        assertThat(map).containsEntry(1, shared);
    }

    private void contend(Runnable step) throws Exception {
        List<LoopRig.Running<Void>> contenders = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            contenders.add(rig.start(() -> repeat(step)));
            contenders.add(LoopRig.startPlatform(() -> repeat(step)));
        }
        for (LoopRig.Running<Void> contender : contenders) {
            contender.await();
        }
        assertThat(shared).isEqualTo(8 * ROUNDS);
    }

    @SuppressWarnings("ThreadPriorityCheck")   // others of the loop get their chance in the middle
    private static Void repeat(Runnable step) {
        for (int i = 0; i < ROUNDS; i++) {
            step.run();
            if (i % 16 == 0) {
                Thread.yield();
            }
        }
        return null;
    }

    @Test
    void aThreadThatHoldsAMonitorMayReadWhileOthersOfItsLoopWaitForTheMonitor() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        Object monitor = new Object();
        CountDownLatch inside = new CountDownLatch(1);
        LoopRig.Running<Integer> holder = rig.start(() -> {
            synchronized (monitor) {
                inside.countDown();
                return pair.near().read(new byte[10], 0, 10);
            }
        });
        inside.await();
        LoopRig.awaitParkedInCall(holder.thread());
        LoopRig.Running<String> blocked = rig.start(() -> {
            synchronized (monitor) {
                return "in";
            }
        });
        LoopRig.until(() -> blocked.thread().getState() == Thread.State.BLOCKED, () -> "not blocked");

        pair.far().getOutputStream().write(new byte[3]);

        assertThat(holder.await()).isEqualTo(3);
        assertThat(blocked.await()).isEqualTo("in");
    }

    @Test
    void threadsOfALoopMeetPlatformThreadsInAnExchanger() throws Exception {
        Exchanger<Integer> exchanger = new Exchanger<>();
        LoopRig.Running<Integer> there = rig.start(() -> exchangeAll(exchanger, 1));
        LoopRig.Running<Integer> here = LoopRig.startPlatform(() -> exchangeAll(exchanger, 2));

        assertThat(there.await()).isEqualTo(2 * 500);
        assertThat(here.await()).isEqualTo(500);
    }

    private static int exchangeAll(Exchanger<Integer> exchanger, int own) throws Exception {
        int sum = 0;
        for (int i = 0; i < 500; i++) {
            sum += exchanger.exchange(own, LoopRig.FAR.toSeconds(), TimeUnit.SECONDS);
        }
        return sum;
    }
}
