package dev.ringpark;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A socket for UDP datagrams with blocking calls. A call parks the virtual thread that makes it, or blocks a platform
 * thread, until the loop has the result; nothing is retried or polled meanwhile.
 *
 * <p><b>Datagrams.</b> One is sent whole or not at all, and received whole or cut to the room there is: a
 * {@link Datagram} tells. An empty one is a datagram like any other; only from a connected socket the selector's
 * backend cannot send it, and says so. UDP may lose, double and reorder them; the socket does not.
 *
 * <p><b>Connected.</b> A socket that is {@linkplain #connect(SocketAddress) connected} sends to one peer and hears
 * nobody else. Only there it is told that nobody has the peer's port: some later call throws
 * {@link java.net.PortUnreachableException}, once, and the socket stays open; or "Message too long", if a network on
 * the way to the peer takes none as long as one before. There {@link #send(ByteBuffer)} and
 * {@link #receiveFromPeer(ByteBuffer)} allocate nothing.
 *
 * <p><b>Threads.</b> Safe for any number of threads. One receive and one send run at a time; others wait for their turn
 * in the order they came, and each datagram goes to exactly one of them. A receive never stands in the way of a send.
 *
 * <p><b>Interruption.</b> Interrupting a thread that waits in a call closes the socket: the call throws
 * {@link java.nio.channels.ClosedByInterruptException} and the interrupt status stays set. So does a call by a thread
 * that is interrupted already. If a datagram had come before the interrupt arrived, the call returns it instead.
 *
 * <p><b>Closing.</b> {@link #close} from another thread ends a waiting call with
 * {@link java.nio.channels.AsynchronousCloseException}; later calls throw {@link ClosedChannelException}. A socket that
 * is not closed and that nobody has any more is closed after garbage collection.
 *
 * <p><b>Timeouts.</b> A call that times out throws {@link java.net.SocketTimeoutException} "Receive timed out" or "Send
 * timed out", loses no datagram and leaves the socket open. A send waits only while the system has no room for it.
 *
 * <p><b>Memory.</b> Direct buffers and segments of the global arena are received into and sent from in place; arrays,
 * and memory of arenas that can be closed, go through pooled buffers of the loop. A thread that waits in a receive into
 * an array holds no such buffer.
 *
 * <p><b>Errors.</b> "Message too long (EMSGSIZE): 70000 bytes" is a {@link java.net.SocketException}; so is every error
 * the platform reports that has no class of its own, told as in {@link StreamSocket}. A socket that has no address gets
 * one from the first call that sends, receives or connects; {@link java.net.BindException} tells that no port is free.
 * A call that ends with a
 * {@link StackOverflowError} or an {@link OutOfMemoryError} leaves a socket that can only be closed.
 */
public final class UdpSocket extends UdpChannel {
    private final Set<MulticastMembership> memberships = ConcurrentHashMap.newKeySet();
    private volatile long receiveTimeoutNanos;
    private volatile long sendTimeoutNanos;

    private UdpSocket(CarrierLoop loop, Handle handle) throws IOException {
        super(loop, handle);
    }

    // ---- opening ----

    /**
     * Opens a socket for IPv6 and IPv4 alike, where the system has both. It gets an address when it is bound, or else
     * when it first sends or receives.
     *
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static UdpSocket open(CarrierLoop loop) throws IOException {
        return open(loop, SocketType.DATAGRAM, null);
    }

    /**
     * Opens a socket of one family; as in the JDK, one of IPv6 speaks IPv4 too.
     *
     * @param family {@link StandardProtocolFamily#INET} or {@link StandardProtocolFamily#INET6}
     * @throws UnsupportedOperationException if {@code family} is another one
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static UdpSocket open(CarrierLoop loop, ProtocolFamily family) throws IOException {
        return open(loop, SocketType.DATAGRAM, Addresses.checkedFamily(family));
    }

    /**
     * Opens a socket of IPv6 alone: it refuses IPv4 addresses and hears nobody who has one. Another socket may have its
     * port for IPv4; but not on the selector's backend, which takes the port for both and drops what comes over IPv4.
     *
     * @throws UnsupportedOperationException if the system has no IPv6
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static UdpSocket openIpv6Only(CarrierLoop loop) throws IOException {
        return open(loop, SocketType.IPV6_DATAGRAM, StandardProtocolFamily.INET6);
    }

    private static UdpSocket open(CarrierLoop loop, SocketType type, @Nullable ProtocolFamily family)
            throws IOException {
        return new UdpSocket(loop, loop.openSocket(type, family));
    }

    /**
     * Opens a socket with a local address; with a wildcard one it hears IPv6 and IPv4. Does not block. If it fails, no
     * socket is left open.
     *
     * @param local the address; port 0 for one of the system's choice, which {@link #getLocalAddress} tells
     * @throws java.net.BindException if the address is in use or not this machine's, or its port is privileged
     * @throws java.nio.channels.UnresolvedAddressException if {@code local} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code local} is no internet address
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static UdpSocket bind(CarrierLoop loop, SocketAddress local) throws IOException {
        InetSocketAddress address = Addresses.inet(local);
        UdpSocket socket = open(loop, SocketType.DATAGRAM,
                address.getAddress().isAnyLocalAddress() ? null : Addresses.familyOf(address));
        try {
            return socket.bind(address);
        } catch (IOException | RuntimeException e) {
            socket.closeAfter(e);
            throw e;
        }
    }

    /**
     * Opens a socket that is connected to {@code remote}, as {@link #connect(SocketAddress)} does it. If it fails, no
     * socket is left open.
     *
     * @throws IOException as there, and if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static UdpSocket connect(CarrierLoop loop, SocketAddress remote) throws IOException {
        UdpSocket socket = open(loop, SocketType.DATAGRAM, Addresses.familyOf(Addresses.inet(remote)));
        try {
            return socket.connect(remote);
        } catch (IOException | RuntimeException e) {
            socket.closeAfter(e);
            throw e;
        }
    }

    /**
     * Binds the socket to a local address. Does not block.
     *
     * @param local the address; null for any, port 0 for one of the system's choice
     * @throws java.net.BindException if the address is in use or not this machine's, or its port is privileged
     * @throws AlreadyBoundException if the socket has a local address already
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code local} is not of the socket's family
     * @throws ClosedChannelException if the socket is closed
     */
    @Override
    public UdpSocket bind(@Nullable SocketAddress local) throws IOException {
        InetSocketAddress address = localAddress(local);
        plain(open -> {
            if (open.localAddress() != null) {
                throw new AlreadyBoundException();
            }
            open.bind(address, 0);
            return null;
        });
        return this;
    }

    // ---- the peer ----

    /**
     * Connects the socket: it sends to {@code remote} alone and hears nobody else; what has come before, be it from
     * {@code remote}, is dropped. Nothing is sent, and nobody asked; waits for sends under way, no more. A receive that
     * waits meanwhile goes on. A connect that fails leaves the socket as it was.
     *
     * @throws java.net.NoRouteToHostException if there is no way to it
     * @throws AlreadyConnectedException if the socket is connected
     * @throws java.net.SocketException if the port is 0
     * @throws java.nio.channels.UnresolvedAddressException if {@code remote} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code remote} is not of the socket's family
     * @throws IOException if it is closed before or meanwhile, or the thread is interrupted
     */
    public UdpSocket connect(SocketAddress remote) throws IOException {
        connectTo(remote);
        return this;
    }

    /**
     * Takes a connect back: the socket keeps its port, sends to anybody and hears everybody, and so does a receive that
     * waits meanwhile. Waits for sends under way, no more. Nothing happens if it is not connected.
     *
     * @throws java.net.BindException if it had a port of the system's choice, and lost it in this moment
     * @throws IOException if it is closed before or meanwhile, or the thread is interrupted
     */
    public UdpSocket disconnect() throws IOException {
        disconnectFromPeer();
        return this;
    }

    /** Whether the socket is connected, be it closed by now or not. */
    public boolean isConnected() {
        return peer() != null;
    }

    /**
     * The peer; null if the socket is not connected.
     *
     * @throws ClosedChannelException if it is closed
     */
    public @Nullable InetSocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return peer();
    }

    // ---- receiving ----

    /**
     * Waits for a datagram, at most the default receive timeout, and puts it into {@code target}, as far as it has
     * room.
     *
     * @throws IllegalArgumentException if {@code target} is read-only
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public Datagram receive(ByteBuffer target) throws IOException {
        return receiveInto(target, receiveDeadline());
    }

    /**
     * Waits for a datagram, at most {@code timeout}, and puts it into {@code target}, as far as it has room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws IllegalArgumentException if {@code target} is read-only, or {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public Datagram receive(ByteBuffer target, Duration timeout) throws IOException {
        return receiveInto(target, Timeouts.deadline(timeout));
    }

    /**
     * Waits for a datagram, at most the default receive timeout, and puts it into {@code target}, into at most {@code
     * length} bytes from {@code offset} on.
     *
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public Datagram receive(byte[] target, int offset, int length) throws IOException {
        return receiveInto(target, offset, length, receiveDeadline());
    }

    /**
     * Waits for a datagram, at most {@code timeout}, and puts it into {@code target}, into at most {@code length} bytes
     * from {@code offset} on.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public Datagram receive(byte[] target, int offset, int length, Duration timeout) throws IOException {
        return receiveInto(target, offset, length, Timeouts.deadline(timeout));
    }

    /**
     * Waits for a datagram, at most the default receive timeout, and puts it into {@code target}, as far as it has
     * room.
     *
     * @throws IllegalArgumentException if {@code target} is read-only
     * @throws IllegalStateException if the segment's arena is closed; if that is while the call waits, the datagram
     *     it then got is lost
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public Datagram receive(MemorySegment target) throws IOException {
        return receiveInto(target, receiveDeadline());
    }

    /**
     * Waits for a datagram, at most {@code timeout}, and puts it into {@code target}, as far as it has room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws IllegalArgumentException if {@code target} is read-only, or {@code timeout} is negative
     * @throws IllegalStateException if the segment's arena is closed; if that is while the call waits, the datagram
     *     it then got is lost
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public Datagram receive(MemorySegment target, Duration timeout) throws IOException {
        return receiveInto(target, Timeouts.deadline(timeout));
    }

    /**
     * Waits for a datagram from the peer, at most the default receive timeout, and puts it into {@code target}, as far
     * as it has room.
     *
     * @return the datagram's length; more than there was room for if it had to be cut
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int receiveFromPeer(ByteBuffer target) throws IOException {
        return receiveLengthInto(target, receiveDeadline());
    }

    /**
     * Waits for a datagram from the peer, at most {@code timeout}, and puts it into {@code target}, as far as it has
     * room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @return the datagram's length; more than there was room for if it had to be cut
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only, or {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int receiveFromPeer(ByteBuffer target, Duration timeout) throws IOException {
        return receiveLengthInto(target, Timeouts.deadline(timeout));
    }

    /**
     * Waits for a datagram from the peer, at most the default receive timeout, and puts it into {@code target}, into at
     * most {@code length} bytes from {@code offset} on.
     *
     * @return the datagram's length; more than there was room for if it had to be cut
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int receiveFromPeer(byte[] target, int offset, int length) throws IOException {
        return receiveLengthInto(target, offset, length, receiveDeadline());
    }

    /**
     * Waits for a datagram from the peer, at most {@code timeout}, and puts it into {@code target}, into at most {@code
     * length} bytes from {@code offset} on.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @return the datagram's length; more than there was room for if it had to be cut
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int receiveFromPeer(byte[] target, int offset, int length, Duration timeout) throws IOException {
        return receiveLengthInto(target, offset, length, Timeouts.deadline(timeout));
    }

    /**
     * Waits for a datagram from the peer, at most the default receive timeout, and puts it into {@code target}, as far
     * as it has room.
     *
     * @return the datagram's length; more than there was room for if it had to be cut
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only
     * @throws IllegalStateException if the segment's arena is closed; if that is while the call waits, the datagram
     *     it then got is lost
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int receiveFromPeer(MemorySegment target) throws IOException {
        return receiveLengthInto(target, receiveDeadline());
    }

    /**
     * Waits for a datagram from the peer, at most {@code timeout}, and puts it into {@code target}, as far as it has
     * room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @return the datagram's length; more than there was room for if it had to be cut
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only, or {@code timeout} is negative
     * @throws IllegalStateException if the segment's arena is closed; if that is while the call waits, the datagram
     *     it then got is lost
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int receiveFromPeer(MemorySegment target, Duration timeout) throws IOException {
        return receiveLengthInto(target, Timeouts.deadline(timeout));
    }

    // ---- sending ----

    /**
     * Sends what remains of {@code source} as one datagram to {@code target}, waiting at most the default send timeout
     * for the system to have room.
     *
     * @throws java.net.SocketException if it is too long, or the port is 0
     * @throws AlreadyConnectedException if the socket is connected to another address
     * @throws java.nio.channels.UnresolvedAddressException if {@code target} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is not of the socket's family
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(ByteBuffer source, SocketAddress target) throws IOException {
        sendFrom(source, Objects.requireNonNull(target, "target"), sendDeadline());
    }

    /**
     * Sends what remains of {@code source} as one datagram to {@code target}, waiting at most {@code timeout} for the
     * system to have room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws java.net.SocketException if it is too long, or the port is 0
     * @throws AlreadyConnectedException if the socket is connected to another address
     * @throws java.nio.channels.UnresolvedAddressException if {@code target} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is not of the socket's family
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(ByteBuffer source, SocketAddress target, Duration timeout) throws IOException {
        sendFrom(source, Objects.requireNonNull(target, "target"), Timeouts.deadline(timeout));
    }

    /**
     * Sends {@code length} bytes of {@code source} from {@code offset} on as one datagram to {@code target}, waiting at
     * most the default send timeout for the system to have room.
     *
     * @throws java.net.SocketException if it is too long, or the port is 0
     * @throws AlreadyConnectedException if the socket is connected to another address
     * @throws java.nio.channels.UnresolvedAddressException if {@code target} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is not of the socket's family
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(byte[] source, int offset, int length, SocketAddress target) throws IOException {
        sendFrom(source, offset, length, Objects.requireNonNull(target, "target"), sendDeadline());
    }

    /**
     * Sends {@code length} bytes of {@code source} from {@code offset} on as one datagram to {@code target}, waiting at
     * most {@code timeout} for the system to have room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws java.net.SocketException if it is too long, or the port is 0
     * @throws AlreadyConnectedException if the socket is connected to another address
     * @throws java.nio.channels.UnresolvedAddressException if {@code target} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is not of the socket's family
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(byte[] source, int offset, int length, SocketAddress target, Duration timeout) throws IOException {
        sendFrom(source, offset, length, Objects.requireNonNull(target, "target"), Timeouts.deadline(timeout));
    }

    /**
     * Sends the bytes of {@code source} as one datagram to {@code target}, waiting at most the default send timeout for
     * the system to have room.
     *
     * @throws java.net.SocketException if it is too long, or the port is 0
     * @throws AlreadyConnectedException if the socket is connected to another address
     * @throws java.nio.channels.UnresolvedAddressException if {@code target} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is not of the socket's family
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(MemorySegment source, SocketAddress target) throws IOException {
        sendFrom(source, Objects.requireNonNull(target, "target"), sendDeadline());
    }

    /**
     * Sends the bytes of {@code source} as one datagram to {@code target}, waiting at most {@code timeout} for the
     * system to have room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws java.net.SocketException if it is too long, or the port is 0
     * @throws AlreadyConnectedException if the socket is connected to another address
     * @throws java.nio.channels.UnresolvedAddressException if {@code target} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is not of the socket's family
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(MemorySegment source, SocketAddress target, Duration timeout) throws IOException {
        sendFrom(source, Objects.requireNonNull(target, "target"), Timeouts.deadline(timeout));
    }

    /**
     * Sends what remains of {@code source} as one datagram to the peer, waiting at most the default send timeout for
     * the system to have room.
     *
     * @throws java.net.SocketException if it is too long
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(ByteBuffer source) throws IOException {
        sendFrom(source, null, sendDeadline());
    }

    /**
     * Sends what remains of {@code source} as one datagram to the peer, waiting at most {@code timeout} for the system
     * to have room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws java.net.SocketException if it is too long
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(ByteBuffer source, Duration timeout) throws IOException {
        sendFrom(source, null, Timeouts.deadline(timeout));
    }

    /**
     * Sends {@code length} bytes of {@code source} from {@code offset} on as one datagram to the peer, waiting at most
     * the default send timeout for the system to have room.
     *
     * @throws java.net.SocketException if it is too long
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(byte[] source, int offset, int length) throws IOException {
        sendFrom(source, offset, length, null, sendDeadline());
    }

    /**
     * Sends {@code length} bytes of {@code source} from {@code offset} on as one datagram to the peer, waiting at most
     * {@code timeout} for the system to have room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws java.net.SocketException if it is too long
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(byte[] source, int offset, int length, Duration timeout) throws IOException {
        sendFrom(source, offset, length, null, Timeouts.deadline(timeout));
    }

    /**
     * Sends the bytes of {@code source} as one datagram to the peer, waiting at most the default send timeout for the
     * system to have room.
     *
     * @throws java.net.SocketException if it is too long
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(MemorySegment source) throws IOException {
        sendFrom(source, null, sendDeadline());
    }

    /**
     * Sends the bytes of {@code source} as one datagram to the peer, waiting at most {@code timeout} for the system to
     * have room.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws java.net.SocketException if it is too long
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void send(MemorySegment source, Duration timeout) throws IOException {
        sendFrom(source, null, Timeouts.deadline(timeout));
    }

    /**
     * Sends each of {@code sources} to {@code target}, whole, in their order: as many at a time as there is room for,
     * where the system can, with one call; when there is none it waits, at most the default send timeout for all of
     * them. What was sent has nothing remaining, also if the next ends with an exception.
     *
     * @throws AlreadyConnectedException if the socket is connected to another peer
     * @throws IllegalStateException if a buffer's arena is closed; some of those before it may have been sent
     * @throws WrongThreadException if a buffer's arena is another thread's; the same
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void sendAll(ByteBuffer[] sources, SocketAddress target) throws IOException {
        sendAllFrom(sources.clone(), Objects.requireNonNull(target, "target"), sendDeadline());
    }

    /**
     * The same, to the peer.
     *
     * @throws NotYetConnectedException if the socket has no peer
     * @throws IllegalStateException if a buffer's arena is closed; some of those before it may have been sent
     * @throws WrongThreadException if a buffer's arena is another thread's; the same
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public void sendAll(ByteBuffer[] sources) throws IOException {
        sendAllFrom(sources.clone(), null, sendDeadline());
    }

    /** Those there is room for go at once; when there is none, the next is waited for, as if it were sent alone. */
    private void sendAllFrom(ByteBuffer[] sources, @Nullable SocketAddress target, long deadlineNanos)
            throws IOException {
        InetSocketAddress to = target == null ? null : destination(target);
        int next = 0;
        while (next < sources.length) {
            if (next > 0 && Moment.isOver(deadlineNanos)) {
                throw new SocketTimeoutException(SEND_TIMED_OUT);   // however much room there is
            }
            next += sendNow(sources, next, to, deadlineNanos);
            if (next < sources.length) {
                sendFrom(sources[next], to, deadlineNanos);
                next++;
            }
        }
    }

    private int sendNow(ByteBuffer[] sources, int first, @Nullable InetSocketAddress to, long deadlineNanos)
            throws IOException {
        Operation operation = enter(Handle.WRITING, deadlineNanos, SEND_TIMED_OUT);
        try {
            boolean isConnected = prepare(operation, 0, to) == Kind.SEND;
            return attempt(open -> open.sendNow(sources, first, isConnected ? null : to));
        } catch (SocketException e) {
            ByteBuffer guilty = Buffers.firstWithRoom(sources, first, sources.length - first);
            throw about(guilty == null ? 0 : guilty.remaining(), e);
        } finally {
            exit(Handle.WRITING);
        }
    }

    // ---- multicast ----

    /**
     * Has the socket hear a group: what is sent to it, and to the socket's port, on the network of one interface. Does
     * not block. What is sent goes out through the option IP_MULTICAST_IF, and comes back to this machine unless
     * IP_MULTICAST_LOOP is off.
     *
     * @throws IllegalArgumentException if {@code group} is no multicast address
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is not of the socket's family; on macOS and
     *     FreeBSD one of both families hears no IPv4 group either
     * @throws IllegalStateException if the socket is a member of that group there already
     * @throws ClosedChannelException if the socket is closed
     * @throws IOException if the system refuses; on macOS and FreeBSD also for an IPv4 group if the interface has no
     *     IPv4 address, as they know it by that
     */
    public MulticastMembership join(InetAddress group, NetworkInterface via) throws IOException {
        return joinGroup(group, via, null);
    }

    /**
     * Has the socket hear a group from one sender alone; for more, join for each. Does not block.
     *
     * @throws IllegalArgumentException if {@code group} is no multicast address, or {@code source} is one or of the
     *     other family
     * @throws java.nio.channels.UnsupportedAddressTypeException if it is not of the socket's family
     * @throws UnsupportedOperationException on macOS and FreeBSD
     * @throws IllegalStateException if the socket is a member of that group there already, for that sender or for all
     * @throws ClosedChannelException if the socket is closed
     * @throws IOException if the system refuses
     */
    public MulticastMembership join(InetAddress group, NetworkInterface via, InetAddress source) throws IOException {
        if (source.isMulticastAddress() || source.isAnyLocalAddress() || source.getClass() != group.getClass()) {
            throw new IllegalArgumentException("no sender to " + group.getHostAddress() + ": "
                    + source.getHostAddress());
        }
        return joinGroup(group, via, source);
    }

    private MulticastMembership joinGroup(InetAddress group, NetworkInterface via, @Nullable InetAddress source)
            throws IOException {
        Objects.requireNonNull(via, "via");
        if (!group.isMulticastAddress()) {
            throw new IllegalArgumentException("not a multicast address: " + group.getHostAddress());
        }
        requireFamily(group);
        return MulticastMembership.join(this, memberships, group, via, source);
    }

    // ---- properties ----

    /**
     * Sets the time a receive without one of its own waits at most; one that waits already keeps its own.
     *
     * @param timeout {@link Duration#ZERO}, the default, for no limit
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public UdpSocket setReceiveTimeout(Duration timeout) {
        receiveTimeoutNanos = Timeouts.checked(timeout);
        return this;
    }

    /** The time a receive without one of its own waits at most; {@link Duration#ZERO} for no limit. */
    public Duration getReceiveTimeout() {
        return Duration.ofNanos(receiveTimeoutNanos);
    }

    /**
     * Sets the time a send without one of its own waits at most; one that waits already keeps its own.
     *
     * @param timeout {@link Duration#ZERO}, the default, for no limit
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public UdpSocket setSendTimeout(Duration timeout) {
        sendTimeoutNanos = Timeouts.checked(timeout);
        return this;
    }

    /** The time a send without one of its own waits at most; {@link Duration#ZERO} for no limit. */
    public Duration getSendTimeout() {
        return Duration.ofNanos(sendTimeoutNanos);
    }

    private long receiveDeadline() {
        return Timeouts.deadline(receiveTimeoutNanos);
    }

    private long sendDeadline() {
        return Timeouts.deadline(sendTimeoutNanos);
    }

    @Override
    public <T> UdpSocket setOption(SocketOption<T> option, T value) throws IOException {
        set(option, value);
        return this;
    }

    /**
     * Closes the socket: calls that wait on it end with an exception, and when they have, its descriptor is given back.
     * Returns then, within milliseconds unless a thread of the loop computes meanwhile. Not interruptible. The second
     * time nothing happens.
     */
    @Override
    public void close() throws IOException {
        super.close();
    }
}
