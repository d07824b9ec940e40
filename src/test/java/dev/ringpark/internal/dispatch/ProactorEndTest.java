package dev.ringpark.internal.dispatch;

import static dev.ringpark.internal.dispatch.DispatchRig.assertCanceled;
import static dev.ringpark.internal.dispatch.DispatchRig.assertPending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.dispatch.DispatchRig.Bell;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The end of a proactor: in good order, or because the backend has failed. */
class ProactorEndTest extends OpenProactor {
    private final FakeHandle handle = new FakeHandle();

    // ---- in good order ----

    @Test
    void theBackendIsGivenBack() {
        proactor.end();

        assertThat(backend.isClosed).isTrue();
    }

    @Test
    void thereIsNoEndWhileSomethingIsInFlight() {
        rig.read();

        assertThatThrownBy(proactor::end).isInstanceOf(AssertionError.class);
        assertThat(backend.isClosed).isFalse();
    }

    @Test
    void thereIsNoEndWhileSomethingWaitsForTheBackend() {
        rig.readThatIsRefused();

        assertThatThrownBy(proactor::end).isInstanceOf(AssertionError.class);
    }

    @Test
    void whatComesAfterTheEndEndsAsClosed() {
        proactor.end();
        Operation read = rig.read(handle);
        Operation overdue = rig.readUntil(100);

        assertCanceled(read, CancelReason.CLOSE);
        assertCanceled(overdue, CancelReason.CLOSE);
        assertThat(handle.isOpen()).isTrue();
        assertThat(backend.submitted).isEmpty();
        rig.assertNothingStays();
    }

    @Test
    void aHandleThatIsClosedAfterTheEndIsStillReleased() {
        proactor.end();
        Operation close = rig.close(handle);

        assertThat(close.isDone()).isTrue();
        assertThat(close.failure()).isNull();
        assertThat(backend.released).containsExactly(handle);
    }

    @Test
    void aCloseThatWaitsForACallDoesNotHoldUpTheEndAndIsAnsweredAfterIt() {
        handle.beginCall();
        Operation close = rig.close(handle);
        assertThat(proactor.isIdle()).isTrue();
        proactor.end();
        assertPending(close);
        assertThat(handle.endCall()).isTrue();
        proactor.finishClosing(handle);

        assertThat(close.isDone()).isTrue();
        assertThat(backend.released).containsExactly(handle);
    }

    @Test
    void theTimersThatAreLeftCanBeTakenOutEarliestFirst() {
        Bell late = new Bell(200);
        Bell early = new Bell(100);
        proactor.schedule(late);
        proactor.schedule(early);
        proactor.end();

        assertThat(proactor.pollTimer()).isSameAs(early);
        assertThat(proactor.pollTimer()).isSameAs(late);
        assertThat(proactor.pollTimer()).isNull();
        assertThat(early.rings + late.rings).isZero();
    }

    // ---- because the backend has failed ----

    @Test
    void everybodyEndsWithAnInputOutputErrorThatNamesTheCause() {
        Operation inBackend = rig.readUntil(100);
        Operation cancelled = rig.read();
        proactor.cancel(cancelled, CancelReason.TIMEOUT);
        Operation refused = rig.readThatIsRefused();
        IOException cause = new IOException("on purpose");
        proactor.abandon(cause);

        assertThat(List.of(inBackend, cancelled, refused)).allSatisfy(each -> {
            assertThat(each.isDone()).isTrue();
            assertThat(each.failure().errno()).isEqualTo(Errno.EIO);
            assertThat(each.failure().cause()).hasCause(cause);
        });
        assertThat(proactor.isIdle()).isTrue();
        assertThat(proactor.hasDeadlines()).isFalse();
        assertThat(rig.ends()).isEqualTo(3);
        assertThat(backend.isClosed).isFalse();
    }

