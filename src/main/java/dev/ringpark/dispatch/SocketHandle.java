package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Completion;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketErrors;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A socket of a {@link Dispatcher}, which has the operations; what is done at once is here. Requests of one side (to
 * read and to accept; to write and to connect) are done one after the other, in the order they came; the two sides do
 * not wait for each other. Belongs to the dispatcher's thread.
 */
public final class SocketHandle {
    private static final int MOST_JOINED = 256 * 1024;   // bytes of one vectored transfer

    private final CallbackLoop loop;
    private final Handle handle;
    private final Side reading = new Side(Handle.READING);
    private final Side writing = new Side(Handle.WRITING);

    SocketHandle(CallbackLoop loop, Handle handle) {
        this.loop = loop;
        this.handle = handle;
        loop.opened(handle);
    }

    Handle handle() {
        return handle;
    }

    /** Whether it has not been closed, and is not being. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    // ---- at once ----

    /**
     * bind(2), and for a listener listen(2). Does not block.
     *
     * @param local where; port 0 lets the system choose one
     * @param backlog how many connections may wait to be accepted; of no meaning for a socket that does not listen
     * @throws java.net.BindException if the address is in use, or not this machine's, or not allowed
     * @throws ClosedChannelException if the socket is closed
     */
    public void bind(SocketAddress local, int backlog) throws IOException {
        Objects.requireNonNull(local, "local");
        Handle usable = usable();
        usable.requireNameable(local);
        usable.bind(local, backlog);
    }

    /** The address it is bound to; null if there is none. */
    public @Nullable SocketAddress localAddress() throws IOException {
        return usable().localAddress();
    }

    /** The peer; null if there is none. */
    public @Nullable SocketAddress remoteAddress() throws IOException {
        return usable().remoteAddress();
    }

    /** The options it has. */
    public Set<SocketOption<?>> supportedOptions() {
        return handle.supportedOptions();
    }

    /**
     * setsockopt(2).
     *
     * @throws UnsupportedOperationException if it has no such option
     */
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        usable().setOption(supported(option), Objects.requireNonNull(value, "value"));
    }

    /**
     * getsockopt(2).
     *
     * @throws UnsupportedOperationException if it has no such option
     */
    public <T> @Nullable T option(SocketOption<T> option) throws IOException {
        return usable().option(supported(option));
    }

    /** shutdown(2) of the reading side: receives end with the end of the stream. */
    public void shutdownInput() throws IOException {
        usable().shutdownInput();
    }

    /** shutdown(2) of the writing side: the peer reads the end of the stream after all that was sent. */
    public void shutdownOutput() throws IOException {
        usable().shutdownOutput();
        if (writing.current != null) {
            loop.proactor().cancelSide(handle, Handle.WRITING, CancelReason.SHUTDOWN);
        }
    }

    private Handle usable() throws ClosedChannelException {
        loop.requireUsable();
        if (!handle.isOpen()) {
            throw new ClosedChannelException();
        }
        return handle;
    }

    private <T> SocketOption<T> supported(SocketOption<T> option) {
        if (!handle.supportedOptions().contains(Objects.requireNonNull(option, "option"))) {
            throw new UnsupportedOperationException("'" + option + "' not supported");
        }
        return option;
    }

    @Override
    public String toString() {
        return "SocketHandle[" + handle + (isOpen() ? "]" : ", closed]");
    }

    // ---- operations ----

    /** Has {@code request} take its turn; {@code about} is the address, the buffer or the buffers. */
    void begin(Request<?> request, Kind kind, @Nullable Object about) {
        loop.requireUsable();
        Side side = kind == Kind.ACCEPT || kind == Kind.READ ? reading : writing;
        request.begin(side, kind, about);
        loop.begun(request);
        side.add(request);
    }

    /**
     * One side: the request whose operation is under way, and those that wait for their turn. What follows begins
     * after the poll that has ended the one before, as a backend is not to be called from its own completions.
     */
    private final class Side implements Completion, Request.Holder {
        private final int side;
        private final RequestQueue waiting = new RequestQueue();
        private @Nullable Operation operation;
        private @Nullable Request<?> current;
        private byte @Nullable [] joined;   // of a vectored transfer

        Side(int side) {
            this.side = side;
        }

        void add(Request<?> request) {
            if (current == null && waiting.isEmpty()) {
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
            Operation own = operation();
            current = request;
            if (request.subject instanceof ByteBuffer buffer) {
                begin(own, request, buffer);
            } else if (request.subject instanceof ByteBuffer[] buffers) {
                beginTransfer(own, request.kind, buffers);
            } else if (request.subject instanceof SocketAddress peer) {
                own.beginConnect(peer, Operation.NONE);
            } else {
                own.beginAccept(Operation.NONE);
            }
            loop.proactor().submit(own);
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

        private void begin(Operation own, Request<?> request, ByteBuffer buffer) {
            Kind kind = request.kind;
            int position = buffer.position();
            int length = buffer.remaining();
            if (buffer.isDirect()) {
                own.beginTransfer(kind, buffer, request.address, position, length, Operation.NONE);
            } else if (buffer.hasArray()) {
                own.beginTransfer(kind, buffer.array(), buffer.arrayOffset() + position, length, Operation.NONE);
            } else {
                beginTransfer(own, kind, new ByteBuffer[] {buffer});   // it is read-only
            }
        }

        private void beginTransfer(Operation own, Kind kind, ByteBuffer[] buffers) {
            int length = (int) Math.min(Buffers.remaining(buffers, 0, buffers.length), MOST_JOINED);
            joined = kind == Kind.READ ? new byte[length] : Buffers.gather(buffers, 0, buffers.length, length);
            own.beginTransfer(kind, joined, 0, length, Operation.NONE);
        }

        @Override
        public void completed() {
            Operation own = operation();
            Request<?> request = Objects.requireNonNull(current);
            Failure failed = own.failure();
            IOException failure = failed == null ? null : exception(failed, own.cancelReason());
            int count = failure == null ? moved(request, own.result()) : 0;
            Object brought = failure == null ? brought(request, own) : null;
            own.reset();
            joined = null;
            current = null;
            loop.ended(request, count, brought, failure);
            if (!waiting.isEmpty()) {
                loop.follow(this::follow);
            }
        }

        private int moved(Request<?> request, int count) {
            if (request.subject instanceof ByteBuffer buffer) {
                buffer.position(buffer.position() + count);
            } else if (request.subject instanceof ByteBuffer[] buffers) {
                if (request.kind == Kind.READ) {
                    Buffers.scatter(Objects.requireNonNull(joined), count, buffers, 0, buffers.length);
                } else {
                    Buffers.advance(buffers, 0, buffers.length, count);
                }
            } else {
                return 0;
            }
            return count == 0 && request.kind == Kind.READ ? -1 : count;
        }

        private @Nullable Object brought(Request<?> request, Operation own) {
            return switch (request.kind) {
                case ACCEPT -> new SocketHandle(loop, (Handle) own.accepted());
                case CONNECT -> SocketHandle.this;
                default -> request.subject;
            };
        }

        private static IOException exception(Failure failure, CancelReason reason) {
            if (failure != Failure.CANCELED) {
                return SocketErrors.of(failure);
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
}
