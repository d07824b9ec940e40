package dev.ringpark.internal.backend.readiness;

import static dev.ringpark.internal.backend.readiness.ReadinessQueue.READABLE;
import static dev.ringpark.internal.backend.readiness.ReadinessQueue.WRITABLE;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.backend.fd.FdSockets;
import dev.ringpark.internal.backend.FinishedOperations;
import dev.ringpark.internal.backend.WakeFlag;
import dev.ringpark.internal.backend.files.FileThreads;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketCalls;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Operations over readiness, by system calls: try; what would have to wait is kept by its {@link Watch} until the queue
 * calls the descriptor ready, and is tried again.
 *
 * <pre>
 * where an operation is | how it gets there                         | how a cancel reaches it
 * ----------------------+-------------------------------------------+---------------------------------------------
 * kept by its watch     | would wait, or is not worth a try yet     | leaves for the finished, as cancelled
 * finished              | has a result or a failure                 | not at all: what it has reached is delivered
 * </pre>
 *
 * The finished are delivered by poll alone, so whoever takes them may do anything, also release.
 */
public final class ReadinessBackend implements Backend {
    private static final int FIRST_WATCHES = 64;
    private static final long FOR_EVER = -1;   // to the queue

    private final SocketCalls calls;
    private final ReadinessQueue queue;
    private final Completions completions;
    private final Counters counters;
    private final SocketAttempts attempts;
    private final FileThreads files;
    private final WakeFlag wake;

    // Loop thread only.
    private @Nullable Watch[] watches = new Watch[FIRST_WATCHES];   // by descriptor number
    private int rounds;
    private final FinishedOperations finished = new FinishedOperations();
    private final Consumer<Operation> whenDone = finished::add;   // allocated once
    private volatile boolean closed;

    private ReadinessBackend(SocketCalls calls, ReadinessQueue queue, BackendOptions options, Completions completions,
            Counters counters) {
        this.calls = calls;
        this.queue = queue;
        this.completions = completions;
        this.counters = counters;
        this.attempts = new SocketAttempts(calls);
        this.wake = new WakeFlag(queue::wake);
        this.files = new FileThreads(options.fileThreads(), wake::raise);
    }

    /** Opens a queue. */
    @FunctionalInterface
    interface Opener {
        ReadinessQueue open() throws IOException;
    }

    /** One over a new queue, which is closed with it, also if it cannot be had: so it is opened here, not before. */
    static ReadinessBackend over(Opener opener, SocketCalls calls, BackendOptions options,
            Completions completions, Counters counters) throws IOException {
        ReadinessQueue queue = opener.open();
        try {
            return new ReadinessBackend(calls, queue, options, completions, counters);
        } catch (Throwable e) {
            queue.close();
            throw e;
        }
    }

    @Override
    public Handle openSocket(SocketType type, @Nullable ProtocolFamily family) throws IOException {
        return FdSockets.openNonBlocking(calls, type, family);
    }

    @Override
    public Handle watch(int descriptor) throws IOException {
        return FdSockets.foreignCopy(calls, descriptor);
    }

    @Override
    public FileResource newFile(Path path) {
        return files.newFile(path);
    }

    // ---- operations ----

    @Override
    public boolean submit(Operation operation) {
        if (operation.kind().isOfFile()) {
            files.submit(operation);
        } else {
            start(operation);
        }
        return true;
    }

    private void start(Operation operation) {
        Watch watch = watch((FdHandle) operation.handle());
        if (watch.isPromising(operation) ? attempts.ends(watch, operation) : isReadyAtOnce(watch, operation)) {
            finished.add(operation);
        } else {
            await(watch, operation);
        }
    }

    private boolean isReadyAtOnce(Watch watch, Operation operation) {
        FdHandle handle = watch.handle();
        return handle.isForeign() && queue.isReadyAtOnce(handle.fd(), Watch.direction(operation));
    }

    private void await(Watch watch, Operation operation) {
        int result = watch.await(operation, queue);
        if (result < 0 && watch.handle().isForeign() && calls.errno(-result) == Errno.EPERM) {
            finished.add(operation);   // a file, which epoll does not take, is always ready
        } else if (result < 0) {
            operation.fail(calls.failure(-result));
            finished.add(operation);
        }
    }

