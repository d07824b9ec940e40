package dev.ringpark;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A Unix-domain socket that accepts connections; how it waits for them stands in {@link StreamListener}, and what its
 * addresses are in {@link UnixSocket}.
 *
 * <p><b>The file.</b> Binding to a path makes a file there, with the permissions that the process gives new files;
 * connecting takes the permission to write to it. Closing does not delete it, as in the JDK. What is left over, after a
 * crash too, refuses connections and stands in the way of the next bind, which says so: delete it before. A
 * {@link UnixName} leaves nothing.
 */
public final class UnixListener extends StreamListener {
    private UnixListener(CarrierLoop loop, Handle handle) throws IOException {
        super(loop, handle);
    }

    /**
     * Opens a listener that is not bound, for those who set options first. Others use
     * {@link #bind(CarrierLoop, SocketAddress)}.
     *
     * @throws UnsupportedOperationException if the system has no Unix sockets
     * @throws IOException if it has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static UnixListener open(CarrierLoop loop) throws IOException {
        return new UnixListener(loop, loop.openSocket(SocketType.LISTENER, StandardProtocolFamily.UNIX));
    }

    /**
     * Opens a listener on {@code local} with {@link #DEFAULT_BACKLOG}, as {@link #bind(SocketAddress, int)} does.
     *
     * @throws IOException as there, and if the system has run out of descriptors or memory
     */
    public static UnixListener bind(CarrierLoop loop, @Nullable SocketAddress local) throws IOException {
        return bind(loop, local, DEFAULT_BACKLOG);
    }

    /**
     * Opens a listener on {@code local}, as {@link #bind(SocketAddress, int)} does.
     *
     * @throws IOException as there, and if the system has run out of descriptors or memory
     */
    public static UnixListener bind(CarrierLoop loop, @Nullable SocketAddress local, int backlog) throws IOException {
        UnixListener listener = open(loop);
        try {
            return listener.bind(local, backlog);
        } catch (IOException | RuntimeException e) {
            listener.closeAfter(e);
            throw e;
        }
    }

    @Override
    public UnixListener bind(@Nullable SocketAddress local) throws IOException {
        return bind(local, DEFAULT_BACKLOG);
    }

    /**
     * Binds and listens. Does not block.
     *
     * @param local a {@link java.net.UnixDomainSocketAddress} or a {@link UnixName}; null for a new file in the folder
     *     for temporary ones, which {@link #getLocalAddress} tells
     * @param backlog connections the system keeps for {@link #accept} at most; 0 or less for the default
     * @throws BindException if there is a file of that path, be it one that a listener left over; if the name is taken;
     *     without permission; if the path is empty
     * @throws SocketException "No such file or directory", if the folder is missing; "Unix domain path too long"
     * @throws java.nio.channels.AlreadyBoundException if the listener is bound
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code local} is of another family
     * @throws UnsupportedOperationException if it is a {@link UnixName} and the backend knows none
     * @throws java.nio.channels.ClosedChannelException if the listener is closed
     */
    @Override
    public UnixListener bind(@Nullable SocketAddress local, int backlog) throws IOException {
        SocketAddress address = local == null ? UnixAddresses.temporary() : UnixAddresses.asked(local);
        if (UnixAddresses.isUnnamed(address)) {
            throw new BindException("Server socket cannot bind to unnamed address");
        }
        try {
            listen(address, backlog);
            return this;
        } catch (SocketException e) {
            throw UnixAddresses.about(address, e);
        }
    }

    @Override
    public UnixSocket accept() throws IOException {
        return new UnixSocket(loop(), awaitConnection(acceptDeadline()), true);
    }

    @Override
    public UnixSocket accept(Duration timeout) throws IOException {
        return new UnixSocket(loop(), awaitConnection(Timeouts.deadline(timeout)), true);
    }

    /**
     * The address the listener is bound to: a {@link java.net.UnixDomainSocketAddress} or a {@link UnixName}; null if
     * it is not bound.
     *
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        return UnixAddresses.told(super.getLocalAddress());
    }

    @Override
    public UnixListener setAcceptTimeout(Duration timeout) {
        super.setAcceptTimeout(timeout);
        return this;
    }

    @Override
    public <T> UnixListener setOption(SocketOption<T> option, T value) throws IOException {
        super.setOption(option, value);
        return this;
    }

    /** Closes the listener, as every {@link StreamListener} does. The file of its path stays. */
    @Override
    public void close() throws IOException {
        super.close();
    }
}
