package dev.ringpark.internal.dispatch;

import static dev.ringpark.internal.dispatch.DispatchRig.assertCanceled;
import static dev.ringpark.internal.dispatch.DispatchRig.assertPending;
import static dev.ringpark.internal.dispatch.DispatchRig.assertResult;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Where an operation is, how it got there, how a cancel reaches it, and that it ends once. */
class ProactorTest extends OpenProactor {
    @Test
    void aBackendThatCannotBeOpenedSaysWhyToTheCaller() {
        IOException refusal = new IOException("on purpose");

        assertThatThrownBy(() -> new Proactor((table, completions, counters) -> {
            throw refusal;
        }, CAPACITY, new Counters(), thread -> { })).isSameAs(refusal);
    }

    // ---- in the backend ----

    @Test
    void whatTheBackendTakesEndsByItsCompletion() throws IOException {
        Operation read = rig.read();
        assertThat(backend.held).containsExactly(read);
        rig.poll();
        assertPending(read);
        backend.succeed(read, 7);
        assertPending(read);
        rig.poll();

        assertResult(read, 7);
        assertThat(rig.unparked).containsExactly(Thread.currentThread());
        rig.assertNothingStays();
    }

    /** The system tells one of the two, and pretends to the other that the stream just ended. */
    @ParameterizedTest
    @EnumSource(names = {"ECONNRESET", "ETIMEDOUT", "EHOSTUNREACH", "ECONNREFUSED"})
    void whatEndedAConnectionIsKnownBeforeAnybodyIsTold(Errno errno) throws IOException {
        Handle handle = new FakeHandle();
        Operation write = rig.write(handle);
        Operation read = rig.read(handle);
        Failure loss = new Failure(errno, 1, null);
        List<Failure> known = new ArrayList<>();
        rig.atUnpark = () -> known.add(handle.loss());
        backend.fail(write, loss);
        backend.succeed(read, 0);
        rig.poll();

        assertThat(known).containsExactly(loss, loss);
    }

    @Test
    void aFailureThatLeavesTheConnectionIsNoLoss() throws IOException {
        Handle handle = new FakeHandle();
        for (Errno errno : List.of(Errno.EPIPE, Errno.ENOBUFS, Errno.ECANCELED)) {
            Operation write = rig.write(handle);
            backend.fail(write, new Failure(errno, 1, null));
            rig.poll();
            write.reset();
        }

        assertThat(handle.loss()).isNull();
    }

    @Test
    void aCancelIsAskedOfTheBackendAndItsCompletionAnswers() throws IOException {
        Operation read = rig.read();
        proactor.cancel(read, CancelReason.INTERRUPT);

        assertThat(backend.canceled).containsExactly(read);
        rig.poll();
        assertPending(read);
        backend.endCanceled(read);
        rig.poll();
        assertCanceled(read, CancelReason.INTERRUPT);
        rig.assertNothingStays();
    }

    @Test
    void theBackendIsAskedToCancelOnceAndTheFirstReasonStays() throws IOException {
        Operation read = rig.read();
        proactor.cancel(read, CancelReason.TIMEOUT);
        proactor.cancel(read, CancelReason.INTERRUPT);
        proactor.cancel(read, CancelReason.CLOSE);
        rig.close((Handle) read.handle());

        assertThat(backend.canceled).containsExactly(read);
        backend.endCanceled(read);
        rig.poll();
        assertCanceled(read, CancelReason.TIMEOUT);
    }

    @Test
    void aResultThatRacesACancelIsDeliveredOnce() throws IOException {
        Operation read = rig.read();
        backend.succeed(read, 7);   // reached before the cancel, told after it
        proactor.cancel(read, CancelReason.TIMEOUT);
        rig.poll();
        rig.poll();

        assertResult(read, 7);
        assertThat(rig.ends()).isEqualTo(1);
        rig.assertNothingStays();
    }