    private Watch watch(FdHandle handle) {
        int fd = handle.fd();
        if (fd >= watches.length) {
            watches = Arrays.copyOf(watches, Math.max(fd + 1, 2 * watches.length));
        }
        Watch known = watches[fd];
        if (known == null) {
            known = new Watch(handle, rounds++);
            watches[fd] = known;
        }
        assert known.handle() == handle : "a released descriptor is still watched";
        return known;
    }

    private @Nullable Watch existing(FdHandle handle) {
        return handle.fd() < watches.length ? watches[handle.fd()] : null;
    }

    @Override
    public void cancel(Operation operation) {
        if (operation.kind().isOfFile() ? files.cancel(operation) : giveUp(operation)) {
            finished.add(operation);
        }
    }

    private boolean giveUp(Operation operation) {
        Watch watch = existing((FdHandle) operation.handle());
        if (watch == null || !watch.forget(operation)) {
            return false;
        }
        operation.fail(Failure.CANCELED);
        return true;
    }

    @Override
    public void release(Resource handle) throws IOException {
        if (handle instanceof FileResource file) {
            file.release();
        } else {
            release((FdHandle) handle);
        }
    }

    private void release(FdHandle released) throws IOException {
        Watch watch = existing(released);
        if (watch != null && watch.handle() == released) {
            watches[released.fd()] = null;
            if (!closed) {
                watch.end(queue);
            }
        }
        released.release();
    }

    // ---- poll ----

    @Override
    public boolean hasBacklog() {
        return !finished.isEmpty();
    }

    @Override
    public void poll(long waitNanos) throws IOException {
        if (!finished.goFirst()) {
            ask(hasBacklog() ? 0 : waitNanos);
        }
        files.deliver(whenDone);
        finished.deliver(completions);
    }

    private void ask(long waitNanos) throws IOException {
        counters.add(Count.ENTERS);
        long wait = waitNanos == 0 || wake.isRaised() ? 0 : waitNanos == FOREVER ? FOR_EVER : waitNanos;
        int count = queue.await(wait);
        if (waitNanos != 0) {
            wake.lower();
        }
        if (count < 0 && !calls.isInterruption(-count)) {
            throw new IOException(queue.callName() + ": " + calls.failure(-count).describe());
        }
        for (int i = 0; i < count; i++) {
            if (queue.data(i) != ReadinessQueue.WAKE) {
                take(i);
            }
        }
    }

    private void take(int event) {
        long data = queue.data(event);
        Watch watch = watches[Watch.fd(data)];
        if (watch == null || !watch.isMeant(data)) {
            return;   // its descriptor has been closed since
        }
        int ready = queue.ready(event);
        watch.takeIn(ready, queue);
        if (queue.error(event) != 0) {
            refuse(watch, ready & READABLE, queue.error(event));
            refuse(watch, ready & WRITABLE, queue.error(event));
        } else {
            takeError(watch, queue.socketError(event));
            resume(watch, ready & READABLE);
            resume(watch, ready & WRITABLE);
            watch.tellAgain(queue);
        }
    }

    /** The event tells what the socket has met: with libkqueue nobody else does any more. */
    private void takeError(Watch watch, int errno) {
        if (errno == 0) {
            return;
        }
        watch.handle().noteFailure(calls.failure(errno));
        Operation pending = watch.pending(WRITABLE);
        if (pending != null && pending.kind() == Kind.CONNECT) {
            refuse(watch, WRITABLE, errno);
        }
    }

    /** The queue would not take what {@code watch} has told it. */
    private void refuse(Watch watch, int direction, int errno) {
        Operation pending = direction == 0 ? null : watch.pending(direction);
        if (pending != null) {
            watch.done(pending);
            pending.fail(calls.failure(errno));
            finished.add(pending);
        }
    }

    private void resume(Watch watch, int direction) {
        if (direction == 0) {
            return;
        }
        watch.promise(direction, true);
        Operation pending = watch.pending(direction);
        if (pending != null && attempts.ends(watch, pending)) {
            watch.done(pending);
            finished.add(pending);
        }
    }

    @Override
    public void wake() {
        wake.raise();
    }

    @Override
    public void close() {
        closed = true;
        files.close();
        queue.close();
    }
}
