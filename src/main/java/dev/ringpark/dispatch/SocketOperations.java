package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Dispatcher} does with sockets. */
abstract sealed class SocketOperations permits DatagramOperations {
    static {
        Closing.load();
    }

    private final CallbackLoop loop;

    SocketOperations(CallbackLoop loop) {
        this.loop = loop;
    }

    final CallbackLoop loop() {
        return loop;
    }

    /** Refuses a handle that another dispatcher has opened, whose queue this one's knows nothing of. */
    final void requireOwn(Object handle, CallbackLoop itsLoop) {
        loop.requireUsable();
        if (itsLoop != loop) {
            throw new IllegalArgumentException(handle + " is another dispatcher's");
        }
    }

    final void requireOwn(Endpoint endpoint) {
        requireOwn(endpoint, endpoint.loop());
    }

    /**
     * A new stream socket, to be connected. Does not block.
     *
     * @param family INET, INET6 or UNIX of {@link java.net.StandardProtocolFamily}; null for IPv6 and IPv4 in one,
     *     where the system has both
     * @throws IOException if the system has run out of descriptors or memory
     */
    public SocketHandle openSocket(@Nullable ProtocolFamily family) throws IOException {
        return open(SocketType.STREAM, family);
    }

    /**
     * A new stream socket that will listen once it is bound. Does not block.
     *
     * @param family as for {@link #openSocket}
     * @throws IOException if the system has run out of descriptors or memory
     */
    public SocketHandle openListener(@Nullable ProtocolFamily family) throws IOException {
        return open(SocketType.LISTENER, family);
    }

    private SocketHandle open(SocketType type, @Nullable ProtocolFamily family) throws IOException {
        loop.requireUsable();
        Handle opened = loop.proactor().backend().openSocket(type, family);
        return new SocketHandle(loop, opened, family == StandardProtocolFamily.UNIX);
    }

    /** accept(2): the next connection, which is the result. Several may be asked for; each gets a connection. */
    public Request<SocketHandle> accept(SocketHandle listener, Consumer<? super Request<SocketHandle>> callback) {
        return begin(listener, Kind.ACCEPT, null, callback);
    }

    /**
     * connect(2): the socket is the result. The wildcard address stands for this machine. With a path that is too long
     * for the system the request fails. A socket whose connect has failed, or was cancelled, stays open until it is
     * closed, but POSIX promises nothing else of it: for another attempt open another. A receive beside it waits for
     * bytes all the same, but on the selector fails at once. A Unix connect that finds the backlog full waits on
     * io_uring, and fails elsewhere.
     *
     * @throws java.nio.channels.UnresolvedAddressException if {@code peer} is a name that has not been looked up
     * @throws java.nio.channels.UnsupportedAddressTypeException if the socket cannot reach addresses of its kind
     */
    public Request<SocketHandle> connect(
            SocketHandle socket, SocketAddress peer, Consumer<? super Request<SocketHandle>> callback) {
        Objects.requireNonNull(peer, "peer");
        SocketAddress checked = socket.checked(peer);
        try {
            socket.handle().requireNameable(checked);
        } catch (SocketException e) {
            requireOwn(socket);
            return answer(null, e, callback);
        }
        SocketAddress reachable = checked instanceof InetSocketAddress inet ? Addresses.reachable(inet) : checked;
        return begin(socket, Kind.CONNECT, reachable, callback);
    }

    /**
     * recv(2): at least one byte into {@code buffer}, from its position on, which moves; or the end of the stream. A
     * direct buffer is lent to the system, so leave it alone meanwhile; an array is filled in the moment of arrival.
     *
     * @throws IllegalArgumentException if the buffer is read-only, or of an arena that can be closed
     */
    public Request<ByteBuffer> receive(
            SocketHandle socket, ByteBuffer buffer, Consumer<? super Request<ByteBuffer>> callback) {
        KernelMemory.requireNotReadOnly(buffer);
        Request<ByteBuffer> request = Request.of(callback).lending(buffer);
        return begin(socket, Kind.READ, buffer, request);
    }

