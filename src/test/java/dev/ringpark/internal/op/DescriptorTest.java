package dev.ringpark.internal.op;

import static dev.ringpark.internal.op.Descriptor.READING;
import static dev.ringpark.internal.op.Descriptor.WRITING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.op.Descriptor.Entry;
import dev.ringpark.internal.op.Descriptor.Parker;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** OPEN, CLOSING, CLOSED, and whose turn it is. */
@Timeout(20)   // who is not woken waits for ever
class DescriptorTest {
    private static final Parker NOBODY_PARKS = deadlineNanos -> {
        throw new AssertionError("parks");
    };

    private final Descriptor descriptor = new Descriptor() { };

    // ---- life ----

    /** A call is under way and the writing turn is taken, but of what is closed: that has neither. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            # life  | what is done | answer   | life after
            OPEN    | enter        | ENTERED  | OPEN
            OPEN    | exit         |          | OPEN
            OPEN    | beginCall    | true     | OPEN
            OPEN    | endCall      | false    | OPEN
            OPEN    | startClosing | true     | CLOSING
            OPEN    | markClosed   |          | CLOSED
            CLOSING | enter        | NOT_OPEN | CLOSING
            CLOSING | exit         |          | CLOSING
            CLOSING | beginCall    | false    | CLOSING
            CLOSING | endCall      | true     | CLOSING
            CLOSING | startClosing | false    | CLOSING
            CLOSING | markClosed   |          | CLOSED
            CLOSED  | enter        | NOT_OPEN | CLOSED
            CLOSED  | beginCall    | false    | CLOSED
            CLOSED  | startClosing | false    | CLOSED
            CLOSED  | markClosed   |          | CLOSED
            """)
    void eachStepInEachPartOfItsLifeIsAsTheTableSays(String life, String step, String answer, String lifeAfter) {
        bringTo(life);

        assertThat(life()).isEqualTo(life);
        assertThat(answer(step)).isEqualTo(answer);
        assertThat(life()).isEqualTo(lifeAfter);
    }

    @Test
    void aCallIsUnderWayUntilTheLastOneHasEnded() {
        assertThat(descriptor.inCall()).isFalse();
        descriptor.beginCall();
        descriptor.beginCall();
        assertThat(descriptor.inCall()).isTrue();
        descriptor.endCall();
        assertThat(descriptor.inCall()).isTrue();
        descriptor.endCall();
        assertThat(descriptor.inCall()).isFalse();
    }

    @Test
    void onlyTheLastCallTellsTheCloseThatWaitsForIt() {
        descriptor.beginCall();
        descriptor.beginCall();
        descriptor.beginCall();
        assertThat(descriptor.endCall()).isFalse();
        descriptor.startClosing();

        assertThat(descriptor.endCall()).isFalse();
        assertThat(descriptor.inCall()).isTrue();
        assertThat(descriptor.endCall()).isTrue();
        assertThat(descriptor.inCall()).isFalse();
    }

    @Test
    void theFirstLossOfAConnectionStaysTrue() {
        Failure loss = new Failure(Errno.ECONNRESET, 1, null);
        descriptor.noteFailure(new Failure(Errno.EPIPE, 2, null));
        assertThat(descriptor.loss()).isNull();
        descriptor.noteFailure(loss);
        descriptor.noteFailure(new Failure(Errno.ETIMEDOUT, 3, null));
        descriptor.startClosing();
        descriptor.markClosed();

        assertThat(descriptor.loss()).isSameAs(loss);
    }

    @Test
    void whoHasShutItsInputNeedNotHearOfALoss() {
        descriptor.noteInputShut();
        descriptor.noteFailure(new Failure(Errno.ECONNRESET, 1, null));

        assertThat(descriptor.loss()).isNull();
    }

    // ---- turns ----

    @ParameterizedTest
    @ValueSource(ints = {READING, WRITING})
    void aTurnIsTakenByOneUntilItIsGivenBack(int side) {
        assertThat(enter(side)).isEqualTo(Entry.ENTERED);
        assertThat(enterOverdue(side)).isEqualTo(Entry.TIMED_OUT);
        descriptor.exit(side);
        assertThat(enter(side)).isEqualTo(Entry.ENTERED);
    }

    @Test
    void theTwoSidesHaveATurnEach() {
        assertThat(enter(READING)).isEqualTo(Entry.ENTERED);
        assertThat(enter(WRITING)).isEqualTo(Entry.ENTERED);
        descriptor.exit(READING);

        assertThat(enterOverdue(WRITING)).isEqualTo(Entry.TIMED_OUT);
        assertThat(enter(READING)).isEqualTo(Entry.ENTERED);
    }

    @Test
    void aPlainCallTakesNoTurnAndATurnIsNoCall() {
        enter(READING);

        assertThat(descriptor.beginCall()).isTrue();
        descriptor.exit(READING);
        assertThat(descriptor.inCall()).isTrue();
        descriptor.endCall();
        assertThat(enter(READING)).isEqualTo(Entry.ENTERED);
        assertThat(descriptor.inCall()).isFalse();
    }

    @Test
    void whoWaitsForTheReadersTurnKeepsNoWriterWaiting() {
        enter(READING);
        Script script = new Script(() -> {
            assertThat(enter(WRITING)).isEqualTo(Entry.ENTERED);
            descriptor.exit(READING);
        });

        assertThat(enter(READING, script)).isEqualTo(Entry.ENTERED);
        assertThat(script.steps).isEmpty();
    }

    @Test
    void whoWaitsParksUntilItIsHisTurnHoweverOftenHeIsWokenBefore() {
        enter(READING);
        Script script = new Script(() -> { }, () -> { }, () -> descriptor.exit(READING));

        assertThat(enter(READING, script)).isEqualTo(Entry.ENTERED);
        assertThat(script.steps).isEmpty();
        assertThat(enterOverdue(READING)).isEqualTo(Entry.TIMED_OUT);   // the turn is his
    }

    @Test
    void whoComesWhileSomebodyWaitsDoesNotOvertakeHim() {
        enter(READING);
        Script script = new Script(() -> {
            descriptor.exit(READING);
            assertThat(enterOverdue(READING)).isEqualTo(Entry.TIMED_OUT);
        });

        assertThat(enter(READING, script)).isEqualTo(Entry.ENTERED);
    }

    @Test
    void turnsAreHandedOnInTheOrderOfArrival() throws Exception {
        List<Integer> order = new ArrayList<>();   // guarded by the turn
        List<FutureTask<Entry>> waits = new ArrayList<>();
        enter(WRITING);
        for (int i = 0; i < 6; i++) {
            int number = i;
            waits.add(startWaiting(WRITING, () -> order.add(number)));
        }
        assertThat(order).isEmpty();
        descriptor.exit(WRITING);

        for (FutureTask<Entry> wait : waits) {
            assertThat(wait.get()).isEqualTo(Entry.ENTERED);
        }
        assertThat(order).containsExactly(0, 1, 2, 3, 4, 5);
    }

    // ---- the end of a wait ----

    @Test
    void aWaitEndsAtItsDeadlineWhichTheParkerIsTold() {
        long deadline = Moment.after(1_000_000);
        List<Long> told = new ArrayList<>();
        enter(READING);
        Entry entry = descriptor.enter(READING, deadline, untilNanos -> {
            told.add(untilNanos);
            while (System.nanoTime() - untilNanos < 0) {
                Thread.onSpinWait();
            }
        });

        assertThat(entry).isEqualTo(Entry.TIMED_OUT);
        assertThat(told).isSubsetOf(deadline);   // not at all, if this thread was kept from running
        assertThat(System.nanoTime() - deadline).isNotNegative();
    }

    @Test
    void anOverdueCallEntersIfNobodyHasTheTurn() {
        assertThat(enterOverdue(READING)).isEqualTo(Entry.ENTERED);
    }

    @Test
    void aWaitEndsWithAnInterruptWhichIsKept() {
        enter(READING);
        Script script = new Script(() -> Thread.currentThread().interrupt());

        assertThat(enter(READING, script)).isEqualTo(Entry.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
    }

    @Test
    void aWaitEndsWithTheClose() {
        enter(READING);

        assertThat(enter(READING, new Script(descriptor::startClosing))).isEqualTo(Entry.CLOSED_WHILE_WAITING);
    }

    @Test
    void aWaitEndsWithTheCloseAlsoWhenTheTurnIsFreeByThen() {
        enter(READING);
        Script script = new Script(() -> {
            descriptor.startClosing();
            descriptor.exit(READING);
        });

        assertThat(enter(READING, script)).isEqualTo(Entry.CLOSED_WHILE_WAITING);
    }

    @Test
    void aCloseWakesAllWhoWait() throws Exception {
        enter(READING);
        enter(WRITING);
        List<FutureTask<Entry>> waits = List.of(startWaiting(READING, () -> { }), startWaiting(WRITING, () -> { }),
                startWaiting(READING, () -> { }));
        descriptor.startClosing();

        for (FutureTask<Entry> wait : waits) {
            assertThat(wait.get()).isEqualTo(Entry.CLOSED_WHILE_WAITING);
        }
    }

    @Test
    void whoHasGivenUpIsNotHandedTheTurn() throws Exception {
        enter(READING);
        FutureTask<Entry> next = new FutureTask<>(() -> enter(READING, deadlineNanos -> LockSupport.park(this)));
        Script script = new Script(() -> {
            start(next);
            Thread.currentThread().interrupt();
        });
        assertThat(enter(READING, script)).isEqualTo(Entry.INTERRUPTED);
        assertThat(Thread.interrupted()).isTrue();
        descriptor.exit(READING);

        assertThat(next.get()).isEqualTo(Entry.ENTERED);
    }

    /** The turn comes free after the wait was seen to be over, and wakes the one who is about to leave. */
    @Test
    void aWakeUpThatComesForOneWhoIsLeavingIsPassedOn() throws Exception {
        enter(READING);
        FutureTask<Entry> first = new FutureTask<>(() -> enter(READING, deadlineNanos -> LockSupport.park(this)));
        LastMomentInterrupt leaving = new LastMomentInterrupt(first);
        leaving.start();
        awaitParked(leaving);
        FutureTask<Entry> second = startWaiting(READING, () -> { });
        leaving.atTheLastMoment = () -> descriptor.exit(READING);
        LockSupport.unpark(leaving);

        assertThat(first.get()).isEqualTo(Entry.INTERRUPTED);
        assertThat(second.get()).isEqualTo(Entry.ENTERED);
    }

