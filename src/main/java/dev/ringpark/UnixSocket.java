package dev.ringpark;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.AlreadyBoundException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A connection between two processes of one machine, over a Unix-domain socket, with blocking calls. What it does with
 * bytes, timeouts, interrupts and threads, it does as every {@link StreamSocket}; addresses and errors are those of the
 * JDK's {@link java.nio.channels.SocketChannel} of this family.
 *
 * <p><b>Addresses.</b> A {@link java.net.UnixDomainSocketAddress} is the path of a file, of at most 106 bytes on Linux,
 * as in the JDK. A {@link UnixName} is a name without a file. A socket that was not bound has no name: its peer is told
 * the address with the empty path.
 *
 * <p><b>Half-close.</b> {@link #shutdownInput} reaches the peer here: what it writes from then on fails with "Broken
 * pipe". A peer that closes before it has read everything resets the connection.
 */
public final class UnixSocket extends StreamSocket {
    UnixSocket(CarrierLoop loop, Handle handle, boolean connected) throws IOException {
        super(loop, handle, connected);
    }

    // ---- opening ----

    /**
     * Opens an unconnected socket, for those who bind it or set options before they connect; others use
     * {@link #connect(CarrierLoop, SocketAddress)}.
     *
     * @throws UnsupportedOperationException if the system has no Unix sockets
     * @throws IOException if it has run out of descriptors or memory
     * @throws IllegalStateException if {@code loop} is closed
     */
    public static UnixSocket open(CarrierLoop loop) throws IOException {
        return new UnixSocket(loop, loop.openSocket(SocketType.STREAM, StandardProtocolFamily.UNIX), false);
    }

    /**
     * Opens a socket and connects it, as {@link #connect(SocketAddress)} does.
     *
     * @throws IOException as there, and if the system has run out of descriptors or memory
     */
    public static UnixSocket connect(CarrierLoop loop, SocketAddress remote) throws IOException {
        return connect(loop, remote, Duration.ZERO);
    }

    /**
     * Opens a socket and connects it, as {@link #connect(SocketAddress, Duration)} does.
     *
     * @throws IOException as there, and if the system has run out of descriptors or memory
     */
    public static UnixSocket connect(CarrierLoop loop, SocketAddress remote, Duration timeout) throws IOException {
        UnixAddresses.asked(remote);
        Timeouts.checked(timeout);
        UnixSocket socket = open(loop);
        try {
            return socket.connect(remote, timeout);
        } catch (IOException | RuntimeException e) {
            socket.closeAfter(e);
            throw e;
        }
    }

    /**
     * Gives the socket a name, which its peer is told. The file of a path is made by this, and deleted by nobody: do
     * that yourself. Does not block.
     *
     * @param local a {@link java.net.UnixDomainSocketAddress} or a {@link UnixName}; null, or the empty path, for no
     *     name
     * @throws java.net.BindException if there is a file of that path, or no permission to make one
     * @throws SocketException if the path is too long or leads nowhere
     * @throws AlreadyBoundException if the socket has a name, or is connected
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code local} is of another family
     * @throws UnsupportedOperationException if it is a {@link UnixName} and the backend knows none
     * @throws java.nio.channels.ClosedChannelException if the socket is closed
     */
    @Override
    public UnixSocket bind(@Nullable SocketAddress local) throws IOException {
        SocketAddress address = local == null ? null : UnixAddresses.asked(local);
        try {
            plain(open -> {
                if (open.localAddress() != null) {
                    throw new AlreadyBoundException();
                }
                if (address != null && !UnixAddresses.isUnnamed(address)) {
                    open.requireNameable(address);
                    open.bind(address, 0);
                }
                return null;
            });
        } catch (SocketException e) {
            throw address == null ? e : UnixAddresses.about(address, e);
        }
        return this;
    }

    /**
     * Connects the socket, waiting as long as the listener has a full backlog, over io_uring; no other queue can wait
     * for that, and the connect fails. A failed connect closes the socket.
     *
     * @param remote a {@link java.net.UnixDomainSocketAddress} or a {@link UnixName}
     * @throws java.net.ConnectException if nobody listens there; on a BSD also if the listener's backlog is full
     * @throws SocketException "No such file or directory"; "Permission denied"; "Unix domain path too long"; on
     *     Linux, where the queue is not io_uring, "Resource temporarily unavailable" if the listener's backlog is full;
     *     each with the address
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code remote} is of another family
     * @throws UnsupportedOperationException if it is a {@link UnixName} and the backend knows none
     * @throws java.nio.channels.AlreadyConnectedException if the socket is connected
     * @throws IOException if it is closed before or meanwhile, or the thread is interrupted; see {@link StreamSocket}
     */
    public UnixSocket connect(SocketAddress remote) throws IOException {
        return connect(remote, Duration.ZERO);
    }

    /**
     * Connects the socket. That waits only while the listener has a full backlog, over io_uring; no other queue can
     * wait for that, and the connect fails. A failed connect closes the socket, unless it only timed out while it
     * waited for another thread's connect or write.
     *
     * @param remote a {@link java.net.UnixDomainSocketAddress} or a {@link UnixName}
     * @param timeout how long to wait at most; {@link Duration#ZERO} for no limit
     * @throws java.net.ConnectException if nobody listens there; on a BSD also if the listener's backlog is full
     * @throws SocketException "No such file or directory"; "Permission denied"; "Unix domain path too long"; on
     *     Linux, where the queue is not io_uring, "Resource temporarily unavailable" if the listener's backlog is full;
     *     each with the address
     * @throws java.net.SocketTimeoutException "Connect timed out"
     * @throws java.nio.channels.UnsupportedAddressTypeException if {@code remote} is of another family
     * @throws UnsupportedOperationException if it is a {@link UnixName} and the backend knows none
     * @throws java.nio.channels.AlreadyConnectedException if the socket is connected
     * @throws IOException if it is closed before or meanwhile, or the thread is interrupted; see {@link StreamSocket}
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public UnixSocket connect(SocketAddress remote, Duration timeout) throws IOException {
        SocketAddress address = UnixAddresses.asked(remote);
        long deadlineNanos = Timeouts.deadline(timeout);
        try {
            connectTo(address, deadlineNanos);
            return this;
        } catch (SocketException e) {
            throw UnixAddresses.about(address, e);
        }
    }

    // ---- the peer ----

    /**
     * The address of the peer: a {@link java.net.UnixDomainSocketAddress}, with the empty path if it has no name, or a
     * {@link UnixName}; null if the socket is not connected.
     *
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    @Override
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        return UnixAddresses.told(super.getRemoteAddress());
    }

    /**
     * Who the peer is (SO_PEERCRED). Does not block.
     *
     * @throws UnsupportedOperationException if the backend does not tell, as the selector's does not
     * @throws java.nio.channels.NotYetConnectedException if the socket is not connected
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    public UnixCredentials getPeerCredentials() throws IOException {
        return plain(open -> {
            requireConnected();
            long[] known = open.peerCredentials();
            return new UnixCredentials((int) known[0], known[1], known[2]);
        });
    }

    /**
     * The address the socket is bound to, as {@link #getRemoteAddress} tells that of the peer; that of the listener if
     * it was accepted; null if it is neither bound nor connected.
     *
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    @Override
    public @Nullable SocketAddress getLocalAddress() throws IOException {
        return UnixAddresses.told(super.getLocalAddress());
    }

    // ---- the same, and still a UnixSocket ----

    @Override
    public UnixSocket shutdownOutput() throws IOException {
        super.shutdownOutput();
        plain(open -> {   // Linux does not tell who waits for room in a Unix socket that there will be none
            loop().door().endWrite(open);
            return null;
        });
        return this;
    }

    @Override
    public UnixSocket shutdownInput() throws IOException {
        super.shutdownInput();
        return this;
    }

    @Override
    public UnixSocket setReadTimeout(Duration timeout) {
        super.setReadTimeout(timeout);
        return this;
    }

    @Override
    public UnixSocket setWriteTimeout(Duration timeout) {
        super.setWriteTimeout(timeout);
        return this;
    }

    @Override
    public <T> UnixSocket setOption(SocketOption<T> option, T value) throws IOException {
        super.setOption(option, value);
        return this;
    }
}
