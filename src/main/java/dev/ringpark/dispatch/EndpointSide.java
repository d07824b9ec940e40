package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Completion;
import dev.ringpark.internal.op.DatagramLimit;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketErrors;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One side of what can be waited for: the request whose operation is under way, and those that wait for their turn.
 * What follows begins after the poll that has ended the one before, as a backend is not to be called from its own
 * completions.
 */
final class EndpointSide implements Completion, Request.Holder {
    /** What is no operation of the queue's, but done at once when its turn has come. */
    @FunctionalInterface
    interface Step {
        void run() throws IOException;
    }

    /** Bytes of one vectored transfer; more than a datagram can have. */
    private static final int MOST_JOINED = 256 * 1024;

    private final CallbackLoop loop;
    private final Handle handle;
    private final int side;
    private final Object owner;
    private final Function<Handle, Object> accepted;
    private final RequestQueue waiting = new RequestQueue();
    private @Nullable Operation operation;
    private @Nullable Request<?> current;
    private byte @Nullable [] joined;   // of a vectored transfer
    private final CallbackLoop.Follower follower = this::follow;   // allocated once

    /**
     * One side.
     *
     * @param owner what a connect, a wait or a step brings
     * @param accepted makes what an accept brings
     */
    EndpointSide(CallbackLoop loop, Handle handle, int side, Object owner, Function<Handle, Object> accepted) {
        this.loop = loop;
        this.handle = handle;
        this.side = side;
        this.owner = owner;
        this.accepted = accepted;
    }

    boolean isBusy() {
        return current != null || !waiting.isEmpty();
    }

    void begin(Request<?> request, Kind kind, @Nullable Object about) {
        request.begin(this, kind, about);
        loop.begun(request);
        if (!isBusy()) {
            start(request);
        } else {
            waiting.add(request);
        }
    }

    private void follow() {
        Request<?> next = current == null ? waiting.poll() : null;
        if (next != null) {
            start(next);
        }
    }

    private void start(Request<?> request) {
        current = request;
        try {
            if (request.subject instanceof Step step) {
                run(step);
                end(request, 0, owner, null);
                return;
            }
            if (!request.kind.isOfDatagrams() && Buffers.areSpent(request.subject)) {
                end(request, 0, request.subject, null);   // by those before, and for the system 0 bytes is the end
                return;
            }
            begin(operation(), request);
        } catch (IOException e) {
            end(request, 0, null, e);
            return;
        } catch (RuntimeException | Error e) {   // memory that has been freed, or could not be had
            end(request, 0, null, new IOException("the operation could not be begun", e));
            return;
        }
        loop.submit(operation());   // from here on its completion ends it
    }

    private void run(Step step) throws IOException {
        if (!handle.isOpen()) {
            throw new ClosedChannelException();
        }
        step.run();
    }

    private void begin(Operation own, Request<?> request) throws IOException {
        if (request.peer != null) {
            own.peer(request.peer);
        }
        switch (request.subject) {
            case ByteBuffer buffer -> beginTransfer(own, request, buffer);
            case ByteBuffer[] buffers -> beginJoined(own, request.kind, buffers);
            case SocketAddress peer -> own.beginConnect(peer, Moment.NONE);
            case null, default -> beginWait(own, request.kind);
        }
    }

    private static void beginWait(Operation own, Kind kind) {
        if (kind == Kind.ACCEPT) {
            own.beginAccept(Moment.NONE);
        } else {
            own.beginAwait(kind, Moment.NONE);
        }
    }

    private Operation operation() {
        Operation own = operation;
        if (own == null) {
            own = handle.operation(side);
            own.tell(this);
            operation = own;
        }
        return own;
    }

    private void beginTransfer(Operation own, Request<?> request, ByteBuffer buffer) throws IOException {
        Kind kind = request.kind;
        int position = buffer.position();
        int length = buffer.limit() - position;
        Objects.checkFromIndexSize(position, length, buffer.capacity());   // another thread may move it
        requireFit(kind, length);
        if (buffer.isDirect()) {
            own.beginTransfer(kind, buffer, request.address, position, length, Moment.NONE);
        } else if (buffer.hasArray()) {
            own.beginTransfer(kind, buffer.array(), buffer.arrayOffset() + position, length, Moment.NONE);
        } else {
            beginJoined(own, kind, new ByteBuffer[] {buffer});   // it is read-only
        }
    }

