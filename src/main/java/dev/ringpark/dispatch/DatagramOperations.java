package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.DatagramLimit;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.NotYetConnectedException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Dispatcher} does with datagrams, and with descriptors of others. */
abstract sealed class DatagramOperations extends SocketOperations permits FileOperations {
    DatagramOperations(CallbackLoop loop) {
        super(loop);
    }

    // ---- datagrams ----

    /**
     * A new socket for datagrams. Does not block. It gets an address when it is bound, or else when it first sends or
     * receives.
     *
     * @param family INET or INET6 of {@link java.net.StandardProtocolFamily}, which speaks IPv4 too; null for both
     *     where the system has both
     * @throws UnsupportedOperationException if it is another one
     * @throws IOException if the system has run out of descriptors or memory
     */
    public DatagramHandle openDatagramSocket(@Nullable ProtocolFamily family) throws IOException {
        loop().requireUsable();
        ProtocolFamily known = family == null ? null : Addresses.checkedFamily(family);
        return new DatagramHandle(loop(), loop().proactor().backend().openSocket(SocketType.DATAGRAM, known));
    }

    /**
     * sendto(2): what remains of {@code buffer}, as one datagram to {@code target}, whole or not at all; the buffer's
     * position moves. Leave it alone meanwhile.
     *
     * @throws IllegalArgumentException if the buffer is of an arena that can be closed
     * @throws java.nio.channels.UnresolvedAddressException if {@code target} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if the socket cannot reach addresses of its kind
     * @throws SocketException if its port is 0
     * @throws java.nio.channels.AlreadyConnectedException if the socket is connected to another peer
     */
    public Request<ByteBuffer> send(DatagramHandle socket, ByteBuffer buffer, SocketAddress target,
            Consumer<? super Request<ByteBuffer>> callback) throws SocketException {
        Request<ByteBuffer> request = Request.of(callback).lending(buffer);
        return sendTo(socket, target, buffer, buffer.remaining(), request);
    }

    /** As {@link #send(DatagramHandle, ByteBuffer, SocketAddress, Consumer) send}, of the buffers in their order. */
    public Request<ByteBuffer[]> send(DatagramHandle socket, ByteBuffer[] buffers, SocketAddress target,
            Consumer<? super Request<ByteBuffer[]>> callback) throws SocketException {
        ByteBuffer[] own = buffers.clone();
        return sendTo(socket, target, own, Buffers.remaining(own, 0, own.length), Request.of(callback));
    }

    /**
     * send(2): as {@link #send(DatagramHandle, ByteBuffer, SocketAddress, Consumer) send}, to the peer.
     *
     * @throws IllegalArgumentException if the buffer is of an arena that can be closed
     * @throws NotYetConnectedException if there is no peer
     */
    public Request<ByteBuffer> send(
            DatagramHandle socket, ByteBuffer buffer, Consumer<? super Request<ByteBuffer>> callback) {
        requireOwn(socket);
        socket.requireConnected();
        Request<ByteBuffer> request = Request.of(callback).lending(buffer);
        return send(socket, Kind.SEND, buffer, buffer.remaining(), request);
    }

    /**
     * recv(2): the next datagram of the peer into {@code buffer}, from its position on, which moves. What there is no
     * room for is lost, as {@link Request#length} tells; the count of an empty one is 0. A direct buffer is lent to the
     * system, so leave it alone meanwhile.
     *
     * @throws IllegalArgumentException if the buffer is read-only, or of an arena that can be closed
     * @throws NotYetConnectedException if there is no peer
     */
    public Request<ByteBuffer> receive(
            DatagramHandle socket, ByteBuffer buffer, Consumer<? super Request<ByteBuffer>> callback) {
        KernelMemory.requireNotReadOnly(buffer);
        requireOwn(socket);
        socket.requireConnected();
        Request<ByteBuffer> request = Request.of(callback).lending(buffer);
        socket.begin(request, Kind.RECEIVE, buffer);
        return request;
    }

