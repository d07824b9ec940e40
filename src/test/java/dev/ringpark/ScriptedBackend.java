package dev.ringpark;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A backend in which things happen when the test says so: operations end by {@link #end}, waits by a sticky wake. */
final class ScriptedBackend implements Backend {
    private final Completions completions;
    private final Semaphore sticky = new Semaphore(0);
    private final ConcurrentLinkedQueue<Operation> toEnd = new ConcurrentLinkedQueue<>();
    private final AtomicReference<Runnable> inNextWait = new AtomicReference<>(ScriptedBackend::nothing);
    /** What has been submitted, and what a cancel was asked for. */
    final List<Operation> submitted = new CopyOnWriteArrayList<>();
    final List<Operation> cancelled = new CopyOnWriteArrayList<>();
    /** Wakes made and waits begun; may be read by anybody, a moment late. */
    final Semaphore wakes = new Semaphore(0);
    volatile Runnable atClose = ScriptedBackend::nothing;
    /** What the sender that wakes the loop does next. */
    volatile Runnable atWake = ScriptedBackend::nothing;
    final List<Resource> released = new CopyOnWriteArrayList<>();
    volatile int polls;   // loop thread writes
    volatile boolean closed;
    volatile @Nullable Handle releasedBadly;

    ScriptedBackend(InFlight inFlight, Completions completions, Counters counters) {
        this.completions = completions;
    }

    private static void nothing() {
        // What there is to do when the test has said nothing.
    }

    // ---- the test's side ----

    /** Has {@code operation} end with {@code result} in the next poll. */
    void end(Operation operation, int result) {
        operation.succeed(result);   // the loop does not look before the poll
        toEnd.add(operation);
        sticky.release();
    }

    /** Ends them at once, in a script. */
    void endNow() {
        for (Operation next = toEnd.poll(); next != null; next = toEnd.poll()) {
            completions.completed(next);
        }
    }

    /** Has the loop's thread do {@code script} in its next waiting poll, before it waits. */
    void inNextWait(Runnable script) {
        inNextWait.set(script);
    }

    // ---- the loop's side ----

    @Override
    public boolean submit(Operation operation) {
        submitted.add(operation);
        return true;
    }

    @Override
    public void cancel(Operation operation) {
        cancelled.add(operation);
    }

    @Override
    public boolean hasBacklog() {
        return false;
    }

    @Override
    @SuppressWarnings("NonAtomicVolatileUpdate")
    public void poll(long waitNanos) {
        polls++;
        if (waitNanos != 0) {
            inNextWait.getAndSet(ScriptedBackend::nothing).run();
            sticky.acquireUninterruptibly();
        }
        endNow();
    }

    @Override
    public void wake() {
        wakes.release();
        sticky.release();
        atWake.run();
    }

    @Override
    public void close() {
        atClose.run();
        closed = true;
    }

    @Override
    public void release(Resource handle) throws IOException {
        released.add(handle);
        if (handle == releasedBadly) {
            throw new IOException("released badly");
        }
    }

    @Override
    public Handle openSocket(SocketType type, @Nullable ProtocolFamily family) {
        return new Socket();
    }

    @Override
    public FileResource newFile(Path path) {
        throw new UnsupportedOperationException();
    }

    /** A socket of nothing. */
    static final class Socket extends Handle {
        @Override
        public boolean isIpv4Only() {
            return true;
        }

        @Override
        public void bind(SocketAddress local, int backlog) {
            throw new UnsupportedOperationException();
        }

        @Override
        public @Nullable SocketAddress localAddress() {
            return null;
        }

        @Override
        public @Nullable SocketAddress remoteAddress() {
            return null;
        }

        @Override
        public Set<SocketOption<?>> supportedOptions() {
            return Set.of();
        }

        @Override
        public <T> void setOption(SocketOption<T> option, T value) {
            throw new UnsupportedOperationException();
        }

        @Override
        public <T> @Nullable T option(SocketOption<T> option) {
            return null;
        }

        @Override
        public void shutdownInput() {
            throw new UnsupportedOperationException();
        }

        @Override
        public void shutdownOutput() {
            throw new UnsupportedOperationException();
        }

        @Override
        public int readNow(ByteBuffer target) {
            return 0;
        }

        @Override
        public int writeNow(ByteBuffer source) {
            return 0;
        }

        @Override
        public int available() {
            return 0;
        }
    }
}
