package dev.ringpark.internal.op;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A socket as its backend holds it: its operations, one a side, and what can be done with it at once. */
public abstract class Handle extends Resource {
    /** The options of a connection, the same on every backend, where the system has them. */
    public static final Set<SocketOption<?>> SOCKET_OPTIONS = Set.of(StandardSocketOptions.SO_KEEPALIVE,
            StandardSocketOptions.SO_LINGER, StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.SO_SNDBUF,
            StandardSocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEPORT, StandardSocketOptions.TCP_NODELAY,
            StandardSocketOptions.IP_TOS);
    /** The same for a listener. */
    public static final Set<SocketOption<?>> LISTENER_OPTIONS = Set.of(StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEPORT);

    /** The options of a connection between processes of one machine. */
    public static final Set<SocketOption<?>> UNIX_SOCKET_OPTIONS = Set.of(StandardSocketOptions.SO_LINGER,
            StandardSocketOptions.SO_RCVBUF, StandardSocketOptions.SO_SNDBUF);
    /** The same for a listener. */
    public static final Set<SocketOption<?>> UNIX_LISTENER_OPTIONS = Set.of(StandardSocketOptions.SO_RCVBUF);

    /** The options of a socket for datagrams. */
    public static final Set<SocketOption<?>> DATAGRAM_OPTIONS = Set.of(StandardSocketOptions.SO_RCVBUF,
            StandardSocketOptions.SO_SNDBUF, StandardSocketOptions.SO_REUSEADDR, StandardSocketOptions.SO_REUSEPORT,
            StandardSocketOptions.SO_BROADCAST, StandardSocketOptions.IP_TOS, StandardSocketOptions.IP_MULTICAST_IF,
            StandardSocketOptions.IP_MULTICAST_TTL, StandardSocketOptions.IP_MULTICAST_LOOP);

    private @Nullable Operation reader;   // whoever has the reading turn
    private @Nullable Operation writer;   // whoever has the writing turn

    /** The operation of {@code side}, for the thread whose turn it is. */
    public final Operation operation(int side) {
        Operation existing = existing(side);
        return existing != null ? existing : create(side);
    }

    private Operation create(int side) {
        Operation operation = new Operation(this);
        if (side == READING) {
            reader = operation;
        } else {
            writer = operation;
        }
        return operation;
    }

    /** The operation of {@code side}, if there ever was one. Loop thread, or the thread whose turn it is. */
    public final @Nullable Operation existing(int side) {
        return side == READING ? reader : writer;
    }

    /** Whether this socket can only reach IPv4 addresses. */
    public abstract boolean isIpv4Only();

    // What the backend does with the socket at once, in the caller's thread, between beginCall and endCall.

    /** Throws if the backend cannot tell {@code address} to the system: a path too long, a name that is no path. */
    public void requireNameable(SocketAddress address) throws SocketException {
        // It can name them all.
    }

    /**
     * bind(2), and listen(2) with {@code backlog} for a listener. If only the latter failed, nobody could bind it again
     * or listen: then it has begun to close when the exception comes.
     */
    public abstract void bind(SocketAddress local, int backlog) throws IOException;

    /** The bound address; null if there is none yet. */
    public abstract @Nullable SocketAddress localAddress() throws IOException;

    /** The peer; null before there is one. */
    public abstract @Nullable SocketAddress remoteAddress() throws IOException;

    /** The options {@link #setOption} and {@link #option} know. */
    public abstract Set<SocketOption<?>> supportedOptions();

    public abstract <T> void setOption(SocketOption<T> option, T value) throws IOException;

    public abstract <T> @Nullable T option(SocketOption<T> option) throws IOException;

    /** shutdown(2) of the reading side, so that reads end with the end of the stream. */
    public abstract void shutdownInput() throws IOException;

    /** shutdown(2) of the writing side: the peer reads the end of the stream after all that was written. */
    public abstract void shutdownOutput() throws IOException;

    /**
     * Reads what is there into {@code target}, whose position moves, in the turn of the reads.
     *
     * @return how many bytes; 0 if a read would have to wait, -1 at the end of the stream
     */
    public abstract int readNow(ByteBuffer target) throws IOException;

    /** Writes what there is room for of {@code source}, whose position moves, in the turn of the writes; perhaps 0. */
    public abstract int writeNow(ByteBuffer source) throws IOException;

    /** How many bytes could be read at once; 0 where the platform does not say. */
    public abstract int available() throws IOException;

    /** The process, user and group that connected or listened at the other end of a Unix socket. */
    public long[] peerCredentials() throws IOException {
        throw new UnsupportedOperationException("this backend does not tell the peer's process; io_uring and epoll do");
    }

    // Of datagrams, between beginCall and endCall as well.

    /** What ends the membership in a group. */
    @FunctionalInterface
    public interface Membership {
        void drop() throws IOException;
    }

    /** Whether it shall reach IPv6 addresses alone. */
    public boolean isIpv6Only() {
        return false;
    }

    /** connect(2) of a socket for datagrams, which waits for nobody; what has come from others before is dropped. */
    public void connect(SocketAddress peer) throws IOException {
        throw noDatagrams();
    }

    /** Takes that back; the socket keeps its port. */
    public void disconnect() throws IOException {
        throw noDatagrams();
    }

    /**
     * Sends those of {@code sources} from {@code first} on, each as one datagram, as long as there is room; what was
     * sent has nothing remaining.
     *
     * @param target to whom; null for the peer
     * @return how many were sent, perhaps 0
     */
    public int sendNow(ByteBuffer[] sources, int first, @Nullable InetSocketAddress target) throws IOException {
        throw noDatagrams();
    }

    /** Makes it a member of {@code group}, for what comes through one interface, and from {@code source} if given. */
    public Membership join(InetAddress group, NetworkInterface via, @Nullable InetAddress source) throws IOException {
        throw noDatagrams();
    }

    private static UnsupportedOperationException noDatagrams() {
        return new UnsupportedOperationException("not a socket for datagrams");
    }

    /** What {@link #toString} says of the peer. */
    protected static String to(@Nullable SocketAddress peer) {
        if (peer == null) {
            return "";
        }
        String text = peer.toString();
        return text.isEmpty() ? " to an unnamed peer" : " to " + text;
    }
}
