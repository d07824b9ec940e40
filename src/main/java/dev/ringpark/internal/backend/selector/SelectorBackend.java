package dev.ringpark.internal.backend.selector;

import static dev.ringpark.internal.backend.selector.SelectorHandle.READING_OPS;
import static dev.ringpark.internal.backend.selector.SelectorHandle.WRITING_OPS;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.FinishedOperations;
import dev.ringpark.internal.backend.WakeFlag;
import dev.ringpark.internal.backend.files.FileThreads;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Operations over readiness: try; what would block waits in its handle until the selector calls it ready, and is tried
 * again.
 *
 * <pre>
 * where an operation is | how it gets there                      | how a cancel reaches it
 * ----------------------+----------------------------------------+------------------------------------------------
 * pending in its handle | would block, or is not worth a try yet | leaves for the finished, as cancelled
 * finished              | has a result or a failure              | not at all: what it has reached is delivered
 * </pre>
 *
 * The finished are delivered by poll alone and outside select, so whoever takes them may do anything, also release.
 */
public final class SelectorBackend implements Backend {
    /** Opens selectors. */
    public static final class Factory implements Backend.Factory {
        @Override
        public String name() {
            return "selector";
        }

        @Override
        public Backend open(BackendOptions options, InFlight inFlight, Completions completions, Counters counters)
                throws IOException {
            ProtocolFamily widestFamily = widestFamily();
            Selector selector = Selector.open();
            try {
                requireWorks(selector);
                return new SelectorBackend(selector, widestFamily, options, completions, counters);
            } catch (Throwable e) {
                closeAfter(e, selector);
                throw e;
            }
        }

        private static void closeAfter(Throwable cause, Selector selector) {
            try {
                selector.close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
    }

    private static final long NANOS_PER_MILLI = 1_000_000;
    private static final long NO_TIMEOUT = 0;   // to select
    private static final long PINNED_NAP_NANOS = NANOS_PER_MILLI;

    private final Selector selector;
    private final ProtocolFamily widestFamily;
    private final Completions completions;
    private final Counters counters;
    private final Attempts attempts;
    private final FileThreads files;
    private final Consumer<SelectionKey> whenReady = this::ready;   // allocated once
    private final WakeFlag wake;

    // Loop thread only.
    private final FinishedOperations finished = new FinishedOperations();
    private final Consumer<Operation> whenDone = finished::add;   // allocated once

    private SelectorBackend(
            Selector selector, ProtocolFamily widestFamily, BackendOptions options, Completions completions,
            Counters counters) {
        this.selector = selector;
        this.widestFamily = widestFamily;
        this.completions = completions;
        this.counters = counters;
        this.attempts = new Attempts(options.bufferBytes());
        this.wake = new WakeFlag(selector::wakeup);
        this.files = new FileThreads(options.fileThreads(), wake::raise);
    }

    /** A system may hand out the queue and forbid its use. */
    private static void requireWorks(Selector selector) throws BackendUnavailableException {
        try {
            selector.selectNow();
        } catch (IOException e) {
            throw new BackendUnavailableException("select fails: " + e.getMessage(), e);
        }
    }

    /** An IPv6 socket of the JDK's speaks IPv4 too. */
    private static ProtocolFamily widestFamily() throws IOException {
        try {
            SocketChannel.open(StandardProtocolFamily.INET6).close();
            return StandardProtocolFamily.INET6;
        } catch (UnsupportedOperationException noIpv6) {
            return StandardProtocolFamily.INET;
        }
    }

    @Override
    public Handle openSocket(SocketType type, @Nullable ProtocolFamily family) throws IOException {
        ProtocolFamily actual = family == null ? widestFamily : family;
        boolean isIpv4Only = actual == StandardProtocolFamily.INET;
        return switch (type) {
            case STREAM -> SelectorHandle.of(SocketChannel.open(actual), isIpv4Only, false);
            case LISTENER -> SelectorHandle.of(ServerSocketChannel.open(actual), isIpv4Only, false);
            case DATAGRAM -> SelectorHandle.of(DatagramChannel.open(actual), isIpv4Only, false);
            case IPV6_DATAGRAM -> SelectorHandle.of(DatagramChannel.open(actual), false, true);
            case FOREIGN, FOREIGN_COPY -> throw new IllegalArgumentException(type + " is not opened");
        };
    }

    @Override
    public FileResource newFile(Path path) {
        return files.newFile(path);
    }

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
        if (SelectorHandle.of(operation).isPromising(operation) && attempts.ends(operation)) {
            finished.add(operation);
        } else if (operation.isCancelAsked()) {
            // The attempt met a plain call of another thread on the channel's lock, and the cancel came meanwhile.
            operation.fail(Failure.CANCELED);
            finished.add(operation);
        } else {
            await(operation);
        }
    }

