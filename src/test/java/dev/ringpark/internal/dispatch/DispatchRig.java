package dev.ringpark.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.Timer;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A proactor on a fake backend, and somebody who asks it for things. */
final class DispatchRig {
    final Counters counters = new Counters();
    /** One entry for each end of an operation. */
    final List<Thread> unparked = new ArrayList<>();
    /** What happens before each. */
    Runnable atUnpark = () -> { };
    final Proactor proactor;
    final FakeBackend backend;

    DispatchRig(int maxInFlight) throws IOException {
        proactor = new Proactor((inFlight, completions, sameCounters) -> new FakeBackend(inFlight, completions),
                maxInFlight, counters, this::unpark);
        backend = (FakeBackend) proactor.backend();
    }

    private void unpark(Thread thread) {
        atUnpark.run();
        unparked.add(thread);
    }

    // ---- asking ----

    Operation read(Handle handle) {
        return transfer(handle, Handle.READING, Moment.NONE);
    }

    /** On a handle of its own. */
    Operation read() {
        return read(new FakeHandle());
    }

    Operation write(Handle handle) {
        return transfer(handle, Handle.WRITING, Moment.NONE);
    }

    Operation readUntil(long deadlineNanos) {
        return transfer(new FakeHandle(), Handle.READING, deadlineNanos);
    }

    Operation transfer(Handle handle, int side, long deadlineNanos) {
        Operation operation = handle.operation(side);
        Kind kind = side == Handle.READING ? Kind.READ : Kind.WRITE;
        operation.beginTransfer(kind, new byte[10], 0, 10, deadlineNanos);
        proactor.submit(operation);
        return operation;
    }

    Operation close(Resource handle) {
        Operation close = new Operation(handle);
        close.beginClose();
        proactor.submit(close);
        return close;
    }

    /** A read that the full table has kept out of the backend; those who filled it are in the backend. */
    Operation readThatFindsNoSlot() {
        while (backend.inFlight.count() < backend.inFlight.capacity()) {
            read();
        }
        return read();
    }

    /** A read that the backend has refused for want of room in its own queue. */
    Operation readThatIsRefused() {
        backend.room = 0;
        Operation read = read();
        assertThat(backend.held).doesNotContain(read);
        return read;
    }

    void poll() throws IOException {
        proactor.poll(0);
    }

    long ends() {
        return unparked.size();
    }

    long overflows() {
        return counters.get(Count.OVERFLOWS);
    }

    // ---- checks ----

    static void assertPending(Operation operation) {
        assertThat(operation.isAdmitted()).isTrue();
        assertThat(operation.isDone()).isFalse();
    }

    static void assertResult(Operation operation, int result) {
        assertThat(operation.isDone()).isTrue();
        assertThat(operation.failure()).isNull();
        assertThat(operation.result()).isEqualTo(result);
    }

    static void assertCanceled(Operation operation, CancelReason reason) {
        assertThat(operation.isDone()).isTrue();
        assertThat(operation.failure()).isEqualTo(Failure.CANCELED);
        assertThat(operation.cancelReason()).isEqualTo(reason);
    }

    /** Everything that was taken in has ended, once, and nothing is left anywhere. */
    void assertNothingStays() {
        long submitted = counters.get(Count.SUBMITTED);

        assertThat(proactor.isIdle()).isTrue();
        assertThat(proactor.hasDeadlines()).isFalse();
        assertThat(backend.held).isEmpty();
        assertThat(ends()).isEqualTo(submitted);
        assertThat(counters.get(Count.COMPLETED)).isEqualTo(submitted);
    }

    /** Notes that it fired. */
    static final class Bell extends Timer {
        int rings;

        Bell(long nanos) {
            deadlineNanos(nanos);
        }

        @Override
        public void fire() {
            rings++;
        }
    }
}
