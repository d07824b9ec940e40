package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine over a backend in which things happen when the test says so, at moments no real queue can be held at. */
@Timeout(120)
class LoopEngineTest {
    // ---- mail ----

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everyMailIsTakenInOnceAndWakesNeverExceedSleeps(boolean carried) throws Exception {
        int senders = 3;
        int mails = 5_000;
        try (EngineRig rig = new EngineRig(carried)) {
            AtomicInteger taken = new AtomicInteger();
            List<FutureTask<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < senders; i++) {
                tasks.add(rig.startPlatform(() -> mail(rig, mails, taken)));
            }
            for (FutureTask<Integer> task : tasks) {
                EngineRig.await(task);
            }
            rig.stop();

            assertThat(taken).hasValue(senders * mails);
            // The engine counts the sleeps that a sender ended: each by one wake, and none twice.
            assertThat((long) rig.backend().wakes.availablePermits()).isPositive().isEqualTo(rig.wakeups());
        }
    }

    /** One at a time: a loop that has nothing else is about to sleep, and that is when to meet it. */
    private static int mail(EngineRig rig, int mails, AtomicInteger taken) {
        AtomicInteger own = new AtomicInteger();
        for (int i = 0; i < mails; i++) {
            int sent = i;
            rig.door.execute(() -> {
                taken.incrementAndGet();
                own.incrementAndGet();
            });
            EngineRig.until(() -> own.get() > sent, "mail is taken in");
        }
        return mails;
    }

    // ---- fairness ----

    /** Each task takes more than a budget by itself: once that is known, the loop looks at its I/O after every one. */
    @SuppressWarnings("ThreadPriorityCheck")   // that is the matter
    @Test
    void threadsThatComputeForLongAndYieldHaveATurnEach() throws Exception {
        int threads = 20;
        int rounds = 5;
        try (EngineRig rig = new EngineRig(true)) {
            rig.startCarried(() -> {
                for (int i = 0; i < 2_000; i++) {   // quick ones, so that the loop has ceased to look
                    Thread.yield();
                }
                return null;
            }).get();
            int before = rig.backend().polls;
            List<FutureTask<Void>> hogs = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                hogs.add(rig.startCarried(() -> computeAndYield(rounds)));
            }
            for (FutureTask<Void> hog : hogs) {
                EngineRig.await(hog);
            }
            assertThat(rig.backend().polls - before).isGreaterThan(threads * rounds - 16);
            rig.stop();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")   // that is the matter
    private static Void computeAndYield(int rounds) {
        long budget = LoopOptions.defaults().turnBudget().toNanos();
        for (int i = 0; i < rounds; i++) {
            long start = System.nanoTime();
            while (System.nanoTime() - start <= budget) {
                Thread.onSpinWait();
            }
            Thread.yield();
        }
        return null;
    }

    // ---- interrupts ----

    @Test
    void anInterruptCancelsTheUseItWasMeantFor() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Handle handle = rig.socket();
            AtomicReference<Thread> reader = new AtomicReference<>();
            FutureTask<Boolean> read = rig.startPlatform(() -> {
                reader.set(Thread.currentThread());
                rig.read(handle);
                return Thread.interrupted();
            });
            EngineRig.until(() -> rig.backend().submitted.size() == 1, "the read is with the backend");
            Operation operation = handle.operation(Handle.READING);

            reader.get().interrupt();
            EngineRig.until(() -> !rig.backend().cancelled.isEmpty(), "the cancel is with the backend");

            assertThat(rig.backend().cancelled).containsExactly(operation);
            assertThat(read.isDone()).as("only the completion ends it").isFalse();
            assertThat(operation.cancelReason()).isEqualTo(CancelReason.INTERRUPT);
            rig.backend().end(operation, 3);
            assertThat(EngineRig.await(read)).as("the interrupt is kept").isTrue();
        }
    }

    /** What the class initialiser below does; a thread that runs it cannot leave its carrier. */
    private static final AtomicReference<Runnable> WHILE_PINNED = new AtomicReference<>();

    private static final class PinnedOnce {
        static final boolean DONE;

        static {
            WHILE_PINNED.get().run();
            DONE = true;
        }
    }

    /**
     * An interrupt asks for the cancel by mail, and by the time the mail is taken in the operation has ended, been
     * begun anew and been submitted: by a thread of the loop, whose request is taken in without any mail. It drives
     * the poll that ends the former use itself, as it is pinned, so no mail is taken in between.
     */
    @Test
    void aCancelThatComesLateDoesNotEndTheNextUseOfTheOperation() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Handle contended = rig.socket();
            Handle other = rig.socket();
            FirstReader first = new FirstReader(rig, contended);
            WHILE_PINNED.set(() -> {
                rig.backend().inNextWait(() -> first.interruptAndEnd(other.operation(Handle.READING)));
                rig.read(other);
            });
            FutureTask<Integer> second = rig.startCarried(() -> {
                assertThat(PinnedOnce.DONE).isTrue();
                return rig.read(contended);
            });
            EngineRig.until(() -> rig.backend().submitted.size() == 3, "the second use is with the backend");
            rig.awaitMailTakenIn();

            Operation operation = contended.operation(Handle.READING);
            assertThat(operation.use()).isEqualTo(2);
            assertThat(rig.backend().cancelled).isEmpty();
            assertThat(operation.isCancelAsked()).isFalse();
            rig.backend().end(operation, 7);
            assertThat(EngineRig.await(second)).isEqualTo(7);
            assertThat(EngineRig.await(first.result)).isEqualTo(5);
        }
    }

    /** The thread whose interrupt comes too late, of the first use. */
    private static final class FirstReader {
        final FutureTask<Integer> result;
        private final EngineRig rig;
        private final Handle handle;
        private volatile Thread thread;

        FirstReader(EngineRig rig, Handle handle) {
            this.rig = rig;
            this.handle = handle;
            result = rig.startPlatform(() -> {
                thread = Thread.currentThread();
                return rig.read(handle);
            });
            EngineRig.until(() -> rig.backend().submitted.size() == 1, "the first use is with the backend");
        }

        /** In a poll, on the loop's thread: nobody takes in mail before this has returned. */
        void interruptAndEnd(Operation pinned) {
            Operation operation = handle.operation(Handle.READING);
            int wakesBefore = rig.backend().wakes.availablePermits();
            thread.interrupt();
            EngineRig.until(() -> rig.backend().wakes.availablePermits() > wakesBefore, "the cancel is in the mail");
            rig.backend().end(operation, 5);
            rig.backend().endNow();
            EngineRig.until(result::isDone, "the first use is over");
            rig.backend().end(pinned, 1);
        }
    }

    // ---- those who cannot wait ----

    @Test
    void aConnectionThatComesForAThreadThatCouldNotWaitIsClosed() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Handle listener = rig.socket();
            Handle connection = rig.socket();
            Operation accept = listener.operation(Handle.READING);
            failInNextWake(rig, new OutOfMemoryError("on purpose"), () ->
                    EngineRig.until(() -> rig.backend().submitted.contains(accept), "the accept is with the backend"));

            assertThat(EngineRig.await(rig.startPlatform(() -> isServed(rig, accept)))).isFalse();
            assertThat(listener.isOpen()).isFalse();

            accept.succeed(connection);
            rig.backend().end(accept, 0);
            EngineRig.until(connection::isClosed, "the connection is closed");
            assertThat(rig.backend().released).containsExactly(connection);
        }
    }

    @Test
    void aThreadThatCannotWaitForWhatHasJustEndedHasIt() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Handle listener = rig.socket();
            Handle connection = rig.socket();
            Operation accept = listener.operation(Handle.READING);
            failInNextWake(rig, new OutOfMemoryError("on purpose"), () -> {
                EngineRig.until(() -> rig.backend().submitted.contains(accept), "the accept is with the backend");
                accept.succeed(connection);
                rig.backend().end(accept, 0);
                EngineRig.until(accept::isDone, "it is done");
            });

            assertThat(EngineRig.await(rig.startPlatform(() -> isServed(rig, accept)))).isTrue();
            assertThat(accept.accepted()).isSameAs(connection);
            assertThat(connection.isOpen()).isTrue();
            assertThat(listener.isOpen()).isTrue();
        }
    }

    @Test
    void aWakeForWhichTheSenderHasNoStackIsMadeByAnotherThread() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Operation accept = rig.socket().operation(Handle.READING);
            failInNextWake(rig, new StackOverflowError("on purpose"), () -> { });

            FutureTask<Boolean> served = rig.startPlatform(() -> isServed(rig, accept));
            EngineRig.until(() -> rig.backend().submitted.contains(accept), "the accept is with the backend");
            accept.succeed(rig.socket());
            rig.backend().end(accept, 0);

            assertThat(EngineRig.await(served)).isTrue();
        }
    }

    /** Returns when the loop sleeps; the sender that wakes it does {@code before}, and then cannot go on. */
    private static void failInNextWake(EngineRig rig, Error failure, Runnable before) {
        CountDownLatch asleep = new CountDownLatch(1);
        rig.backend().inNextWait(asleep::countDown);
        rig.awaitMailTakenIn();
        EngineRig.await(asleep);
        rig.backend().atWake = () -> {
            rig.backend().atWake = () -> { };
            before.run();
            throw failure;
        };
    }

    private static boolean isServed(EngineRig rig, Operation accept) {
        accept.beginAccept(Moment.NONE);
        try {
            rig.parking.submitAndPark(accept);
            return true;
        } catch (OutOfMemoryError partOfTheAccident) {
            return false;
        }
    }

    @Test
    void aTurnThatFailedOnAPinnedThreadsStackIsTheLast() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Handle handle = rig.socket();
            FutureTask<Integer> read = rig.startCarried(() -> rig.read(handle));
            EngineRig.until(() -> rig.backend().submitted.size() == 1, "submitted");
            FutureTask<Integer> pinned = rig.startCarried(() -> {
                rig.backend().inNextWait(() -> {
                    throw new IllegalArgumentException("on purpose");
                });
                assertThatThrownBy(rig.engine::driveOnce).isExactlyInstanceOf(IllegalStateException.class)
                        .hasMessage("the loop's I/O queue failed").hasRootCauseMessage("on purpose");
                return rig.backend().polls;
            });
            int polls = EngineRig.await(pinned);

            assertThat(EngineRig.await(read)).as("a read that has failed").isEqualTo(-1);
            EngineRig.until(() -> !rig.thread.isAlive(), "ended");
            assertThat(rig.backend().polls).isEqualTo(polls);
        }
    }

    // ---- the end ----

    @Test
    void aRequestLeftInTheTurnInWhichTheLoopIsStoppedStillEnds() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Handle handle = rig.socket();
            CountDownLatch running = new CountDownLatch(1);
            CountDownLatch stopped = new CountDownLatch(1);
            FutureTask<Integer> read = rig.startCarried(() -> {
                running.countDown();
                while (stopped.getCount() > 0) {   // on its carrier, or it would be another turn
                    Thread.onSpinWait();
                }
                return rig.read(handle);
            });
            EngineRig.await(running);
            rig.engine.stop();
            stopped.countDown();
            EngineRig.until(() -> rig.backend().submitted.size() == 1 || !rig.thread.isAlive(), "submitted");

            assertThat(rig.backend().closed).isFalse();
            rig.backend().end(handle.operation(Handle.READING), 4);
            assertThat(EngineRig.await(read)).isEqualTo(4);
        }
    }

    @Test
    void aCommandLeftInTheTurnInWhichTheLoopIsStoppedIsStillRun() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Timeouts timers = new Timeouts();
            FutureTask<Void> last = rig.startCarried(() -> {
                rig.engine.stop();
                timers.timer(rig.door, 1).start();
                return null;
            });

            EngineRig.await(last);
            timers.awaitAll();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void timersThatArePendingWhenTheLoopEndsFireOnceAndNotBeforeTheirMoment(boolean carried) throws Exception {
        try (EngineRig rig = new EngineRig(carried)) {
            Timeouts timers = new Timeouts();
            for (int millis = 1; millis <= 30; millis++) {
                timers.timer(rig.door, millis).start();
            }
            rig.awaitMailTakenIn();

            rig.stop();

            timers.awaitAll();
        }
    }

    /** After the last look into the mailbox, and before anybody can see that the loop has gone. */
    @Test
    void whatIsMailedWhileTheQueueIsGivenBackIsNotLost() throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Timeouts timers = new Timeouts();
            CountDownLatch ran = new CountDownLatch(1);
            AtomicReference<FutureTask<Integer>> read = new AtomicReference<>();
            rig.backend().atClose = () -> {
                Thread mailer = Thread.ofPlatform().start(() -> {
                    timers.timer(rig.door, 1).start();
                    rig.door.execute(ran::countDown);
                });
                join(mailer);
                read.set(startParkedRead(rig));
            };

            rig.stop();

            timers.awaitAll();
            EngineRig.await(ran);
            assertThat(EngineRig.await(read.get())).as("ended, as the loop is closed").isEqualTo(-1);
        }
    }

    private static FutureTask<Integer> startParkedRead(EngineRig rig) {
        Handle handle = rig.socket();
        Thread[] reader = new Thread[1];
        CountDownLatch started = new CountDownLatch(1);
        FutureTask<Integer> read = rig.startPlatform(() -> {
            reader[0] = Thread.currentThread();
            handle.operation(Handle.READING);
            started.countDown();
            return rig.read(handle);
        });
        EngineRig.await(started);
        EngineRig.until(() -> EngineRig.isParkedOn(reader[0], handle.operation(Handle.READING)), "parked");
        return read;
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatComesAfterTheEndIsStillDone() throws Exception {
        EngineRig rig = new EngineRig(true);
        rig.stop();
        Timeouts timers = new Timeouts();
        CountDownLatch ran = new CountDownLatch(1);

        timers.timer(rig.door, 1).start();
        rig.door.execute(ran::countDown);

        timers.awaitAll();
        EngineRig.await(ran);
        assertThat(EngineRig.await(rig.startPlatform(() -> rig.read(rig.socket())))).isEqualTo(-1);
    }

    /** Timers that note how often they fire, and whether too early. */
    private static final class Timeouts {
        private final AtomicInteger fired = new AtomicInteger();
        private final AtomicInteger early = new AtomicInteger();
        private int made;

        LoopTimer timer(LoopDoor door, int millis) {
            made++;
            return new LoopTimer(door, System.nanoTime() + millis * 1_000_000L) {
                @Override
                void ring() {
                    if (System.nanoTime() - deadlineNanos() < 0) {
                        early.incrementAndGet();
                    }
                    fired.incrementAndGet();
                }
            };
        }

        void awaitAll() {
            EngineRig.until(() -> fired.get() >= made, made + " timers fire");
            assertThat(fired).hasValue(made);
            assertThat(early).hasValue(0);
        }
    }
}