    @Test
    void aCancelThatComesAfterTheEndIsNoneOfTheBackendsBusiness() throws IOException {
        Operation read = rig.read();
        backend.succeed(read, 7);
        rig.poll();
        proactor.cancel(read, CancelReason.TIMEOUT);

        assertThat(backend.canceled).isEmpty();
        assertThat(read.cancelReason()).isEqualTo(CancelReason.NONE);
        assertThat(rig.ends()).isEqualTo(1);
    }

    @Test
    void aCancelOfWhatWasNeverTakenInLeavesNoNote() {
        Operation read = new FakeHandle().operation(Handle.READING);
        proactor.cancel(read, CancelReason.INTERRUPT);

        assertThat(read.isCancelAsked()).isFalse();
        assertThat(rig.ends()).isZero();
    }

    @Test
    void whatTheBackendCannotBeginFailsAloneAndKeepsNothing() throws IOException {
        Handle handle = new FakeHandle();
        backend.submitFailure = new IllegalArgumentException("on purpose");
        Operation read = rig.read(handle);

        assertThat(read.isDone()).isTrue();
        assertThat(read.failure().cause()).hasRootCause(backend.submitFailure);
        assertThat(backend.inFlight.count()).isZero();
        rig.assertNothingStays();
        assertThat(rig.close(handle).isDone()).isTrue();
        backend.submitFailure = null;
        backend.succeed(rig.read(), 7);
        rig.poll();
        rig.assertNothingStays();
    }

    @Test
    void whatTheBackendCannotBeginWhenItsTurnComesFailsAlone() throws IOException {
        Operation refused = rig.readThatIsRefused();
        Operation next = rig.read();
        backend.submitFailure = new IllegalArgumentException("on purpose");
        rig.poll();

        assertThat(refused.failure().cause()).hasRootCause(backend.submitFailure);
        assertThat(next.failure().cause()).hasRootCause(backend.submitFailure);
        rig.assertNothingStays();
    }

    // ---- in the overflow queue ----

    @Test
    void whatFindsNoSlotWaitsAndGoesInWhenOneIsFree() throws IOException {
        Operation waiting = rig.readThatFindsNoSlot();
        assertThat(backend.submitted).hasSize(CAPACITY).doesNotContain(waiting);
        assertThat(rig.overflows()).isEqualTo(1);
        assertPending(waiting);
        rig.poll();
        assertThat(backend.held).doesNotContain(waiting);
        backend.succeed(backend.held.getFirst(), 1);
        rig.poll();
        rig.poll();

        assertThat(backend.held).hasSize(CAPACITY).contains(waiting);
    }

    @Test
    void whatTheBackendRefusesKeepsNoSlotAndIsOfferedAgainByTheNextPoll() throws IOException {
        Operation refused = rig.readThatIsRefused();

        assertThat(refused.token()).isEqualTo(InFlight.FULL);
        assertThat(backend.inFlight.count()).isZero();
        assertThat(rig.overflows()).isEqualTo(1);
        assertThat(proactor.isIdle()).isFalse();
        backend.room = 1;
        rig.poll();
        assertThat(backend.held).containsExactly(refused);
    }

    @Test
    void theQueueIsEmptiedInTheOrderOfArrivalBeforeTheBackendIsPolled() throws IOException {
        backend.room = 0;
        List<Operation> arrived = new ArrayList<>(Stream.generate(rig::read).limit(CAPACITY).toList());
        backend.room = 2;
        rig.poll();
        assertThat(backend.submitted).containsExactlyElementsOf(arrived.subList(0, 2));
        backend.room = 10;
        rig.poll();

        assertThat(backend.submitted).containsExactlyElementsOf(arrived);
    }

    @Test
    void nobodyOvertakesWhoeverWaits() throws IOException {
        Operation first = rig.readThatIsRefused();
        backend.room = 10;
        Operation second = rig.read();
        assertThat(backend.submitted).isEmpty();
        rig.poll();

        assertThat(backend.submitted).containsExactly(first, second);
        assertThat(rig.overflows()).isEqualTo(2);
    }

