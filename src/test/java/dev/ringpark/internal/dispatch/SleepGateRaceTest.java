package dev.ringpark.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Seed;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The gate between one loop and many senders, for real. A wake-up that is lost shows as a test that does not end. */
@Timeout(120)
class SleepGateRaceTest {
    private static final int SENDERS = 3;
    private static final int MAILS = 10_000;   // of each

    private record Mail(int sender, int number) {}

    private final SleepGate gate = new SleepGate();
    private final ConcurrentLinkedQueue<Mail> mailbox = new ConcurrentLinkedQueue<>();
    private final Semaphore sticky = new Semaphore(0);
    private final AtomicInteger wakes = new AtomicInteger();
    private final Seed seed = new Seed().tell("senders and sleeps");
    private final AtomicIntegerArray taken = new AtomicIntegerArray(SENDERS);
    private int sleeps;
    private int sleepsEndedBySenders;

    @Test
    void everyMailIsTakenInOnceAndThereAreNoMoreWakesThanSleeps() throws Exception {
        List<Thread> senders = new ArrayList<>();
        for (int sender = 0; sender < SENDERS; sender++) {
            int id = sender;
            senders.add(Thread.ofPlatform().daemon().start(() -> send(id)));
        }
        for (int left = SENDERS * MAILS; left > 0; ) {
            left -= takeIn();
            if (left > 0) {
                sleep();
            }
        }
        for (Thread sender : senders) {
            sender.join();
        }

        assertThat(mailbox).as("seed %s", seed).isEmpty();   // each was awaited by its sender, too
        assertThat(sleeps).as("the loop has slept").isPositive();
        // One claim ends one sleep, also where the loop had not begun to wait.
        assertThat(wakes.get()).as("seed %s", seed).isBetween(1, sleeps).isEqualTo(sleepsEndedBySenders);
    }

    /** As the loop does: announce, look, wait. */
    private void sleep() throws InterruptedException {
        gate.announceSleep();
        sleeps++;
        if (mailbox.isEmpty()) {
            sticky.acquire();
        }
        if (gate.awake()) {
            sleepsEndedBySenders++;
        }
    }

    /** Each sender's mails come in the order they were sent in, so none is lost or doubled unseen. */
    private int takeIn() {
        int count = 0;
        for (Mail mail = mailbox.poll(); mail != null; mail = mailbox.poll()) {
            assertThat(mail.number()).isEqualTo(taken.getAndIncrement(mail.sender()));
            count++;
        }
        return count;
    }

    /** Goes on when its last mail has been taken in: the loop is about to sleep then, and that is when to meet it. */
    @SuppressWarnings("ThreadPriorityCheck")   // with fewer processors than threads, somebody has to give way
    private void send(int sender) {
        SplittableRandom random = seed.random(sender);
        for (int number = 0; number < MAILS; number++) {
            mailbox.add(new Mail(sender, number));
            gate.wakeIfAsleep(() -> {
                wakes.incrementAndGet();
                sticky.release();
            });
            while (taken.get(sender) <= number) {
                Thread.yield();
            }
            for (int spins = random.nextInt(100); spins > 0; spins--) {
                Thread.onSpinWait();
            }
        }
    }
}