    @Override
    public void cancel(Operation operation) {
        if (operation.kind().isOfFile()) {
            if (files.cancel(operation)) {
                finished.add(operation);
            }
        } else if (SelectorHandle.of(operation).forget(operation)) {
            SelectorHandle.of(operation).tryNext(operation);
            operation.fail(Failure.CANCELED);
            finished.add(operation);
        }
    }

    @Override
    public void release(Resource handle) throws IOException {
        if (handle instanceof FileResource file) {
            file.release();
        } else {
            release((SelectorHandle) handle);
        }
    }

    private void release(SelectorHandle released) throws IOException {
        try {
            if (selector.isOpen() && released.unregister()) {
                // Only a select lets go of a cancelled key, and as long as one is held, close keeps the descriptor.
                // What proves ready meanwhile is finished; a wake it swallows is still in its flag.
                counters.add(Count.ENTERS);
                selector.selectNow(whenReady);
            }
        } finally {
            released.close();
        }
    }

    @Override
    public boolean hasBacklog() {
        return !finished.isEmpty();
    }

    @Override
    public void poll(long waitNanos) throws IOException {
        if (!finished.goFirst()) {
            select(hasBacklog() ? 0 : waitNanos);
        }
        files.deliver(whenDone);
        finished.deliver(completions);
    }

    @Override
    public void wake() {
        wake.raise();
    }

    @Override
    public void close() {
        files.close();
        try {
            selector.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void await(Operation operation) {
        SelectorHandle handle = SelectorHandle.of(operation);
        try {
            handle.await(operation, selector);
        } catch (ClosedChannelException e) {
            operation.fail(NioFailures.closed(handle, handle.isChannelOpen()));
            finished.add(operation);
        }
    }

    private void select(long waitNanos) throws IOException {
        counters.add(Count.ENTERS);
        if (waitNanos == 0 || wake.isRaised()) {
            selector.selectNow(whenReady);   // swallows the selector's own note of a wake; the flag stays
        } else {
            selectUninterrupted(waitNanos);
        }
        if (waitNanos != 0) {
            wake.lower();
        }
    }

    /** As long as the interrupt status is set, no select waits, and no nap; who drives the loop keeps it. */
    private void selectUninterrupted(long waitNanos) throws IOException {
        boolean wasInterrupted = Thread.interrupted();
        try {
            if (Thread.currentThread().isVirtual()) {
                selectPinned(waitNanos);
            } else {
                selector.select(whenReady, millis(waitNanos));
            }
        } finally {
            if (wasInterrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * A virtual thread that cannot leave the loop drives it. A select of its own would start the JDK's pollers, virtual
     * threads too, which inherit the scheduler and so would be carried by this loop for ever; it looks and naps.
     */
    private void selectPinned(long waitNanos) throws IOException {
        if (selector.selectNow(whenReady) == 0) {
            LockSupport.parkNanos(this, Math.min(waitNanos, PINNED_NAP_NANOS));
        }
    }

    /** Rounded up, so that nothing is early. */
    private static long millis(long waitNanos) {
        return waitNanos == FOREVER ? NO_TIMEOUT : Math.ceilDiv(waitNanos, NANOS_PER_MILLI);
    }

    private void ready(SelectionKey key) {
        SelectorHandle handle = (SelectorHandle) key.attachment();
        int readyOps = key.readyOps();
        if ((readyOps & READING_OPS) != 0) {
            resume(handle, handle.pendingReader(), readyOps & READING_OPS);
        }
        if ((readyOps & WRITING_OPS) != 0) {
            resume(handle, handle.pendingWriter(), readyOps & WRITING_OPS);
        }
    }

    private void resume(SelectorHandle handle, @Nullable Operation pending, int readyOps) {
        if (pending == null) {
            handle.ignore(readyOps);
        } else if (attempts.ends(pending)) {
            handle.forget(pending);
            finished.add(pending);
        }
    }
}
