package dev.ringpark.internal.dispatch;

import static dev.ringpark.internal.dispatch.DispatchRig.assertPending;
import static dev.ringpark.internal.dispatch.DispatchRig.assertResult;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import org.junit.jupiter.api.Test;

/** An open file is given back by an operation, as that may take its time, and everybody who asked is answered then. */
class ProactorFileCloseTest extends OpenProactor {
    private final FakeFile file = new FakeFile(true);

    private Operation sync() {
        Operation sync = file.take();
        sync.beginSync(true, Moment.NONE);
        proactor.submit(sync);
        return sync;
    }

    private void assertWaiting(Operation close) {
        assertPending(close);
        assertThat(file.isClosed()).isFalse();
        assertThat(proactor.hasClosed()).isFalse();
    }

    @Test
    void theFirstCloseIsTheBackendsAndTheOthersWaitForIt() throws IOException {
        Operation first = rig.close(file);
        Operation second = rig.close(file);
        assertThat(backend.held).containsExactly(first);
        proactor.cancel(first, CancelReason.INTERRUPT);
        proactor.cancel(second, CancelReason.INTERRUPT);
        assertThat(backend.canceled).isEmpty();
        Operation third = rig.close(file);
        assertWaiting(first);
        assertWaiting(second);
        assertThat(proactor.isIdle()).isFalse();
        backend.succeed(first, 0);
        rig.poll();

        for (Operation close : new Operation[] {first, second, third, rig.close(file)}) {
            assertResult(close, 0);
        }
        assertThat(file.isClosed()).isTrue();
        assertThat(backend.released).isEmpty();
        rig.assertNothingStays();
    }

    @Test
    void itIsSubmittedWhenTheLastOperationHasEndedAndTheLastCall() throws IOException {
        file.beginCall();
        Operation sync = sync();
        Operation close = rig.close(file);
        assertThat(backend.canceled).containsExactly(sync);
        backend.endCanceled(sync);
        rig.poll();
        assertThat(backend.held).isEmpty();
        assertThat(file.endCall()).isTrue();
        proactor.finishClosing(file);
        assertThat(backend.held).containsExactly(close);
        proactor.finishClosing(file);
        backend.succeed(close, 0);
        rig.poll();

        assertResult(close, 0);
        rig.assertNothingStays();
    }

    @Test
    void everybodyHearsOfItsFailure() throws IOException {
        Operation first = rig.close(file);
        Operation second = rig.close(file);
        Failure full = new Failure(Errno.ENOSPC, 28, null);
        first.fail(full);
        backend.succeed(first, 0);
        rig.poll();

        assertThat(first.failure()).isSameAs(full);
        assertThat(second.failure()).isSameAs(full);
        assertThat(file.isClosed()).isTrue();
        rig.assertNothingStays();
    }

    @Test
    void itWaitsForNobodyWhoFillsTheTable() {
        rig.readThatFindsNoSlot();
        Operation close = rig.close(file);

        assertResult(close, 0);
        assertThat(backend.released).containsExactly(file);
    }

    @Test
    void aFullQueueTakesItBeforeAllElseThatWaits() throws IOException {
        Operation read = rig.readThatIsRefused();
        Operation close = rig.close(file);
        assertWaiting(close);
        assertThat(proactor.isIdle()).isFalse();
        backend.room = 1;
        rig.poll();
        assertThat(backend.held).contains(close).doesNotContain(read);
        backend.succeed(close, 0);
        rig.poll();

        assertResult(close, 0);
    }

    @Test
    void whatWasNeverOpenedNeedsNoBackend() {
        assertResult(rig.close(new FakeFile(false)), 0);
        assertThat(backend.released).isEmpty();
        rig.assertNothingStays();
    }

    @Test
    void afterTheEndItIsGivenBackAtOnce() {
        proactor.end();
        Operation close = rig.close(file);

        assertResult(close, 0);
        assertThat(backend.released).containsExactly(file);
    }

    @Test
    void aQueueThatFailsAnswersIt() {
        Operation first = rig.close(file);
        Operation second = rig.close(file);
        proactor.abandon(new IOException("torn"));

        assertThat(first.failure()).isNotNull();
        assertThat(second.failure()).isNotNull();
        assertThat(proactor.hasClosed()).isTrue();
    }
}