    /**
     * recvfrom(2): as {@link #receive(DatagramHandle, ByteBuffer, Consumer) receive}, of anybody; who sent it is the
     * result.
     *
     * @throws IllegalArgumentException if the buffer is read-only, or of an arena that can be closed
     * @throws IOException if the socket had no address, and cannot be given one
     */
    public Request<SocketAddress> receiveFrom(DatagramHandle socket, ByteBuffer buffer,
            Consumer<? super Request<SocketAddress>> callback) throws IOException {
        KernelMemory.requireNotReadOnly(buffer);
        requireOwn(socket);
        socket.requireBound();
        Request<SocketAddress> request = Request.of(callback).lending(buffer);
        socket.begin(request, Kind.RECEIVE_FROM, buffer);
        return request;
    }

    /** close(2), once every operation of the socket has ended, as all are asked to. */
    public Request<@Nullable Void> close(
            DatagramHandle socket, Consumer<? super Request<@Nullable Void>> callback) {
        return closeEndpoint(socket, callback);
    }

    private <T> Request<T> sendTo(DatagramHandle socket, SocketAddress target, Object about, long bytes,
            Request<T> request) throws SocketException {
        requireOwn(socket);
        request.requireNotPending();
        InetSocketAddress to = socket.destination(target);
        if (socket.isPeer(to)) {
            return send(socket, Kind.SEND, about, bytes, request);
        }
        try {
            socket.requireBound();
        } catch (IOException e) {
            return answer(null, e, request);
        }
        request.peer = to;
        return send(socket, Kind.SEND_TO, about, bytes, request);
    }

    private <T> Request<T> send(DatagramHandle socket, Kind kind, Object about, long bytes, Request<T> request) {
        if (bytes > DatagramLimit.MOST_BYTES) {
            return answer(null, DatagramLimit.tooLong(bytes), request);
        }
        socket.begin(request, kind, about);
        return request;
    }

    // ---- descriptors of others ----

    /**
     * Has a look at a descriptor that somebody else has opened, and will close: a pipe, a device, the socket of another
     * library. He must not close it while an operation here is pending. With epoll and kqueue it is duplicated, and the
     * copy keeps open what it stands for until the handle is closed.
     *
     * @throws IllegalArgumentException if {@code descriptor} is negative
     * @throws UnsupportedOperationException if the backend has no descriptor numbers, which is so with the selector
     * @throws IOException if there is no such descriptor, which with io_uring only a wait finds out
     */
    public DescriptorHandle watch(int descriptor) throws IOException {
        loop().requireUsable();
        if (descriptor < 0) {
            throw new IllegalArgumentException("the descriptor is " + descriptor + "; it must not be negative");
        }
        return new DescriptorHandle(loop(), loop().proactor().backend().watch(descriptor));
    }

    /** poll(2): ends once a read would not wait, as there is something, or the end, or an error. */
    public Request<DescriptorHandle> awaitReadable(
            DescriptorHandle descriptor, Consumer<? super Request<DescriptorHandle>> callback) {
        return await(descriptor, Kind.AWAIT_READABLE, callback);
    }

    /** poll(2): ends once a write would not wait, as there is room, or an error. */
    public Request<DescriptorHandle> awaitWritable(
            DescriptorHandle descriptor, Consumer<? super Request<DescriptorHandle>> callback) {
        return await(descriptor, Kind.AWAIT_WRITABLE, callback);
    }

    private Request<DescriptorHandle> await(
            DescriptorHandle descriptor, Kind kind, Consumer<? super Request<DescriptorHandle>> callback) {
        requireOwn(descriptor);
        Request<DescriptorHandle> request = Request.of(callback);
        descriptor.begin(request, kind, null);
        return request;
    }

    /** Ends what is pending, and forgets the descriptor, which stays open. */
    public Request<@Nullable Void> close(
            DescriptorHandle descriptor, Consumer<? super Request<@Nullable Void>> callback) {
        return closeEndpoint(descriptor, callback);
    }
}
