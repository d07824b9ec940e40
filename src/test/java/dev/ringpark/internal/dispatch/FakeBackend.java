package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A backend that does as it is told and writes down what it is asked. It checks the caller's half of the contract. */
final class FakeBackend implements Backend {
    final InFlight inFlight;
    final List<Operation> submitted = new ArrayList<>();
    final List<Operation> canceled = new ArrayList<>();
    final List<Resource> released = new ArrayList<>();
    /** What each poll was allowed to wait. */
    final List<Long> waits = new ArrayList<>();
    /** Taken, and not completed. */
    final List<Operation> held = new ArrayList<>();
    /** How many more it takes; a poll does not change that. */
    int room = Integer.MAX_VALUE;
    boolean hasBacklog;
    boolean isClosed;
    /** What {@link #submit} throws. */
    RuntimeException submitFailure;
    /** What {@link #release} throws: an IOException, a RuntimeException or an Error. */
    Throwable releaseFailure;

    private final Completions completions;
    private final List<Operation> ended = new ArrayList<>();

    FakeBackend(InFlight inFlight, Completions completions) {
        this.inFlight = inFlight;
        this.completions = completions;
    }

    // ---- the script ----

    /** Has the next poll complete {@code operation} with {@code result}. */
    void succeed(Operation operation, int result) {
        operation.succeed(result);
        take(operation);
    }

    /** Has the next poll complete {@code operation}, as cancelled. */
    void endCanceled(Operation operation) {
        fail(operation, Failure.CANCELED);
    }

    /** Has the next poll complete {@code operation}, which has failed. */
    void fail(Operation operation, Failure failure) {
        operation.fail(failure);
        take(operation);
    }

    /** Has the next poll complete as cancelled whatever was asked to be. */
    void endAllCanceled() {
        List.copyOf(held).stream().filter(canceled::contains).forEach(this::endCanceled);
    }

    private void take(Operation operation) {
        require(held.remove(operation), "completes what it has");
        ended.add(operation);
    }

    // ---- the contract ----

    @Override
    public boolean submit(Operation operation) {
        require(!isClosed, "is open when submitted to");
        require(inFlight.find(operation.token()) == operation, "is given operations that have been admitted");
        boolean isSockets = operation.kind() == Kind.CLOSE && !(operation.handle() instanceof FileResource);
        require(!isSockets, "sees files' closes only");
        require(!held.contains(operation), "is given an operation once");
        if (submitFailure != null) {
            throw submitFailure;
        }
        if (room == 0) {
            return false;
        }
        room--;
        submitted.add(operation);
        held.add(operation);
        return true;
    }

    @Override
    public void cancel(Operation operation) {
        require(held.contains(operation) || ended.contains(operation), "is asked to cancel only what it has");
        canceled.add(operation);
    }

    @Override
    public void release(Resource handle) throws IOException {
        require(held.stream().noneMatch(each -> each.handle() == handle), "releases no handle it works on");
        require(!handle.isOpen() && !handle.inCall(), "releases no handle that can still be used");
        require(!released.contains(handle), "releases a handle once");
        released.add(handle);
        if (releaseFailure instanceof IOException failure) {
            throw failure;
        }
        if (releaseFailure instanceof RuntimeException failure) {
            throw failure;
        }
        if (releaseFailure instanceof Error failure) {
            throw failure;
        }
    }

    @Override
    public boolean hasBacklog() {
        return hasBacklog;
    }

    @Override
    public void poll(long waitNanos) {
        require(!isClosed, "is open when polled");
        waits.add(waitNanos);
        List<Operation> ending = List.copyOf(ended);
        ended.clear();
        ending.forEach(completions::completed);
    }

    @Override
    public void close() {
        require(held.isEmpty() && ended.isEmpty(), "has nothing in flight when closed");
        isClosed = true;
    }

    @Override
    public Handle openSocket(SocketType type, ProtocolFamily family) {
        throw new UnsupportedOperationException("not the proactor's");
    }

    @Override
    public FileResource newFile(Path path) {
        throw new UnsupportedOperationException("not the proactor's");
    }

    @Override
    public void wake() {
        throw new UnsupportedOperationException("not the proactor's");
    }

    private static void require(boolean condition, String what) {
        if (!condition) {
            throw new AssertionError("a backend " + what);
        }
    }
}