    @Test
    void aWaitThatBreaksOffLeavesNobodyBehindInTheQueue() {
        enter(READING);
        Script script = new Script(() -> {
            throw new StackOverflowError("on purpose");
        });

        assertThatThrownBy(() -> enter(READING, script)).hasMessage("on purpose");
        descriptor.exit(READING);
        assertThat(enter(READING)).isEqualTo(Entry.ENTERED);
    }

    private void bringTo(String life) {
        if (!life.equals("CLOSED")) {
            descriptor.beginCall();
            enter(WRITING);
        }
        if (!life.equals("OPEN")) {
            descriptor.startClosing();
        }
        if (life.equals("CLOSED")) {
            descriptor.markClosed();
        }
    }

    private String answer(String step) {
        return switch (step) {
            case "enter" -> enter(READING).name();
            case "exit" -> nothing(() -> descriptor.exit(WRITING));
            case "beginCall" -> String.valueOf(descriptor.beginCall());
            case "endCall" -> String.valueOf(descriptor.endCall());
            case "startClosing" -> String.valueOf(descriptor.startClosing());
            case "markClosed" -> nothing(descriptor::markClosed);
            default -> throw new AssertionError(step);
        };
    }

    private static String nothing(Runnable step) {
        step.run();
        return null;
    }