    /**
     * As {@link #receive(SocketHandle, ByteBuffer, Consumer) receive}, into the buffers one after the other, up to 256
     * KiB; they are copied to.
     */
    public Request<ByteBuffer[]> receive(
            SocketHandle socket, ByteBuffer[] buffers, Consumer<? super Request<ByteBuffer[]>> callback) {
        ByteBuffer[] own = buffers.clone();
        KernelMemory.requireWritable(own, 0, own.length);
        return begin(socket, Kind.READ, own, callback);
    }

    /**
     * send(2): what there is room for of {@code buffer}, at least one byte, from its position on, which moves. Leave it
     * alone meanwhile.
     *
     * @throws IllegalArgumentException if the buffer is of an arena that can be closed
     */
    public Request<ByteBuffer> send(
            SocketHandle socket, ByteBuffer buffer, Consumer<? super Request<ByteBuffer>> callback) {
        Request<ByteBuffer> request = Request.of(callback).lending(buffer);
        return begin(socket, Kind.WRITE, buffer, request);
    }

    /** As {@link #send(SocketHandle, ByteBuffer, Consumer) send}, of the buffers in their order, up to 256 KiB. */
    public Request<ByteBuffer[]> send(
            SocketHandle socket, ByteBuffer[] buffers, Consumer<? super Request<ByteBuffer[]>> callback) {
        return begin(socket, Kind.WRITE, buffers.clone(), callback);
    }

    /**
     * shutdown(2) of the writing side, when the sends that were asked for before have ended: the peer reads the end of
     * the stream after all that they sent, and a send that is asked for later fails. The socket is the result. {@link
     * SocketHandle#shutdownOutput} waits for none of them.
     */
    public Request<SocketHandle> shutdown(SocketHandle socket, Consumer<? super Request<SocketHandle>> callback) {
        requireOwn(socket);
        Request<SocketHandle> request = Request.of(callback);
        EndpointSide.Step shutdown = socket.handle()::shutdownOutput;
        socket.begin(request, Kind.CLOSE, shutdown);
        return request;
    }

    /** close(2), once every operation of the socket has ended, as all are asked to. */
    public Request<@Nullable Void> close(SocketHandle socket, Consumer<? super Request<@Nullable Void>> callback) {
        return closeEndpoint(socket, callback);
    }

    final Request<@Nullable Void> closeEndpoint(
            Endpoint endpoint, Consumer<? super Request<@Nullable Void>> callback) {
        requireOwn(endpoint);
        Request<@Nullable Void> request = Request.of(callback);
        request.requireNotPending();
        endpoint.endWaiting();
        Closing.begin(loop, endpoint.handle(), request);
        return request;
    }

    /** A request that has ended already, and is called back in a turn. */
    final <T extends @Nullable Object> Request<T> answer(
            @Nullable T result, @Nullable IOException failure, Consumer<? super Request<T>> callback) {
        loop.requireUsable();
        Request<T> request = Request.of(callback);
        request.begin(Request.NOBODY, Kind.CLOSE, null);
        loop.begun(request);
        loop.ended(request, 0, result, failure);
        return request;
    }

    private <T> Request<T> begin(
            SocketHandle socket, Kind kind, @Nullable Object about, Consumer<? super Request<T>> callback) {
        requireOwn(socket);
        Request<T> request = Request.of(callback);
        if (about != null && Buffers.areSpent(about)) {
            return answerEmpty(socket, about, request);
        }
        socket.begin(request, kind, about);
        return request;
    }

    @SuppressWarnings("unchecked") // a transfer's result is what it is about
    private <T> Request<T> answerEmpty(SocketHandle socket, Object about, Request<T> request) {
        IOException closed = socket.isOpen() ? null : new ClosedChannelException();
        return answer(closed == null ? (T) about : null, closed, request);
    }
}
