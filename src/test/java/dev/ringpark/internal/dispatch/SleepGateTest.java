package dev.ringpark.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gate's table, line by line, and its end. */
@Timeout(60)
class SleepGateTest {
    private final SleepGate gate = new SleepGate();
    private int wakes;

    private void wakeIfAsleep() {
        gate.wakeIfAsleep(() -> wakes++);
    }

    // ---- awake ----

    @Test
    void aLoopThatWorksIsNotWoken() {
        wakeIfAsleep();

        assertThat(gate.isAsleep()).isFalse();
        assertThat(wakes).isZero();
    }

    @Test
    void aLoopThatHasComeBackIsNotWoken() {
        gate.announceSleep();
        gate.awake();
        wakeIfAsleep();

        assertThat(gate.isAsleep()).isFalse();
        assertThat(wakes).isZero();
    }

    // ---- asleep ----

    @Test
    void aLoopThatHasAnnouncedItsSleepIsWokenByTheFirstSenderOnly() {
        gate.announceSleep();
        assertThat(gate.isAsleep()).isTrue();

        wakeIfAsleep();
        wakeIfAsleep();

        assertThat(gate.isAsleep()).isFalse();
        assertThat(wakes).isOne();
    }

    @Test
    void theGateIsAwakeBeforeTheWakeIsMade() {
        gate.announceSleep();

        gate.wakeIfAsleep(() -> {
            wakes++;
            wakeIfAsleep();   // a second sender, while the first is on its way
        });

        assertThat(wakes).isOne();
    }

    @Test
    void eachSleepIsWokenAnew() {
        for (int sleeps = 1; sleeps <= 3; sleeps++) {
            gate.announceSleep();
            wakeIfAsleep();
            assertThat(gate.awake()).isTrue();
            assertThat(wakes).isEqualTo(sleeps);
        }
    }

    @Test
    void theLoopIsToldWhetherASenderWokeIt() {
        gate.announceSleep();
        assertThat(gate.awake()).as("woken by nobody").isFalse();

        gate.announceSleep();
        wakeIfAsleep();
        assertThat(gate.awake()).as("woken by a sender").isTrue();
    }

    // ---- closed ----

    @Test
    void aLoopThatHasLeftIsNotWokenEvenIfItSleptAtLast() {
        gate.announceSleep();
        gate.close();
        wakeIfAsleep();

        assertThat(gate.isAsleep()).isFalse();
        assertThat(wakes).isZero();
    }

    @Test
    void aWakeThatFailsDoesNotHoldTheCloseUp() {
        gate.announceSleep();
        assertThatThrownBy(() -> gate.wakeIfAsleep(() -> {
            throw new IllegalStateException("no wake today");
        })).hasMessage("no wake today");

        gate.close();

        wakeIfAsleep();
        assertThat(wakes).isZero();
    }

    @Test
    void closeReturnsOnlyWhenNoSenderIsInsideItsWake() throws Exception {
        ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();
        CountDownLatch inside = new CountDownLatch(1);
        Thread closer = Thread.ofPlatform().daemon().unstarted(() -> {
            gate.close();
            events.add("closed");
        });
        gate.announceSleep();
        Thread sender = Thread.ofPlatform().daemon().start(() -> gate.wakeIfAsleep(() -> {
            inside.countDown();
            awaitInsideClose(closer);
            events.add("woken");
        }));
        inside.await();
        closer.start();
        closer.join();
        sender.join();

        assertThat(events).containsExactly("woken", "closed");
    }

    /** Until it has been seen there, or has already left, which is the fault. */
    private static void awaitInsideClose(Thread closer) {
        while (closer.getState() != Thread.State.TERMINATED && !isInsideClose(closer)) {
            Thread.onSpinWait();
        }
    }

    private static boolean isInsideClose(Thread thread) {
        return Arrays.stream(thread.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals("close")
                && frame.getClassName().equals(SleepGate.class.getName()));
    }

    /** Between its claim and its wake a sender is not counted yet: what the real order makes impossible. */
    private static final class LateCountingGate {
        private final AtomicInteger wakers = new AtomicInteger();
        private boolean asleep = true;

        void wakeIfAsleep(Runnable betweenClaimAndCount, Runnable wake) {
            if (asleep) {
                asleep = false;
                betweenClaimAndCount.run();
                wakers.incrementAndGet();
                wake.run();
                wakers.decrementAndGet();
            }
        }

        void close() {
            asleep = false;
            while (wakers.get() != 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void aSenderThatCountedItselfInAfterItsClaimWouldWakeALoopThatHasLeft() {
        LateCountingGate twin = new LateCountingGate();
        ConcurrentLinkedQueue<String> events = new ConcurrentLinkedQueue<>();

        twin.wakeIfAsleep(() -> {
            twin.close();
            events.add("closed");
        }, () -> events.add("woken"));

        assertThat(events).containsExactly("closed", "woken");
    }

    @Test
    void noSenderOfManyWakesALoopThatHasLeft() throws Exception {
        int rounds = 5_000;
        AtomicInteger late = new AtomicInteger();
        Baton baton = new Baton(rounds);
        List<Thread> senders = List.of(startSender(baton, late), startSender(baton, late));
        for (int round = 1; round <= rounds; round++) {
            Loop loop = new Loop();
            loop.gate.announceSleep();
            baton.give(loop, round);
            loop.gate.close();
            loop.hasLeft = true;
            baton.awaitSeen(2 * round);
        }
        for (Thread sender : senders) {
            sender.join();
        }

        assertThat(late).hasValue(0);
    }

    /** A loop of one round; who finds it gone in its wake has come too late. */
    private static final class Loop {
        final SleepGate gate = new SleepGate();
        volatile boolean hasLeft;
    }

    /** Hands the loop of a round to all senders at one moment. */
    private static final class Baton {
        final int rounds;
        private volatile Loop loop;
        private volatile int round;
        private final AtomicInteger seen = new AtomicInteger();

        Baton(int rounds) {
            this.rounds = rounds;
        }

        void give(Loop next, int number) {
            loop = next;
            round = number;
        }

        Loop await(int number) {
            until(() -> round >= number);
            return loop;
        }

        void awaitSeen(int times) {
            until(() -> seen.get() >= times);
        }

        @SuppressWarnings("ThreadPriorityCheck")   // with fewer processors than threads, somebody has to give way
        private static void until(BooleanSupplier condition) {
            while (!condition.getAsBoolean()) {
                Thread.yield();
            }
        }
    }

    private static Thread startSender(Baton baton, AtomicInteger late) {
        return Thread.ofPlatform().daemon().start(() -> {
            for (int round = 1; round <= baton.rounds; round++) {
                Loop loop = baton.await(round);
                loop.gate.wakeIfAsleep(() -> {
                    Thread.onSpinWait();
                    if (loop.hasLeft) {
                        late.incrementAndGet();
                    }
                });
                baton.seen.incrementAndGet();
            }
        });
    }
}
