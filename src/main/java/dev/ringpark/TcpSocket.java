package dev.ringpark;

import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection with blocking calls. What it does with bytes, timeouts, interrupts and threads, it does as every
 * {@link StreamSocket}.
 */
public final class TcpSocket extends StreamSocket {
    private static final int MAX_PORT = 65_535;

    TcpSocket(CarrierLoop loop, Handle handle, boolean connected) throws IOException {
        super(loop, handle, connected);
    }

    // ---- opening ----

    /**
     * Opens an unconnected socket for IPv6 and IPv4 alike, where the system has both. For those who bind it or set
     * options before they connect; others use {@link #connect(CarrierLoop, SocketAddress)}.
     *
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static TcpSocket open(CarrierLoop loop) throws IOException {
        return new TcpSocket(loop, loop.openSocket(SocketType.STREAM, null), false);
    }

    /**
     * Opens an unconnected socket of one family.
     *
     * @param family {@link StandardProtocolFamily#INET} or {@link StandardProtocolFamily#INET6}
     * @throws UnsupportedOperationException if {@code family} is another one
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static TcpSocket open(CarrierLoop loop, ProtocolFamily family) throws IOException {
        return new TcpSocket(loop, loop.openSocket(SocketType.STREAM, Addresses.checkedFamily(family)), false);
    }

    /**
     * Opens a socket and connects it to {@code remote}, waiting as long as the system does (on Linux about two
     * minutes). If that fails, no socket is left open.
     *
     * @throws java.net.ConnectException if the peer refuses, or does not answer
     * @throws java.net.NoRouteToHostException if there is no way to it
     * @throws java.nio.channels.UnresolvedAddressException if {@code remote} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code remote} is no internet address
     * @throws IOException if the loop is closed or the thread interrupted meanwhile, or the system has run out of
     *     descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static TcpSocket connect(CarrierLoop loop, SocketAddress remote) throws IOException {
        return connect(loop, remote, Duration.ZERO);
    }

    /**
     * Opens a socket and connects it to {@code remote}, waiting {@code timeout} at most. If that fails, no socket is
     * left open.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as the system does
     * @throws java.net.ConnectException if the peer refuses, or does not answer
     * @throws java.net.NoRouteToHostException if there is no way to it
     * @throws java.net.SocketTimeoutException "Connect timed out"
     * @throws java.nio.channels.UnresolvedAddressException if {@code remote} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code remote} is no internet address
     * @throws IOException if the loop is closed or the thread interrupted meanwhile, or the system has run out of
     *     descriptors or memory
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static TcpSocket connect(CarrierLoop loop, SocketAddress remote, Duration timeout) throws IOException {
        return connect(loop, Addresses.inet(remote), Timeouts.deadline(timeout));
    }

    private static TcpSocket connect(CarrierLoop loop, InetSocketAddress address, long deadlineNanos)
            throws IOException {
        TcpSocket socket = new TcpSocket(loop, loop.openSocket(SocketType.STREAM, Addresses.familyOf(address)), false);
        try {
            socket.connectTo(Addresses.reachable(address), deadlineNanos);
            return socket;
        } catch (IOException e) {
            socket.closeAfter(e);   // it is still open if it had no time to begin
            throw e;
        }
    }

    /**
     * Connects to a host by name, waiting as long as the system does for the looking up and for each address. The name
     * is looked up beside the loop, as {@link CarrierLoop#offload} does; its addresses are tried one after the other,
     * in the order the resolver gave them, until one answers. An address in place of a name is used as it is.
     *
     * @param port 0 to 65,535
     * @throws java.net.UnknownHostException if the name has no address, in the JDK's words
     * @throws SocketException what the last address failed with, a {@link java.net.ConnectException} say; the failures
     *     of those before are suppressed in it
     * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted before or meanwhile; the status
     *     stays set, and no socket is left open
     * @throws java.nio.channels.AsynchronousCloseException if the loop is closed meanwhile
     * @throws IllegalArgumentException if {@code port} is out of range
     * @throws IllegalStateException if {@code loop} is closed, before or between two steps
     */
    public static TcpSocket connect(CarrierLoop loop, String host, int port) throws IOException {
        return connect(loop, host, port, Duration.ZERO);
    }

