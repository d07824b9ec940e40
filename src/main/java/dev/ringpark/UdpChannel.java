package dev.ringpark;

import static dev.ringpark.internal.op.Handle.READING;
import static dev.ringpark.internal.op.Handle.WRITING;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.DatagramLimit;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketErrors;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.NotYetConnectedException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The datagrams of a socket: sent from and received into every kind of memory, each with the moment it has to end by.
 * What they promise to users stands in {@link UdpSocket}, which offers them.
 */
abstract sealed class UdpChannel extends LoopSocket permits UdpSocket {
    private static final String RECEIVE_TIMED_OUT = "Receive timed out";
    static final String SEND_TIMED_OUT = "Send timed out";

    private volatile @Nullable InetSocketAddress peer;   // set by whoever has the writing turn
    private volatile boolean bound;                      // as far as is known

    UdpChannel(CarrierLoop loop, Handle handle) throws IOException {
        super(loop, handle);
    }

    // ---- receiving ----

    final Datagram receiveInto(ByteBuffer target, long deadlineNanos) throws IOException {
        KernelMemory.requireNotReadOnly(target);
        Operation operation = enterReceive(deadlineNanos);
        try {
            int position = target.position();   // looked for in its turn: who had it before may have moved it
            int room = room(target.limit() - position);
            byte[] copy = Lending.begin(
                    operation, Kind.RECEIVE_FROM, target, position, room, room, deadlineNanos);
            Datagram datagram = awaitDatagram(operation, room, RECEIVE_TIMED_OUT);
            put(copy, target, position, datagram.count());
            return datagram;
        } finally {
            exit(READING);
        }
    }

