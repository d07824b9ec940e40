package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.MulticastGroup;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A socket for datagrams of a {@link Dispatcher}, which has the operations; what is done at once is here. Receives are
 * done one after the other, in the order they came, and so are sends; the two do not wait for each other. Belongs to
 * the dispatcher's thread.
 */
public final class DatagramHandle extends SocketEndpoint {
    private final Map<MulticastGroup, Handle.Membership> groups = new HashMap<>();
    private @Nullable InetSocketAddress peer;
    private boolean bound;   // as far as is known; a send binds too

    DatagramHandle(CallbackLoop loop, Handle handle) {
        super(loop, handle, NEVER);
    }

    /**
     * bind(2). Does not block.
     *
     * @param local where; port 0 lets the system choose one
     * @throws java.net.BindException if the address is in use, or not this machine's, or not allowed
     * @throws ClosedChannelException if the socket is closed
     */
    public void bind(SocketAddress local) throws IOException {
        usable().bind(Addresses.checked(local, handle()), 0);
    }

    /**
     * connect(2): it sends to {@code remote} alone and hears nobody else. Does not block, and asks nobody.
     *
     * @throws java.net.NoRouteToHostException if there is no way to it
     * @throws AlreadyConnectedException if it is connected
     * @throws IllegalStateException if sends are pending
     * @throws SocketException if the port is 0
     * @throws ClosedChannelException if the socket is closed
     */
    public void connect(SocketAddress remote) throws IOException {
        InetSocketAddress address = destination(remote);
        Handle handle = usable();
        if (peer != null) {
            throw new AlreadyConnectedException();
        }
        requireNothingSent();
        requireBound();
        handle.connect(address);
        peer = address;
    }

    /**
     * Takes a connect back: it keeps its port, sends to anybody and hears everybody.
     *
     * @throws IllegalStateException if sends are pending
     * @throws ClosedChannelException if the socket is closed
     */
    public void disconnect() throws IOException {
        Handle handle = usable();
        requireNothingSent();
        try {
            handle.disconnect();
        } catch (BindException e) {   // the peer is gone, and the port that was to stay, too
            peer = null;
            bound = false;
            throw e;
        }
        peer = null;
    }

    /**
     * sendmmsg(2): sends those of {@code sources} from {@code first} on to {@code target}, each as one datagram, as
     * long as there is room: 64 at most, with one system call where there is such a one. Does not block. What was sent
     * has nothing remaining. For room for the next a send of the dispatcher waits; on the selector it alone sends an
     * empty one, which ends the row here.
     *
     * @return how many were sent; 0 if there is no room, or a send is pending, which comes first
     * @throws IndexOutOfBoundsException if {@code first} is not in the array, nor its end
     * @throws AlreadyConnectedException if it is connected to another peer
     * @throws java.nio.channels.UnresolvedAddressException if {@code target} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if the socket cannot reach addresses of its kind
     * @throws SocketException if the port is 0; if the first is too long, or an error is told: then none was sent
     * @throws IllegalStateException if a buffer's arena is closed; to close one meanwhile is refused, as it is in use
     * @throws WrongThreadException if a buffer's arena is another thread's
     * @throws ClosedChannelException if the socket is closed
     */
    public int trySendAll(ByteBuffer[] sources, int first, SocketAddress target) throws IOException {
        InetSocketAddress to = destination(target);
        return sendNow(sources, first, isPeer(to) ? null : to);
    }

    /**
     * The same, to the peer.
     *
     * @return how many were sent; 0 if there is no room, or a send is pending, which comes first
     * @throws IndexOutOfBoundsException if {@code first} is not in the array, nor its end
     * @throws NotYetConnectedException if there is no peer
     * @throws SocketException if the first is too long, or an error is told: then none was sent
     * @throws IllegalStateException if a buffer's arena is closed; to close one meanwhile is refused, as it is in use
     * @throws WrongThreadException if a buffer's arena is another thread's
     * @throws ClosedChannelException if the socket is closed
     */
    public int trySendAll(ByteBuffer[] sources, int first) throws IOException {
        requireConnected();
        return sendNow(sources, first, null);
    }

    private int sendNow(ByteBuffer[] sources, int first, @Nullable InetSocketAddress to) throws IOException {
        Objects.checkFromToIndex(first, sources.length, sources.length);
        Handle handle = usable();
        requireBound();
        return isBusy(Handle.WRITING) ? 0 : handle.sendNow(sources, first, to);
    }

    private void requireNothingSent() {
        if (isBusy(Handle.WRITING)) {
            throw new IllegalStateException("sends are pending, whose peer would be another");
        }
    }

    /**
     * Has it hear {@code group} on the network of one interface, until {@link #leave} or the end of the socket.
     *
     * @param source the one sender to be heard; null for all
     * @throws IllegalArgumentException if {@code group} is no multicast address
     * @throws IllegalStateException if it hears the group already, from all, from {@code source}, or from some who
     *     would not be all any more
     * @throws ClosedChannelException if the socket is closed
     * @throws IOException if the system refuses
     */
    public void join(InetAddress group, NetworkInterface via, @Nullable InetAddress source) throws IOException {
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException("not a multicast address: " + group.getHostAddress());
        }
        Addresses.requireFamily(group, handle());
        MulticastGroup wanted = new MulticastGroup(group, Objects.requireNonNull(via, "via"), source);
        Handle handle = usable();
        wanted.requireNoneOf(groups.keySet());
        groups.put(wanted, handle.join(group, via, source));
    }

    /**
     * Takes a {@link #join} of the same arguments back.
     *
     * @throws IllegalStateException if it is no member
     * @throws ClosedChannelException if the socket is closed
     * @throws IOException if the system refuses
     */
    public void leave(InetAddress group, NetworkInterface via, @Nullable InetAddress source) throws IOException {
        usable();
        MulticastGroup left = new MulticastGroup(group, via, source);
        Handle.Membership membership = groups.get(left);
        if (membership == null) {
            throw new IllegalStateException("no member of " + group.getHostAddress() + " on " + via.getName());
        }
        membership.drop();
        groups.remove(left);
    }

    /** Whether a send to {@code target} is one to the peer, as all are if there is one. */
    boolean isPeer(InetSocketAddress target) {
        if (peer != null && !peer.equals(target)) {
            throw new AlreadyConnectedException();
        }
        return peer != null;
    }

    void requireConnected() {
        if (peer == null) {
            throw new NotYetConnectedException();
        }
    }

    /** As in the JDK, who uses a socket without an address gives it one: the kernel tells a send to try again. */
    void requireBound() throws IOException {
        if (!bound && isOpen()) {
            Handle handle = usable();
            if (handle.localAddress() == null) {
                handle.bind(Addresses.any(handle), 0);
            }
            bound = true;
        }
    }

    /** The address as a datagram can be sent there: the wildcard stands for this machine. */
    InetSocketAddress destination(SocketAddress target) throws SocketException {
        return Addresses.destination(target, handle());
    }
}
