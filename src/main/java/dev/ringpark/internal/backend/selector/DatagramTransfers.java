package dev.ringpark.internal.backend.selector;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.MembershipKey;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Moves datagrams between a channel and the memory of an operation, through one buffer of the loop with room for any:
 * else the channel would not tell how long one was that had to be cut. Loop thread only.
 */
final class DatagramTransfers {
    private static final int COPY_BYTES = 64 * 1024;

    private final ByteBuffer copy = ByteBuffer.allocateDirect(COPY_BYTES);

    /** How many bytes were sent: all, or 0 if there is no room. */
    int send(DatagramChannel to, Operation operation) throws IOException {
        int bytes = operation.length();
        if (bytes == 0 && operation.kind() == Kind.SEND) {
            throw new SocketException("java.nio sends no empty datagram from a connected socket; io_uring does");
        }
        byte[] array = operation.array();
        copy.clear();
        if (array != null) {
            copy.put(0, array, operation.offset(), bytes);
        } else {
            copy.put(0, buffer(operation), operation.offset(), bytes);
        }
        copy.limit(bytes);
        return operation.kind() == Kind.SEND ? to.write(copy) : to.send(copy, operation.peer());
    }

    /** Membership of {@code group}; both its beginning and its end are plain calls. */
    static Handle.Membership join(DatagramChannel channel, PlainGate gate, InetAddress group, NetworkInterface via,
            @Nullable InetAddress source) throws IOException {
        MembershipKey key = gate.alone(() -> source == null
                ? channel.join(group, via)
                : channel.join(group, via, source));
        return () -> gate.alone(() -> {
            key.drop();
            return key;
        });
    }

    /**
     * How many of {@code sources} from {@code first} to {@code end} were sent; an empty one ends the row, as a channel
     * does not tell that it was, and so does an error, which is told if none was sent, as sendmmsg(2) does it.
     */
    static int sendNow(DatagramChannel to, ByteBuffer[] sources, int first, int end, @Nullable InetSocketAddress target)
            throws IOException {
        int next = first;
        while (next < end && sources[next].hasRemaining()) {
            if (!isSentNow(to, sources[next], target, next > first)) {
                break;
            }
            next++;
        }
        return next - first;
    }

    private static boolean isSentNow(DatagramChannel to, ByteBuffer source, @Nullable InetSocketAddress target,
            boolean isBehindOthers) throws IOException {
        try {
            return (target == null ? to.write(source) : to.send(source, target)) > 0;
        } catch (IOException e) {
            if (isBehindOthers && to.isOpen()) {
                return false;
            }
            throw e;
        }
    }

    /**
     * Receives one, as far as there is room; its own length is the result. False if none is there, or one that shall
     * not be. It asks for the sender always, as a channel does not tell an empty one from none otherwise.
     */
    boolean receive(DatagramChannel from, boolean isIpv6Only, Operation operation) throws IOException {
        SocketAddress sender = from.receive(copy.clear());
        if (sender == null || (isIpv6Only && isIpv4(sender))) {
            return false;
        }
        int count = Math.min(copy.position(), operation.length());
        byte[] array = operation.array();
        if (array != null) {
            copy.get(0, array, operation.offset(), count);
        } else {
            buffer(operation).put(operation.offset(), copy, 0, count);
        }
        operation.succeed(copy.position());
        if (operation.kind() == Kind.RECEIVE_FROM) {
            operation.peer(sender);
        }
        return true;
    }

    /** The JDK has no socket of IPv6 alone; the selector goes on telling what waits behind this one. */
    private static boolean isIpv4(SocketAddress sender) {
        return ((InetSocketAddress) sender).getAddress() instanceof Inet4Address;
    }

    private static ByteBuffer buffer(Operation operation) {
        return Objects.requireNonNull(operation.buffer());
    }
}