    final Datagram receiveInto(byte[] target, int offset, int length, long deadlineNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(target, "target").length);
        int room = room(length);
        Operation operation = enterReceive(deadlineNanos);
        try {
            operation.beginTransfer(Kind.RECEIVE_FROM, target, offset, room, deadlineNanos);
            return awaitDatagram(operation, room, RECEIVE_TIMED_OUT);
        } finally {
            exit(READING);
        }
    }

    final Datagram receiveInto(MemorySegment target, long deadlineNanos) throws IOException {
        KernelMemory.requireWritable(target);
        if (KernelMemory.canLend(target)) {
            return receiveInto(asBuffer(target), deadlineNanos);
        }
        byte[] copy = new byte[room(target.byteSize())];
        Datagram datagram = receiveInto(copy, 0, copy.length, deadlineNanos);
        MemorySegment.copy(copy, 0, target, ValueLayout.JAVA_BYTE, 0, datagram.count());
        return datagram;
    }

    // The same without word of the sender, for who knows him: the datagram's length, and nothing allocated.

    final int receiveLengthInto(ByteBuffer target, long deadlineNanos) throws IOException {
        KernelMemory.requireNotReadOnly(target);
        Operation operation = enterReceiveFromPeer(deadlineNanos);
        try {
            int position = target.position();
            int room = room(target.limit() - position);
            byte[] copy = Lending.begin(operation, Kind.RECEIVE, target, position, room, room, deadlineNanos);
            int length = await(operation, RECEIVE_TIMED_OUT);
            put(copy, target, position, Math.min(length, room));
            return length;
        } finally {
            exit(READING);
        }
    }

    final int receiveLengthInto(byte[] target, int offset, int length, long deadlineNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(target, "target").length);
        Operation operation = enterReceiveFromPeer(deadlineNanos);
        try {
            operation.beginTransfer(Kind.RECEIVE, target, offset, room(length), deadlineNanos);
            return await(operation, RECEIVE_TIMED_OUT);
        } finally {
            exit(READING);
        }
    }

    final int receiveLengthInto(MemorySegment target, long deadlineNanos) throws IOException {
        KernelMemory.requireWritable(target);
        if (KernelMemory.canLend(target)) {
            return receiveLengthInto(asBuffer(target), deadlineNanos);
        }
        byte[] copy = new byte[room(target.byteSize())];
        int length = receiveLengthInto(copy, 0, copy.length, deadlineNanos);
        MemorySegment.copy(copy, 0, target, ValueLayout.JAVA_BYTE, 0, Math.min(length, copy.length));
        return length;
    }

    private Operation enterReceive(long deadlineNanos) throws IOException {
        Operation operation = enter(READING, deadlineNanos, RECEIVE_TIMED_OUT);
        try {
            requireBound();
            return operation;
        } catch (Throwable e) {
            exit(READING);
            throw e;
        }
    }

    private Operation enterReceiveFromPeer(long deadlineNanos) throws IOException {
        Operation operation = enter(READING, deadlineNanos, RECEIVE_TIMED_OUT);
        if (peer == null) {
            exit(READING);
            throw new NotYetConnectedException();
        }
        return operation;
    }

    /**
     * As in the JDK, who uses a socket without an address gives it one. A send would, too, but if no port is free the
     * kernel then says to try again, as if there were no room.
     */
    private void requireBound() throws IOException {
        if (!bound) {
            plain(open -> {
                bindToAny(open);
                return null;
            });
            bound = true;
        }
    }

    private void bindToAny(Handle open) throws IOException {
        if (open.localAddress() != null) {
            return;
        }
        try {
            open.bind(localAddress(null), 0);
        } catch (IOException | RuntimeException e) {
            if (open.localAddress() == null) {   // else it is bound meanwhile, by another thread
                throw e;
            }
        }
    }

    // ---- sending ----

    /** To {@code target}; null stands for the peer. */
    final void sendFrom(ByteBuffer source, @Nullable SocketAddress target, long deadlineNanos) throws IOException {
        Objects.requireNonNull(source, "source");
        InetSocketAddress to = target == null ? null : destination(target);
        Operation operation = enter(WRITING, deadlineNanos, SEND_TIMED_OUT);
        int length = 0;
        try {
            int position = source.position();
            length = source.limit() - position;
            Kind kind = prepare(operation, length, to);
            Lending.begin(operation, kind, source, position, length, length, deadlineNanos);
            await(operation, SEND_TIMED_OUT);
            source.position(position + length);
        } catch (SocketException e) {
            throw about(length, e);
        } finally {
            exit(WRITING);
        }
    }

    final void sendFrom(byte[] source, int offset, int length, @Nullable SocketAddress target, long deadlineNanos)
            throws IOException {
        Objects.checkFromIndexSize(offset, length, source.length);
        InetSocketAddress to = target == null ? null : destination(target);
        Operation operation = enter(WRITING, deadlineNanos, SEND_TIMED_OUT);
        try {
            Kind kind = prepare(operation, length, to);
            operation.beginTransfer(kind, source, offset, length, deadlineNanos);
            await(operation, SEND_TIMED_OUT);
        } catch (SocketException e) {
            throw about(length, e);
        } finally {
            exit(WRITING);
        }
    }

    /** What is too long is not copied whole to find that out. */
    final void sendFrom(MemorySegment source, @Nullable SocketAddress target, long deadlineNanos) throws IOException {
        if (source.byteSize() > DatagramLimit.MOST_BYTES) {
            requireOpen();
            throw DatagramLimit.tooLong(source.byteSize());
        }
        if (KernelMemory.canLend(source)) {
            sendFrom(asBuffer(source), target, deadlineNanos);
        } else {
            byte[] copy = source.toArray(ValueLayout.JAVA_BYTE);
            sendFrom(copy, 0, copy.length, target, deadlineNanos);
        }
    }

    /** What kind of send it is; the operation knows whom it goes to. */
    final Kind prepare(Operation operation, int length, @Nullable InetSocketAddress to) throws IOException {
        if (length > DatagramLimit.MOST_BYTES) {
            throw DatagramLimit.tooLong(length);
        }
        InetSocketAddress connected = peer;
        if (connected == null) {
            operation.peer(requireConnected(to));
            requireBound();
            return Kind.SEND_TO;
        }
        if (to != null && !to.equals(connected)) {
            throw new AlreadyConnectedException();
        }
        return Kind.SEND;
    }

    private static InetSocketAddress requireConnected(@Nullable InetSocketAddress to) {
        if (to == null) {
            throw new NotYetConnectedException();
        }
        return to;
    }

    final InetSocketAddress destination(SocketAddress target) throws SocketException {
        return Addresses.destination(target, handle());
    }

    static SocketException about(int length, SocketException e) {
        boolean isTooLong = length > DatagramLimit.NEVER_TOO_LONG   // else an earlier one was, on its way
                && e.getMessage() != null && e.getMessage().startsWith(Errno.EMSGSIZE.text());
        return isTooLong ? DatagramLimit.tooLong(length) : e;
    }

    // ---- memory ----

    private static int room(long bytes) {
        return (int) Math.min(bytes, DatagramLimit.MOST_BYTES);
    }

    private static void put(byte @Nullable [] copy, ByteBuffer target, int position, int count) {
        if (copy != null) {
            target.put(position, copy, 0, count);
        }
        target.position(position + count);
    }

    private static ByteBuffer asBuffer(MemorySegment segment) {
        return segment.asSlice(0, room(segment.byteSize())).asByteBuffer();
    }

    // ---- the peer ----

    /** Waits for its turn among the sends, so that none of them sees half of it. */
    final void connectTo(SocketAddress remote) throws IOException {
        InetSocketAddress address = destination(remote);
        enter(WRITING, Moment.NONE, SEND_TIMED_OUT);
        try {
            if (peer != null) {
                throw new AlreadyConnectedException();
            }
            requireBound();
            plain(open -> {
                open.connect(address);
                return null;
            });
            peer = address;
        } finally {
            exit(WRITING);
        }
    }

    final void disconnectFromPeer() throws IOException {
        enter(WRITING, Moment.NONE, SEND_TIMED_OUT);
        try {
            if (peer != null) {
                plain(open -> {
                    open.disconnect();
                    return null;
                });
                peer = null;
            }
        } catch (BindException e) {   // the peer is gone, and the port that was to stay, too
            peer = null;
            bound = false;
            throw e;
        } finally {
            exit(WRITING);
        }
    }

    final @Nullable InetSocketAddress peer() {
        return peer;
    }

    @Override
    final IOException named(Failure failure) {
        return SocketErrors.ofDatagram(failure);
    }
}
