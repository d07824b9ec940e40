package dev.ringpark.internal.dispatch;

import static dev.ringpark.internal.dispatch.DispatchRig.assertCanceled;
import static dev.ringpark.internal.dispatch.DispatchRig.assertPending;
import static dev.ringpark.internal.dispatch.DispatchRig.assertResult;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import java.io.IOException;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

/** A handle is released when nothing can mean it any more, and everybody who asked for that is answered. */
class ProactorCloseTest extends OpenProactor {
    private final FakeHandle handle = new FakeHandle();

    // ---- what a close waits for ----

    /** An interrupted thread that closes asks for a cancel, as each that waits does. */
    @Test
    void aCloseIsNeverCancelledWhereverItStandsAmongOthers() throws IOException {
        Operation read = rig.read(handle);
        Operation first = rig.close(handle);
        Operation second = rig.close(handle);
        Operation third = rig.close(handle);

        rig.proactor.cancel(second, CancelReason.INTERRUPT);
        rig.proactor.cancel(first, CancelReason.INTERRUPT);

        assertWaiting(first);
        assertWaiting(second);
        backend.endCanceled(read);
        rig.poll();
        assertClosed(first);
        assertClosed(second);
        assertClosed(third);
        assertThat(rig.proactor.hasClosed()).isTrue();
        rig.assertNothingStays();
    }

    @Test
    void aHandleThatNobodyUsesIsReleasedAtOnce() {
        Operation close = rig.close(handle);

        assertClosed(close);
        rig.assertNothingStays();
    }

    @Test
    void aCloseWaitsForBothSides() throws IOException {
        Operation read = rig.read(handle);
        Operation write = rig.write(handle);
        Operation close = rig.close(handle);
        assertThat(backend.canceled).containsExactlyInAnyOrder(read, write);
        backend.endCanceled(read);
        rig.poll();
        assertCanceled(read, CancelReason.CLOSE);
        assertWaiting(close);
        backend.endCanceled(write);
        rig.poll();

        assertCanceled(write, CancelReason.CLOSE);
        assertClosed(close);
        rig.assertNothingStays();
    }

    @Test
    void aCloseWaitsForTheWriterAloneToo() throws IOException {
        Operation write = rig.write(handle);
        Operation close = rig.close(handle);
        assertWaiting(close);
        backend.endCanceled(write);
        rig.poll();

        assertClosed(close);
    }

    @Test
    void aResultThatRacesTheCloseIsDelivered() throws IOException {
        Operation read = rig.read(handle);
        Operation close = rig.close(handle);
        backend.succeed(read, 7);
        rig.poll();

        assertResult(read, 7);
        assertClosed(close);
    }

    @Test
    void aCloseWaitsForTheLastPlainCall() {
        handle.beginCall();
        handle.beginCall();
        Operation close = rig.close(handle);
        assertWaiting(close);
        endCall();
        assertWaiting(close);
        endCall();

        assertClosed(close);
        rig.assertNothingStays();
    }

    @Test
    void aCloseWaitsForOperationsAndCallsInWhateverOrderTheyEnd() throws IOException {
        handle.beginCall();
        Operation read = rig.read(handle);
        Operation close = rig.close(handle);
        endCall();
        assertWaiting(close);
        backend.endCanceled(read);
        rig.poll();
        assertClosed(close);

        FakeHandle other = new FakeHandle();
        other.beginCall();
        Operation otherRead = rig.read(other);
        Operation otherClose = rig.close(other);
        backend.endCanceled(otherRead);
        rig.poll();
        assertPending(otherClose);
        assertThat(other.endCall()).isTrue();
        proactor.finishClosing(other);
        assertThat(otherClose.isDone()).isTrue();
        rig.assertNothingStays();
    }

    @Test
    void whatIsOverAndDoneWithHoldsNothingUp() throws IOException {
        Operation read = rig.read(handle);
        backend.succeed(read, 7);
        rig.poll();
        handle.beginCall();
        handle.endCall();

        assertClosed(rig.close(handle));
    }

    @Test
    void onlyTheHandlesOwnOperationsAreAskedToEnd() {
        Operation other = rig.read(new FakeHandle());
        rig.close(handle);

        assertThat(backend.canceled).isEmpty();
        assertPending(other);
    }

    @Test
    void aCallThatEndsOnAnOpenHandleClosesNothing() {
        proactor.finishClosing(handle);

        assertThat(handle.isOpen()).isTrue();
        assertThat(backend.released).isEmpty();
    }

    // ---- where the backend takes nothing ----