    /**
     * Connects to a host by name. The name is looked up beside the loop, as {@link CarrierLoop#offload} does; its
     * addresses are tried one after the other, in the order the resolver gave them, until one answers. An address in
     * place of a name is used as it is.
     *
     * @param port 0 to 65,535
     * @param timeout for all of it, the looking up too; {@link Duration#ZERO} for as long as the system takes
     * @throws java.net.UnknownHostException if the name has no address, in the JDK's words
     * @throws SocketException what the last address failed with, a {@link java.net.ConnectException} say; the failures
     *     of those before are suppressed in it
     * @throws java.net.SocketTimeoutException "Connect timed out", with the failures until then
     * @throws java.nio.channels.ClosedByInterruptException if the thread is interrupted before or meanwhile; the status
     *     stays set, and no socket is left open
     * @throws java.nio.channels.AsynchronousCloseException if the loop is closed meanwhile
     * @throws IllegalArgumentException if {@code port} or {@code timeout} is out of range
     * @throws IllegalStateException if {@code loop} is closed, before or between two steps
     */
    public static TcpSocket connect(CarrierLoop loop, String host, int port, Duration timeout) throws IOException {
        Objects.requireNonNull(host, "host");
        if (port < 0 || port > MAX_PORT) {
            throw new IllegalArgumentException("port is " + port + "; it has to be 0 to " + MAX_PORT);
        }
        long deadlineNanos = Timeouts.deadline(timeout);
        InetAddress[] addresses = Names.addresses(loop, host, deadlineNanos, CONNECT_TIMED_OUT);
        List<IOException> failures = new ArrayList<>();
        while (true) {
            try {
                return connect(loop, new InetSocketAddress(addresses[failures.size()], port), deadlineNanos);
            } catch (IOException e) {
                // Out of time, interrupted or closed: then the other addresses are no use either.
                if (!(e instanceof SocketException) || failures.size() == addresses.length - 1) {
                    failures.forEach(e::addSuppressed);
                    throw e;
                }
                failures.add(e);
            }
        }
    }

    /**
     * Binds the socket to a local address. Does not block.
     *
     * @param local the address; null for any, port 0 for one of the system's choice
     * @throws java.net.BindException if the address is in use or not this machine's, or its port is privileged
     * @throws AlreadyBoundException if the socket has a local address already
     * @throws ClosedChannelException if the socket is closed
     */
    @Override
    public TcpSocket bind(@Nullable SocketAddress local) throws IOException {
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

    /**
     * Connects the socket, waiting as long as the system does (on Linux about two minutes). A failed connect closes it.
     *
     * @throws java.net.ConnectException if the peer refuses, or does not answer
     * @throws java.net.NoRouteToHostException if there is no way to it
     * @throws java.nio.channels.UnresolvedAddressException if {@code remote} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code remote} is not of the socket's family
     * @throws AlreadyConnectedException if the socket is connected
     * @throws IOException if it is closed before or meanwhile, or the thread is interrupted; see the class
     */
    public TcpSocket connect(SocketAddress remote) throws IOException {
        return connect(remote, Duration.ZERO);
    }

    /**
     * Connects the socket. A failed connect closes it, unless it only timed out while it waited for another thread's
     * connect or write.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as the system does
     * @throws java.net.ConnectException if the peer refuses, or does not answer
     * @throws java.net.NoRouteToHostException if there is no way to it
     * @throws java.net.SocketTimeoutException "Connect timed out"
     * @throws java.nio.channels.UnresolvedAddressException if {@code remote} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code remote} is not of the socket's family
     * @throws AlreadyConnectedException if the socket is connected
     * @throws IOException if it is closed before or meanwhile, or the thread is interrupted; see the class
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public TcpSocket connect(SocketAddress remote, Duration timeout) throws IOException {
        connectTo(Addresses.reachable(checked(remote)), Timeouts.deadline(timeout));
        return this;
    }

    // ---- the same, and still a TcpSocket ----

    @Override
    public TcpSocket shutdownOutput() throws IOException {
        super.shutdownOutput();
        return this;
    }

    @Override
    public TcpSocket shutdownInput() throws IOException {
        super.shutdownInput();
        return this;
    }

    @Override
    public TcpSocket setReadTimeout(Duration timeout) {
        super.setReadTimeout(timeout);
        return this;
    }

    @Override
    public TcpSocket setWriteTimeout(Duration timeout) {
        super.setWriteTimeout(timeout);
        return this;
    }

    @Override
    public <T> TcpSocket setOption(SocketOption<T> option, T value) throws IOException {
        super.setOption(option, value);
        return this;
    }
}
