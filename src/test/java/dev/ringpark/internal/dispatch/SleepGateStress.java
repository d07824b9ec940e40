package dev.ringpark.internal.dispatch;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The gate between a loop and its senders, and twins of it. What runs these is {@code ProtocolsTest}. */
public final class SleepGateStress {
    private static final int AWAKE = 0;
    private static final int ASLEEP = 1;
    private static final int WOKEN = 2;

    private SleepGateStress() {}

    /** A step that takes its time: what a twin does in the wrong order, it does not do too quickly to be seen. */
    private static void pause() {
        for (int i = 0; i < 50; i++) {
            Thread.onSpinWait();
        }
    }

    // ---- a loop goes to sleep while mail comes: it waits or not, it is woken or not ----

    @JCStressTest
    @State
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = ACCEPTABLE, desc = "the mail is seen, or the loop woken")
    @Outcome(expect = FORBIDDEN, desc = "the loop sleeps on its mail")
    public static class MailAgainstSleep {
        private final SleepGate gate = new SleepGate();
        private volatile boolean mail;

        @Actor
        public void loop(II_Result result) {
            gate.announceSleep();
            result.r1 = mail ? 0 : 1;
        }

        @Actor
        public void sender(II_Result result) {
            mail = true;
            gate.wakeIfAsleep(() -> result.r2++);
        }
    }

    /** Looks into the mailbox before it announces its sleep. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = ACCEPTABLE, desc = "the mail is seen, or the loop woken")
    @Outcome(expect = FORBIDDEN, desc = "the loop sleeps on its mail")
    public static class MailAgainstSleepTwinLooksFirst {
        private final SleepGate gate = new SleepGate();
        private volatile boolean mail;

        @Actor
        public void loop(II_Result result) {
            result.r1 = mail ? 0 : 1;
            pause();
            gate.announceSleep();
        }

        @Actor
        public void sender(II_Result result) {
            mail = true;
            gate.wakeIfAsleep(() -> result.r2++);
        }
    }

    /** Its announcement may reach the sender after its look: the order that a processor gives plain code. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 0", "0, 1", "1, 1"}, expect = ACCEPTABLE, desc = "the mail is seen, or the loop woken")
    @Outcome(expect = FORBIDDEN, desc = "the loop sleeps on its mail")
    public static class MailAgainstSleepTwinAnnouncesQuietly {
        private final AtomicInteger state = new AtomicInteger(AWAKE);
        private volatile boolean mail;

        @Actor
        public void loop(II_Result result) {
            state.setRelease(ASLEEP);
            result.r1 = mail ? 0 : 1;
        }

        @Actor
        public void sender(II_Result result) {
            mail = true;
            if (state.compareAndSet(ASLEEP, WOKEN)) {
                result.r2++;
            }
        }
    }

    // ---- two senders find the loop asleep: who makes the call ----

    @JCStressTest
    @State
    @Outcome(id = {"0, 1", "1, 0"}, expect = ACCEPTABLE, desc = "one of them wakes it")
    @Outcome(expect = FORBIDDEN, desc = "none or both")
    public static class SenderAgainstSender {
        private final SleepGate gate = new SleepGate();

        public SenderAgainstSender() {
            gate.announceSleep();
        }

        @Actor
        public void sender(II_Result result) {
            gate.wakeIfAsleep(() -> result.r1++);
        }

        @Actor
        public void other(II_Result result) {
            gate.wakeIfAsleep(() -> result.r2++);
        }
    }

    /** Sees that the loop sleeps, and then says that it is woken: two steps where the gate takes one. */
    @JCStressTest
    @State
    @Outcome(id = {"0, 1", "1, 0"}, expect = ACCEPTABLE, desc = "one of them wakes it")
    @Outcome(expect = FORBIDDEN, desc = "none or both")
    public static class SenderAgainstSenderTwinLooksAndClaims {
        private final AtomicInteger state = new AtomicInteger(ASLEEP);

        @Actor
        public void sender(II_Result result) {
            result.r1 = wakes();
        }

        @Actor
        public void other(II_Result result) {
            result.r2 = wakes();
        }

        private int wakes() {
            if (state.get() != ASLEEP) {
                return 0;
            }
            pause();
            state.set(WOKEN);
            return 1;
        }
    }

    // ---- the loop gives its backend back while a sender wakes it ----

    @JCStressTest
    @State
    @Outcome(id = {"0", "1"}, expect = ACCEPTABLE, desc = "no wake, or one of a backend that is there")
    @Outcome(expect = FORBIDDEN, desc = "a wake of a backend that has gone")
    public static class WakeAgainstClose {
        private final SleepGate gate = new SleepGate();
        private volatile boolean gone;

        public WakeAgainstClose() {
            gate.announceSleep();
        }

        @Actor
        public void loop() {
            gate.close();
            gone = true;
        }

        @Actor
        public void sender(I_Result result) {
            gate.wakeIfAsleep(() -> result.r1 = gone ? 2 : 1);
        }
    }

    /** Counts itself in after its claim, when the loop may have counted already. */
    @JCStressTest
    @State
    @Outcome(id = {"0", "1"}, expect = ACCEPTABLE, desc = "no wake, or one of a backend that is there")
    @Outcome(expect = FORBIDDEN, desc = "a wake of a backend that has gone")
    public static class WakeAgainstCloseTwinCountsInLate {
        private final AtomicInteger state = new AtomicInteger(ASLEEP);
        private final AtomicInteger wakers = new AtomicInteger();
        private volatile boolean gone;

        @Actor
        public void loop() {
            state.set(AWAKE);
            while (wakers.get() != 0) {
                Thread.onSpinWait();
            }
            gone = true;
        }

        @Actor
        public void sender(I_Result result) {
            if (state.compareAndSet(ASLEEP, WOKEN)) {
                pause();
                wakers.incrementAndGet();
                result.r1 = gone ? 2 : 1;
                wakers.decrementAndGet();
            }
        }
    }
}
