package dev.ringpark;

import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket that accepts connections; how it waits for them stands in {@link StreamListener}.
 *
 * <p>SO_REUSEADDR is set from the start, so that a port can be bound again at once after its listener was closed.
 */
public final class TcpListener extends StreamListener {
    private TcpListener(CarrierLoop loop, Handle handle) throws IOException {
        super(loop, handle);
    }

    /**
     * Opens a listener that is not bound, for IPv6 and IPv4 alike where the system has both; for those who set options
     * first, SO_REUSEPORT say. Others use {@link #bind(CarrierLoop, SocketAddress)}.
     *
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static TcpListener open(CarrierLoop loop) throws IOException {
        return new TcpListener(loop, loop.openSocket(SocketType.LISTENER, null));
    }

    /**
     * Opens a listener of one family that is not bound.
     *
     * @param family {@link java.net.StandardProtocolFamily#INET} or {@link java.net.StandardProtocolFamily#INET6}
     * @throws UnsupportedOperationException if {@code family} is another one
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static TcpListener open(CarrierLoop loop, ProtocolFamily family) throws IOException {
        return new TcpListener(loop, loop.openSocket(SocketType.LISTENER, Addresses.checkedFamily(family)));
    }

    /**
     * Opens a listener on {@code local} with {@link #DEFAULT_BACKLOG}. A wildcard address takes connections over IPv6
     * and IPv4. Does not block. If it fails, no listener is left open.
     *
     * @param local the address; port 0 for one of the system's choice, which {@link #getLocalAddress} tells
     * @throws java.net.BindException if the address is in use or not this machine's, or its port is privileged
     * @throws java.nio.channels.UnresolvedAddressException if {@code local} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code local} is no internet address
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static TcpListener bind(CarrierLoop loop, SocketAddress local) throws IOException {
        return bind(loop, local, DEFAULT_BACKLOG);
    }

    /**
     * Opens a listener on {@code local} with a backlog of its own. A wildcard address takes connections over IPv6 and
     * IPv4. Does not block. If it fails, no listener is left open.
     *
     * @param local the address; port 0 for one of the system's choice, which {@link #getLocalAddress} tells
     * @param backlog connections the system keeps for {@link #accept} at most; 0 or less for the default
     * @throws java.net.BindException if the address is in use or not this machine's, or its port is privileged
     * @throws java.nio.channels.UnresolvedAddressException if {@code local} has no address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code local} is no internet address
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static TcpListener bind(CarrierLoop loop, SocketAddress local, int backlog) throws IOException {
        InetSocketAddress address = Addresses.inet(local);
        ProtocolFamily family = address.getAddress().isAnyLocalAddress() ? null : Addresses.familyOf(address);
        TcpListener listener = new TcpListener(loop, loop.openSocket(SocketType.LISTENER, family));
        try {
            return listener.bind(address, backlog);
        } catch (IOException | RuntimeException e) {
            listener.closeAfter(e);
            throw e;
        }
    }

    /**
     * Binds and listens with {@link #DEFAULT_BACKLOG}. Does not block. A listener that is refused the address stays
     * open; one that gets it and may not listen there is closed, as it could not be bound again.
     *
     * @param local the address; null for any, port 0 for one of the system's choice
     * @throws java.net.BindException if the address is in use or not this machine's, or its port is privileged
     * @throws java.nio.channels.AlreadyBoundException if the listener is bound
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    @Override
    public TcpListener bind(@Nullable SocketAddress local) throws IOException {
        return bind(local, DEFAULT_BACKLOG);
    }

    /**
     * Binds and listens. Does not block. A listener that is refused the address stays open; one that gets it and may
     * not listen there is closed, as it could not be bound again.
     *
     * @param local the address; null for any, port 0 for one of the system's choice
     * @param backlog connections the system keeps for {@link #accept} at most; 0 or less for the default
     * @throws java.net.BindException if the address is in use or not this machine's, or its port is privileged
     * @throws java.nio.channels.AlreadyBoundException if the listener is bound
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    @Override
    public TcpListener bind(@Nullable SocketAddress local, int backlog) throws IOException {
        listen(localAddress(local), backlog);
        return this;
    }

    @Override
    public TcpSocket accept() throws IOException {
        return new TcpSocket(loop(), awaitConnection(acceptDeadline()), true);
    }

    @Override
    public TcpSocket accept(Duration timeout) throws IOException {
        return new TcpSocket(loop(), awaitConnection(Timeouts.deadline(timeout)), true);
    }

    /**
     * Waits for a connection without limit; it belongs to the loop that {@code dealer} names once it is there, and that
     * has the same backend.
     *
     * @throws java.nio.channels.AsynchronousCloseException also if that loop is closed; the connection is closed then
     */
    TcpSocket acceptFor(Supplier<CarrierLoop> dealer) throws IOException {
        Handle accepted = awaitConnection(Moment.NONE);
        return new TcpSocket(dealer.get(), accepted, true);
    }

    @Override
    public TcpListener setAcceptTimeout(Duration timeout) {
        super.setAcceptTimeout(timeout);
        return this;
    }

    @Override
    public <T> TcpListener setOption(SocketOption<T> option, T value) throws IOException {
        super.setOption(option, value);
        return this;
    }

    /** Closes the listener, as every {@link StreamListener} does, and gives its port back. */
    @Override
    public void close() throws IOException {
        super.close();
    }
}
