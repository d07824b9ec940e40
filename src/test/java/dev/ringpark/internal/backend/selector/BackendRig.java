package dev.ringpark.internal.backend.selector;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.process.OwnPort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;

/** A backend and what a proactor would hold, all on the test's thread. Peers are the JDK's, in blocking mode. */
final class BackendRig implements AutoCloseable {
    static final long SHORT_NANOS = 20_000_000;
    static final long NO_ADDRESS = 0;   // java.nio asks for none
    private static final long LONG_NANOS = 10_000_000_000L;

    final InFlight inFlight = new InFlight(64);
    final Counters counters = new Counters();
    final List<Operation> completed = new ArrayList<>();
    final Backend backend;
    Backend.Completions onCompleted = completed::add;
    /** What {@link #fill} has written. */
    long filledBytes;

    private final List<Handle> handles = new ArrayList<>();
    private final List<SocketChannel> peers = new ArrayList<>();
    private final List<OwnPort> ports = new ArrayList<>();

    BackendRig() throws IOException {
        BackendOptions options = new BackendOptions(16, 32, 4096, 4, 2);
        backend = new SelectorBackend.Factory().open(options, inFlight, this::complete, counters);
    }

    private void complete(Operation operation) {
        inFlight.release(operation);
        operation.finish();
        onCompleted.completed(operation);
    }

    // ---- operations ----

    Operation read(Handle handle, ByteBuffer target, int offset, int length) {
        Operation read = new Operation(handle);
        read.beginTransfer(Kind.READ, target, NO_ADDRESS, offset, length, Moment.NONE);
        return submit(read);
    }

    Operation read(Handle handle, int bytes) {
        return read(handle, ByteBuffer.allocate(bytes), 0, bytes);
    }

    Operation write(Handle handle, ByteBuffer source, int offset, int length) {
        Operation write = new Operation(handle);
        write.beginTransfer(Kind.WRITE, source, NO_ADDRESS, offset, length, Moment.NONE);
        return submit(write);
    }

    Operation write(Handle handle, int bytes) {
        return write(handle, ByteBuffer.allocate(bytes), 0, bytes);
    }

    Operation accept(Handle listener) {
        Operation accept = new Operation(listener);
        accept.beginAccept(Moment.NONE);
        return submit(accept);
    }

    Operation connect(Handle socket, SocketAddress peer) {
        Operation connect = new Operation(socket);
        connect.beginConnect(peer, Moment.NONE);
        return submit(connect);
    }

    Operation submit(Operation operation) {
        operation.admit();
        inFlight.admit(operation);
        if (!backend.submit(operation)) {
            throw new AssertionError("refused");
        }
        return operation;
    }

    /** Polls until {@code operation} has completed, and waits as long as that takes. */
    Operation await(Operation operation) throws IOException {
        long endNanos = System.nanoTime() + LONG_NANOS;
        while (!operation.isDone()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("never completed: " + operation.kind());
            }
            backend.poll(backend.hasBacklog() ? 0 : LONG_NANOS);
        }
        return operation;
    }

    /** Writes until nothing more goes out; the write that waits for room. */
    Operation fill(Handle handle) throws IOException {
        ByteBuffer source = ByteBuffer.allocateDirect(1 << 20);
        for (int writes = 0; writes < 1000; writes++) {
            Operation write = write(handle, source, 0, source.capacity());
            backend.poll(0);
            if (!write.isDone()) {
                earlyPolls();
            }
            if (!write.isDone()) {
                return write;
            }
            filledBytes += write.result();
        }
        throw new AssertionError("there is always room");
    }

    long enters() {
        return counters.get(Count.ENTERS);
    }

    /** Polls until a poll has waited for all of its {@code SHORT_NANOS}; how many came back early. */
    int earlyPolls() throws IOException {
        for (int early = 0; early < 100; early++) {
            long start = System.nanoTime();
            backend.poll(SHORT_NANOS);
            if (System.nanoTime() - start >= SHORT_NANOS) {
                return early;
            }
        }
        throw new AssertionError("the loop spins");
    }

    // ---- sockets ----

    Handle socket() throws IOException {
        return keep(backend.openSocket(SocketType.STREAM, null));
    }

    Handle listener() throws IOException {
        Handle listener = keep(backend.openSocket(SocketType.LISTENER, null));
        listener.bind(loopback(0), 16);
        return listener;
    }

    /** A handle connected to the peer that is given back by {@link #peer}. */
    Handle connected() throws IOException {
        ServerSocketChannel listener = ServerSocketChannel.open().bind(loopback(0));
        try (listener) {
            Handle handle = socket();
            Operation connect = connect(handle, (InetSocketAddress) listener.getLocalAddress());
            peers.addFirst(listener.accept());
            if (await(connect).failure() != null) {
                throw new AssertionError(connect.failure());
            }
            completed.clear();
            return handle;
        }
    }

    /** The peer of the handle that was connected last. */
    SocketChannel peer() {
        return peers.getFirst();
    }

    SocketChannel peerTo(Handle listener) throws IOException {
        SocketChannel peer = SocketChannel.open(listener.localAddress());
        peers.addFirst(peer);
        return peer;
    }

    Handle keep(Handle handle) {
        handles.add(handle);
        return handle;
    }

    /** As the proactor closes it: nothing of it is in flight. */
    void release(Handle handle) throws IOException {
        handle.startClosing();
        handle.markClosed();
        backend.release(handle);
    }

    static InetSocketAddress loopback(int port) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** A port of this machine that nobody listens on. */
    InetSocketAddress nobody() throws IOException {
        OwnPort port = OwnPort.take();
        ports.add(port);
        return port.address();
    }

    @Override
    public void close() throws IOException {
        onCompleted = completed::add;
        for (int slot = 0; slot < inFlight.slots(); slot++) {
            Operation left = inFlight.inSlot(slot);
            if (left != null) {
                backend.cancel(left);
            }
        }
        while (backend.hasBacklog()) {
            backend.poll(0);
        }
        for (Handle handle : handles) {
            if (!handle.isClosed()) {
                release(handle);
            }
        }
        for (SocketChannel peer : peers) {
            peer.close();
        }
        ports.forEach(OwnPort::close);
        backend.close();
    }
}