    private void beginJoined(Operation own, Kind kind, ByteBuffer[] buffers) throws IOException {
        long room = Buffers.remaining(buffers, 0, buffers.length);
        requireFit(kind, room);
        int length = (int) Math.min(room, MOST_JOINED);
        joined = side == Handle.READING ? new byte[length] : Buffers.gather(buffers, 0, buffers.length, length);
        own.beginTransfer(kind, joined, 0, joined.length, Moment.NONE);
    }

    /** A buffer may have become too long for a datagram since it was asked for, or another thread may use it, too. */
    private void requireFit(Kind kind, long length) throws IOException {
        if (!kind.isOfDatagrams() && length == 0) {   // for the system, a length of its own choice, or the end
            throw new IOException("another thread has filled or spent the buffer");
        }
        if (kind.isOfDatagrams() && side == Handle.WRITING && length > DatagramLimit.MOST_BYTES) {
            throw DatagramLimit.tooLong(length);
        }
    }

    // ---- ends ----

    @Override
    public void completed() {
        Operation own = operation();
        Request<?> request = Objects.requireNonNull(current);
        Failure failed = own.failure();
        IOException failure =
                failed == null ? lossBefore(request, own) : exception(request.kind, failed, own.cancelReason());
        int count = 0;
        Object brought = null;
        if (failure == null) {
            try {
                count = moved(request, own);
                brought = brought(request, own);
            } catch (RuntimeException | Error e) {   // a buffer that has been freed, or made smaller, meanwhile
                failure = new IOException("the result could not be handed over", e);
                if (request.kind == Kind.ACCEPT) {
                    loop.discard((Handle) own.accepted());
                }
            }
        }
        own.reset();
        end(request, count, brought, failure);
    }

    private void end(Request<?> request, int count, @Nullable Object brought, @Nullable IOException failure) {
        joined = null;
        current = null;
        loop.ended(request, count, brought, failure);
        if (!waiting.isEmpty()) {
            loop.follow(follower);
        }
    }

    /** What waits for its turn ends, as the handle is about to be closed. */
    void endWaiting() {
        for (Request<?> request = waiting.poll(); request != null; request = waiting.poll()) {
            loop.ended(request, 0, null, new AsynchronousCloseException());
        }
    }

    /** What ended the connection, if a send has heard of it: the system then tells a receive that the stream ended. */
    private @Nullable IOException lossBefore(Request<?> request, Operation own) {
        Failure loss = request.kind == Kind.READ && own.result() == 0 ? handle.loss() : null;
        return loss == null ? null : SocketErrors.of(loss);
    }

    private int moved(Request<?> request, Operation own) {
        int count = Math.min(own.result(), own.length());   // a datagram may have had more
        switch (request.subject) {
            case ByteBuffer buffer -> buffer.position(buffer.position() + count);
            case ByteBuffer[] buffers -> spread(buffers, count);
            case null, default -> {
                return 0;
            }
        }
        request.wholeLength = own.result();
        return count == 0 && request.kind == Kind.READ ? -1 : count;
    }

    private void spread(ByteBuffer[] buffers, int count) {
        if (side == Handle.READING) {
            Buffers.scatter(Objects.requireNonNull(joined), count, buffers, 0, buffers.length);
        } else {
            Buffers.advance(buffers, 0, buffers.length, count);
        }
    }

    private @Nullable Object brought(Request<?> request, Operation own) {
        return switch (request.kind) {
            case ACCEPT -> {
                Handle connection = (Handle) own.accepted();
                request.opens(connection);
                yield accepted.apply(connection);
            }
            case CONNECT, AWAIT_READABLE, AWAIT_WRITABLE -> owner;
            case RECEIVE_FROM -> own.peer();
            default -> request.subject;
        };
    }

    // Loads the classes a failure needs while there are descriptors: a class path of folders opens a file for each.
    static {
        for (CancelReason reason : CancelReason.values()) {
            exception(Kind.ACCEPT, Failure.CANCELED, reason);
        }
        exception(Kind.ACCEPT, new Failure(Errno.EMFILE, 0, null), CancelReason.NONE);
    }

    private static IOException exception(Kind kind, Failure failure, CancelReason reason) {
        if (failure != Failure.CANCELED) {
            return kind.isOfDatagrams() ? SocketErrors.ofDatagram(failure) : SocketErrors.of(failure);
        }
        return switch (reason) {
            case CLOSE -> new AsynchronousCloseException();
            case SHUTDOWN -> new SocketException(Errno.EPIPE.text());
            default -> new OperationCanceledException();
        };
    }

    @Override
    public void cancel(Request<?> request) {
        if (request == current) {
            loop.cancel(operation());
        } else if (waiting.remove(request)) {
            loop.ended(request, 0, null, new OperationCanceledException());
        }
    }
}
