package dev.ringpark.dispatch;

import static dev.ringpark.dispatch.DispatchRig.assertCanceled;
import static dev.ringpark.dispatch.DispatchRig.assertPending;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.dispatch.DispatchRig.Bell;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Deadline;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The end of a dispatcher: in good order, or because the backend has failed. */
class DispatcherEndTest extends OpenDispatcher {
    private final FakeHandle handle = new FakeHandle();

    // ---- in good order ----

    @Test
    void theBackendIsGivenBack() {
        dispatcher.end();

        assertThat(backend.isClosed).isTrue();
    }

    @Test
    void thereIsNoEndWhileSomethingIsInFlight() {
        rig.read();

        assertThatThrownBy(dispatcher::end).isInstanceOf(AssertionError.class);
        assertThat(backend.isClosed).isFalse();
    }

    @Test
    void thereIsNoEndWhileSomethingWaitsForTheBackend() {
        rig.readThatIsRefused();

        assertThatThrownBy(dispatcher::end).isInstanceOf(AssertionError.class);
    }

    @Test
    void whatComesAfterTheEndEndsAsClosed() {
        dispatcher.end();
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
        dispatcher.end();
        Operation close = rig.close(handle);

        assertThat(close.isDone()).isTrue();
        assertThat(close.failure()).isNull();
        assertThat(backend.released).containsExactly(handle);
    }

    @Test
    void aCloseThatWaitsForACallDoesNotHoldUpTheEndAndIsAnsweredAfterIt() {
        handle.beginCall();
        Operation close = rig.close(handle);
        assertThat(dispatcher.isIdle()).isTrue();
        dispatcher.end();
        assertPending(close);
        assertThat(handle.endCall()).isTrue();
        dispatcher.callEnded(handle);

        assertThat(close.isDone()).isTrue();
        assertThat(backend.released).containsExactly(handle);
    }

    @Test
    void theTimersThatAreLeftCanBeTakenOutEarliestFirst() {
        Bell late = new Bell(200);
        Bell early = new Bell(100);
        dispatcher.schedule(late);
        dispatcher.schedule(early);
        dispatcher.end();

        assertThat(dispatcher.pollTimer()).isSameAs(early);
        assertThat(dispatcher.pollTimer()).isSameAs(late);
        assertThat(dispatcher.pollTimer()).isNull();
        assertThat(early.rings + late.rings).isZero();
    }

    // ---- because the backend has failed ----

    @Test
    void everybodyEndsWithAnInputOutputErrorThatNamesTheCause() {
        Operation inBackend = rig.readUntil(100);
        Operation cancelled = rig.read();
        dispatcher.cancel(cancelled, CancelReason.TIMEOUT);
        Operation refused = rig.readThatIsRefused();
        IOException cause = new IOException("on purpose");
        dispatcher.abandon(cause);

        assertThat(List.of(inBackend, cancelled, refused)).allSatisfy(each -> {
            assertThat(each.isDone()).isTrue();
            assertThat(each.failure().errno()).isEqualTo(Errno.EIO);
            assertThat(each.failure().cause()).hasCause(cause);
        });
        assertThat(dispatcher.isIdle()).isTrue();
        assertThat(dispatcher.hasDeadlines()).isFalse();
        assertThat(rig.ends()).isEqualTo(3);
        assertThat(backend.isClosed).isFalse();
    }

    @Test
    void everybodyEndsAlsoWhereTheTableHasGrownAndIsFull() throws IOException {
        rig = new DispatchRig(1000);
        for (int i = 0; i < 1100; i++) {
            rig.read();
        }
        assertThat(rig.backend.held).hasSize(1000);
        rig.dispatcher.abandon(new IOException("on purpose"));

        assertThat(rig.ends()).isEqualTo(1100);
        assertThat(rig.dispatcher.isIdle()).isTrue();
    }

    @Test
    void theBuffersThatThePlatformHadAreKeptAndNoOthers() {
        Operation lent = handle.operation(Handle.READING);
        ByteBuffer buffer = begin(lent);
        dispatcher.submit(lent);
        rig.write(handle);   // from an array, which the platform never sees
        backend.room = 0;
        Operation refused = new FakeHandle().operation(Handle.READING);
        begin(refused);
        dispatcher.submit(refused);
        dispatcher.abandon(new IOException("on purpose"));

        assertThat(dispatcher.lentMemory()).hasSize(1).allMatch(each -> each == buffer);
    }

    @Test
    void aPooledBufferThatWasLentStaysWithTheBackend() {
        Operation read = rig.read();
        read.lent = 3;
        dispatcher.abandon(new IOException("on purpose"));

        assertThat(read.isDone()).isTrue();
        assertThat(read.lent).isEqualTo(-1);
    }

    @Test
    void aCloseThatWaitedForTheLostIsAnswered() {
        rig.read(handle);
        rig.write(handle);
        Operation close = rig.close(handle);
        backend.held.clear();   // it has failed, and works on nothing
        dispatcher.abandon(new IOException("on purpose"));

        assertThat(close.isDone()).isTrue();
        assertThat(close.failure()).isNull();
        assertThat(backend.released).containsExactly(handle);
        rig.assertNothingStays();
    }

    @Test
    void whatComesAfterTheFailureEndsAsClosed() {
        dispatcher.abandon(new IOException("on purpose"));
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
        dispatcher.schedule(bell);
        rig.readUntil(50);
        dispatcher.abandon(new IOException("on purpose"));

        assertThat(dispatcher.pollTimer()).isSameAs(bell);
        assertThat(dispatcher.pollTimer()).isNull();
    }

    private static ByteBuffer begin(Operation read) {
        ByteBuffer buffer = ByteBuffer.allocateDirect(10);
        read.beginTransfer(Kind.READ, buffer, 1000, 0, 10, Deadline.NONE);
        return buffer;
    }
}