    @Test
    void aCancelTakesItOutOfTheQueueAndEndsItAtOnce() throws IOException {
        Operation refused = rig.readThatIsRefused();
        Operation behind = rig.read();
        proactor.cancel(refused, CancelReason.INTERRUPT);

        assertCanceled(refused, CancelReason.INTERRUPT);
        assertThat(rig.ends()).isEqualTo(1);
        backend.room = 10;
        rig.poll();
        assertThat(backend.submitted).containsExactly(behind);
        assertThat(backend.canceled).isEmpty();
    }

    @Test
    void aCancelReachesItAlsoWhereTheTableIsFull() {
        Operation waiting = rig.readThatFindsNoSlot();
        proactor.cancel(waiting, CancelReason.INTERRUPT);

        assertCanceled(waiting, CancelReason.INTERRUPT);
        assertThat(backend.canceled).isEmpty();
        assertThat(backend.held).hasSize(CAPACITY);
    }

    // ---- among the closers of a handle ----

    @Test
    void aCloseThatWaitsCannotBeCancelled() throws IOException {
        Operation read = rig.read();
        Operation close = rig.close((Handle) read.handle());
        proactor.cancel(close, CancelReason.INTERRUPT);
        proactor.cancelAll(_ -> true, CancelReason.CLOSE);

        assertPending(close);
        backend.endCanceled(read);
        rig.poll();
        assertThat(close.isDone()).isTrue();
        assertThat(close.failure()).isNull();
        rig.assertNothingStays();
    }

    // ---- all of them ----

    @Test
    void everybodyIsAskedToEndWhereverHeIs() throws IOException {
        Operation waiting = rig.readThatFindsNoSlot();
        Operation alsoWaiting = rig.read();
        List<Operation> inBackend = List.copyOf(backend.held);
        proactor.cancelAll(_ -> true, CancelReason.CLOSE);

        assertCanceled(waiting, CancelReason.CLOSE);
        assertCanceled(alsoWaiting, CancelReason.CLOSE);
        assertThat(backend.canceled).containsExactlyInAnyOrderElementsOf(inBackend);
        assertThat(proactor.isIdle()).isFalse();
        backend.endAllCanceled();
        rig.poll();
        assertThat(inBackend).allSatisfy(each -> assertCanceled(each, CancelReason.CLOSE));
        rig.assertNothingStays();
    }

    // ---- how long a poll waits ----

    @Test
    void aPollWaitsAsLongAsItIsTold() throws IOException {
        proactor.poll(0);
        proactor.poll(5);
        proactor.poll(Backend.FOREVER);

        assertThat(backend.waits).containsExactly(0L, 5L, Backend.FOREVER);
    }

    @Test
    void aPollDoesNotWaitWhileThereIsMoreToSubmit() throws IOException {
        rig.readThatIsRefused();
        proactor.poll(5);
        backend.room = 1;
        proactor.poll(5);

        assertThat(backend.waits).containsExactly(0L, 5L);
    }

    @Test
    void aPollWaitsForACompletionWhereOnlyThatMakesRoom() throws IOException {
        rig.readThatFindsNoSlot();
        proactor.poll(5);

        assertThat(backend.waits).containsExactly(5L);
    }

    @Test
    void aPollDoesNotWaitOnceItHasEndedWhatTheBackendCannotBegin() throws IOException {
        Operation refused = rig.readThatIsRefused();
        backend.submitFailure = new IllegalArgumentException("on purpose");
        proactor.poll(Backend.FOREVER);

        assertThat(refused.isDone()).isTrue();
        assertThat(backend.waits).as("its thread can run").containsExactly(0L);
    }

    @Test
    void aPollDoesNotWaitOnABacklogOfTheBackend() throws IOException {
        backend.hasBacklog = true;
        proactor.poll(5);

        assertThat(backend.waits).containsExactly(0L);
    }
}
