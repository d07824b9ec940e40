package dev.ringpark;

import static dev.ringpark.internal.op.Handle.READING;

import dev.ringpark.internal.op.Deadline;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.NotYetBoundException;
import java.time.Duration;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A TCP socket that accepts connections. Safe for any number of threads: several may wait in {@link #accept}, and each
 * connection goes to exactly one of them. Interruption and closing end a waiting accept as they end a read of
 * {@link TcpSocket}; an accept that times out leaves the listener open. One that is forgotten without being closed is
 * closed after garbage collection.
 *
 * <p>SO_REUSEADDR is set from the start, so that a port can be bound again at once after its listener was closed.
 */
public final class TcpListener extends LoopChannel {
    /** The backlog used where none is given; the system may allow fewer (on Linux net.core.somaxconn). */
    public static final int DEFAULT_BACKLOG = 4096;

    private static final String ACCEPT_TIMED_OUT = "Accept timed out";

    private volatile boolean bound;
    private volatile long acceptTimeoutNanos;

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
        return new TcpListener(loop, loop.openListener(null));
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
        return new TcpListener(loop, loop.openListener(checkedFamily(family)));
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
        InetSocketAddress address = inet(local);
        ProtocolFamily family = address.getAddress().isAnyLocalAddress() ? null : familyOf(address);
        TcpListener listener = new TcpListener(loop, loop.openListener(family));
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
     * @throws AlreadyBoundException if the listener is bound
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
     * @throws AlreadyBoundException if the listener is bound
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    public TcpListener bind(@Nullable SocketAddress local, int backlog) throws IOException {
        InetSocketAddress address = localAddress(local);
        try {
            plain(open -> {
                if (open.localAddress() != null) {
                    throw new AlreadyBoundException();
                }
                open.bind(address, backlog <= 0 ? DEFAULT_BACKLOG : backlog);
                return null;
            });
        } catch (IOException e) {
            if (!isOpen()) {
                closeAfter(e);
            }
            throw e;
        }
        bound = true;
        return this;
    }

    /**
     * Waits for a connection, at most the default timeout.
     *
     * @throws NotYetBoundException if the listener is not bound
     * @throws java.net.SocketTimeoutException "Accept timed out"
     * @throws java.net.SocketException "Too many open files": the connection stays in the backlog and can be accepted
     *     once descriptors are free. Wait for that before the next call.
     * @throws IOException if the listener is closed before or meanwhile, or the thread is interrupted
     */
    public TcpSocket accept() throws IOException {
        return accept(Timeouts.deadline(acceptTimeoutNanos));
    }

    /**
     * Waits for a connection, {@code timeout} at most.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws NotYetBoundException if the listener is not bound
     * @throws java.net.SocketTimeoutException "Accept timed out"
     * @throws java.net.SocketException "Too many open files": the connection stays in the backlog and can be accepted
     *     once descriptors are free. Wait for that before the next call.
     * @throws IOException if the listener is closed before or meanwhile, or the thread is interrupted
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public TcpSocket accept(Duration timeout) throws IOException {
        return accept(Timeouts.deadline(timeout));
    }

    private TcpSocket accept(long deadlineNanos) throws IOException {
        return new TcpSocket(loop(), awaitConnection(deadlineNanos), true);
    }

    /**
     * Waits for a connection without limit; it belongs to the loop that {@code dealer} names once it is there, and that
     * has the same backend.
     *
     * @throws java.nio.channels.AsynchronousCloseException also if that loop is closed; the connection is closed then
     */
    TcpSocket acceptFor(Supplier<CarrierLoop> dealer) throws IOException {
        Handle accepted = awaitConnection(Deadline.NONE);
        return new TcpSocket(dealer.get(), accepted, true);
    }

    private Handle awaitConnection(long deadlineNanos) throws IOException {
        Operation operation = enter(READING, deadlineNanos, ACCEPT_TIMED_OUT);
        try {
            if (!bound) {
                throw new NotYetBoundException();
            }
            operation.beginAccept(deadlineNanos);
            return awaitAccepted(operation, ACCEPT_TIMED_OUT);
        } finally {
            exit(READING);
        }
    }

    /**
     * Sets the time an accept without one of its own waits at most; one that waits already keeps its own.
     *
     * @param timeout {@link Duration#ZERO}, the default, for no limit
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public TcpListener setAcceptTimeout(Duration timeout) {
        acceptTimeoutNanos = Timeouts.checked(timeout);
        return this;
    }

    /** The time an accept without one of its own waits at most; {@link Duration#ZERO} for no limit. */
    public Duration getAcceptTimeout() {
        return Duration.ofNanos(acceptTimeoutNanos);
    }

    @Override
    public <T> TcpListener setOption(SocketOption<T> option, T value) throws IOException {
        set(option, value);
        return this;
    }

    /**
     * Closes the listener: accepts that wait on it end with an exception, and when they have, its descriptor and its
     * port are given back, and connecting to it is refused. Returns then, within milliseconds unless a thread of the
     * loop computes meanwhile. Not interruptible. The second time nothing happens.
     */
    @Override
    public void close() throws IOException {
        super.close();
    }
}