    private String life() {
        if (descriptor.isClosed()) {
            assertThat(descriptor.isOpen()).isFalse();
            return "CLOSED";
        }
        return descriptor.isOpen() ? "OPEN" : "CLOSING";
    }

    private Entry enter(int side) {
        return enter(side, NOBODY_PARKS);
    }

    private Entry enter(int side, Parker parker) {
        return descriptor.enter(side, Moment.NONE, parker);
    }

    private Entry enterOverdue(int side) {
        return descriptor.enter(side, System.nanoTime() - 1, NOBODY_PARKS);
    }

    /** A thread that waits, parked, for a turn that another one has; with it, it does {@code then} and gives it on. */
    private FutureTask<Entry> startWaiting(int side, Runnable then) {
        FutureTask<Entry> wait = new FutureTask<>(() -> {
            Entry entry = enter(side, deadlineNanos -> LockSupport.park(this));
            if (entry == Entry.ENTERED) {
                then.run();
                descriptor.exit(side);
            }
            return entry;
        });
        start(wait);
        return wait;
    }

    private void start(FutureTask<Entry> wait) {
        awaitParked(Thread.ofPlatform().daemon().start(wait));
    }

    /** Until it is on its way into a park of {@link #startWaiting}, and so in the queue of those who wait. */
    @SuppressWarnings("ThreadPriorityCheck")   // gives way to the one whose progress it waits for
    private void awaitParked(Thread thread) {
        while (LockSupport.getBlocker(thread) != this) {
            assertThat(thread.isAlive()).isTrue();
            Thread.yield();
        }
    }

    /** Does the next step each time the thread would park. */
    private static final class Script implements Parker {
        final Deque<Runnable> steps;

        Script(Runnable... steps) {
            this.steps = new ArrayDeque<>(List.of(steps));
        }

        @Override
        public void parkUntil(long deadlineNanos) {
            steps.remove().run();
        }
    }

    /** A thread that is found interrupted once it has something to do at that moment. */
    private static final class LastMomentInterrupt extends Thread {
        volatile Runnable atTheLastMoment;

        LastMomentInterrupt(Runnable task) {
            super(task);
            setDaemon(true);
        }

        @Override
        public boolean isInterrupted() {
            Runnable last = atTheLastMoment;
            if (last == null) {
                return super.isInterrupted();
            }
            last.run();
            return true;
        }
    }
}