    @Test
    void aCloseEndsAtOnceWhatTheBackendHasRefused() {
        backend.room = 0;
        Operation read = rig.read(handle);
        Operation write = rig.write(handle);
        Operation close = rig.close(handle);

        assertCanceled(read, CancelReason.CLOSE);
        assertCanceled(write, CancelReason.CLOSE);
        assertClosed(close);
        assertThat(backend.submitted).isEmpty();
        rig.assertNothingStays();
    }

    @Test
    void aCloseWaitsForTheSideTheBackendHasAndEndsTheOther() throws IOException {
        Operation read = rig.read(handle);
        backend.room = 0;
        Operation write = rig.write(handle);
        Operation close = rig.close(handle);

        assertCanceled(write, CancelReason.CLOSE);
        assertWaiting(close);
        backend.endCanceled(read);
        rig.poll();
        assertClosed(close);
    }

    // ---- who asks ----

    @Test
    void everybodyWhoAskedIsAnsweredAndTheHandleReleasedOnce() throws IOException {
        Operation read = rig.read(handle);
        Operation first = rig.close(handle);
        Operation second = rig.close(handle);
        assertThat(backend.canceled).containsExactly(read);
        backend.endCanceled(read);
        rig.poll();
        Operation late = rig.close(handle);

        assertClosed(first);
        assertClosed(second);
        assertClosed(late);
        rig.assertNothingStays();
    }

    @Test
    void whatComesForAClosingHandleEndsAsClosedAtOnce() throws IOException {
        Operation read = rig.read(handle);
        Operation close = rig.close(handle);
        Operation write = rig.write(handle);

        assertCanceled(write, CancelReason.CLOSE);
        assertThat(backend.submitted).containsExactly(read);
        assertWaiting(close);
        backend.endCanceled(read);
        rig.poll();
        assertClosed(close);
        rig.assertNothingStays();
    }

    @Test
    void whatComesForAClosedHandleEndsAsClosedAtOnceAndTakesItsDeadlineAlong() {
        rig.close(handle);
        Operation read = rig.transfer(handle, FakeHandle.READING, 100);

        assertCanceled(read, CancelReason.CLOSE);
        assertThat(proactor.hasDeadlines()).isFalse();
        assertThat(backend.released).containsExactly(handle);
    }

    /** {@code startClosing} is for any thread; its close operation is under way. */
    @Test
    void aHandleIsNotReleasedBeforeItsCloseHasCome() throws IOException {
        Operation read = rig.read(handle);
        handle.startClosing();
        backend.succeed(read, 7);
        rig.poll();
        assertThat(backend.released).isEmpty();

        assertClosed(rig.close(handle));
    }

    @Test
    void whatHasBegunButNotComeYetDoesNotHoldUpTheCloseAndEndsAsClosed() {
        Operation read = handle.operation(FakeHandle.READING);
        read.beginTransfer(Kind.READ, new byte[1], 0, 1, Moment.NONE);
        Operation close = rig.close(handle);
        assertClosed(close);
        proactor.submit(read);

        assertCanceled(read, CancelReason.CLOSE);
        assertThat(backend.released).containsExactly(handle);
    }

    // ---- a release that fails ----

    @Test
    void everybodyWhoAskedIsToldWhyTheReleaseFailed() throws IOException {
        backend.releaseFailure = new SocketException("Connection reset by peer");
        Operation read = rig.read(handle);
        Operation first = rig.close(handle);
        Operation second = rig.close(handle);
        backend.endCanceled(read);
        rig.poll();

        assertThat(first.failure()).isEqualTo(second.failure());
        assertThat(first.failure().errno()).isEqualTo(Errno.ECONNRESET);
        assertThat(first.failure().cause()).isSameAs(backend.releaseFailure);
        assertThat(handle.isClosed()).isTrue();
    }

    @Test
    void aReleaseThatThrowsSomethingElseFailsTheCloseAndNotTheLoop() {
        backend.releaseFailure = new IllegalStateException("on purpose");
        Operation close = rig.close(handle);

        assertThat(close.failure().errno()).isEqualTo(Errno.UNKNOWN);
        assertThat(close.failure().cause()).hasRootCause(backend.releaseFailure);
        rig.assertNothingStays();
    }

    private void endCall() {
        if (handle.endCall()) {
            proactor.finishClosing(handle);
        }
    }

    private void assertWaiting(Operation close) {
        assertPending(close);
        assertThat(handle.isOpen()).isFalse();
        assertThat(handle.isClosed()).isFalse();
        assertThat(backend.released).doesNotContain(handle);
    }

    private void assertClosed(Operation close) {
        assertThat(close.isDone()).isTrue();
        assertThat(close.failure()).isNull();
        assertThat(handle.isClosed()).isTrue();
        assertThat(backend.released).containsOnlyOnce(handle);
    }
}