    @Test
    void whoCannotBeToldForWantOfMemoryKeepsNobodyElseFromHisEnd() {
        List<Operation> all = List.of(rig.read(handle), rig.read(), rig.readThatIsRefused());
        Operation close = rig.close(handle);
        AtomicInteger told = new AtomicInteger();
        rig.atUnpark = () -> {
            if (told.getAndIncrement() == 0) {
                throw new OutOfMemoryError("on purpose");
            }
        };
        backend.held.clear();   // it has failed, and works on nothing
        proactor.abandon(new OutOfMemoryError("the first"));

        assertThat(all).allMatch(Operation::isDone);
        assertThat(close.isDone()).as("the close that waited for it").isTrue();
        assertThat(rig.ends()).isEqualTo(3);
    }

    @Test
    void everybodyEndsAlsoWhereTheTableHasGrownAndIsFull() throws IOException {
        rig = new DispatchRig(1000);
        for (int i = 0; i < 1100; i++) {
            rig.read();
        }
        assertThat(rig.backend.held).hasSize(1000);
        rig.proactor.abandon(new IOException("on purpose"));

        assertThat(rig.ends()).isEqualTo(1100);
        assertThat(rig.proactor.isIdle()).isTrue();
    }

    @Test
    void theBuffersThatThePlatformHadAreKeptAndNoOthers() {
        Operation lent = handle.operation(Handle.READING);
        ByteBuffer buffer = begin(lent);
        proactor.submit(lent);
        rig.write(handle);   // from an array, which the platform never sees
        backend.room = 0;
        Operation refused = new FakeHandle().operation(Handle.READING);
        begin(refused);
        proactor.submit(refused);
        proactor.abandon(new IOException("on purpose"));

        assertThat(proactor.lentMemory.all()).hasSize(1).allMatch(each -> each == buffer);
    }

    @Test
    void aPooledBufferThatWasLentStaysWithTheBackend() {
        Operation read = rig.read();
        read.lent = 3;
        proactor.abandon(new IOException("on purpose"));

        assertThat(read.isDone()).isTrue();
        assertThat(read.lent).isEqualTo(-1);
    }

    @Test
    void aCloseWhoseReleaseEndsInAnErrorIsAnswered() {
        Operation read = rig.read(handle);
        Operation close = rig.close(handle);
        OutOfMemoryError error = new OutOfMemoryError("on purpose");
        backend.releaseFailure = error;
        backend.endCanceled(read);
        assertThatThrownBy(() -> proactor.poll(0)).isSameAs(error);
        proactor.abandon(error);

        assertThat(read.isDone()).isTrue();
        assertThat(close.isDone()).isTrue();
        assertThat(handle.isClosed()).isTrue();
    }

    @Test
    void aCloseThatWaitedForTheLostIsAnswered() {
        rig.read(handle);
        rig.write(handle);
        Operation close = rig.close(handle);
        backend.held.clear();   // it has failed, and works on nothing
        proactor.abandon(new IOException("on purpose"));

        assertThat(close.isDone()).isTrue();
        assertThat(close.failure()).isNull();
        assertThat(backend.released).containsExactly(handle);
        rig.assertNothingStays();
    }

    @Test
    void whatComesAfterTheFailureEndsAsClosed() {
        proactor.abandon(new IOException("on purpose"));
        Operation read = rig.read(handle);
        Operation close = rig.close(handle);

        assertCanceled(read, CancelReason.CLOSE);
        assertThat(close.isDone()).isTrue();
        assertThat(backend.released).containsExactly(handle);
        assertThat(backend.submitted).isEmpty();
        rig.assertNothingStays();
    }

    @Test
    void theTimersOutliveTheFailure() {
        Bell bell = new Bell(100);
        proactor.schedule(bell);
        rig.readUntil(50);
        proactor.abandon(new IOException("on purpose"));

        assertThat(proactor.pollTimer()).isSameAs(bell);
        assertThat(proactor.pollTimer()).isNull();
    }

    private static ByteBuffer begin(Operation read) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
        read.beginTransfer(Kind.READ, buffer, 1000, 0, 10, Moment.NONE);
        return buffer;
    }
}
