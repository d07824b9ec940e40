package dev.ringpark;

import static dev.ringpark.internal.op.Handle.WRITING;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A TCP connection with blocking calls. A call parks the virtual thread that makes it, or blocks a platform thread,
 * until the loop has the result; nothing is retried or polled meanwhile.
 *
 * <p><b>Threads.</b> Safe for any number of threads. One read and one write run at a time; further readers and writers
 * wait for their turn in the order they came. A blocked read never stands in the way of a write.
 *
 * <p><b>Interruption.</b> Interrupting a thread that waits in a call closes the socket: the call throws
 * {@link java.nio.channels.ClosedByInterruptException} and the interrupt status stays set. So does a call by a thread
 * that is interrupted already. If bytes had moved before the interrupt arrived, the call returns them instead.
 *
 * <p><b>Closing.</b> {@link #close} from another thread ends a waiting call with
 * {@link java.nio.channels.AsynchronousCloseException}; later calls throw {@link ClosedChannelException}. A socket that
 * is not closed and that nobody has any more, neither a thread in one of its calls nor a stream of it, is closed after
 * garbage collection.
 *
 * <p><b>Timeouts.</b> A call that times out throws {@link java.net.SocketTimeoutException}, loses no byte and leaves
 * the socket open (a connect closes it). If bytes had moved before its time was over, it returns them instead.
 *
 * <p><b>Memory.</b> Direct buffers and segments of the global arena are read into and written from in place; arrays,
 * and memory of arenas that can be closed, go through pooled buffers of the loop. A thread that waits in a read into an
 * array holds no such buffer.
 *
 * <p><b>Errors.</b> A connection reset by the peer is a {@link java.net.SocketException} "Connection reset", a write
 * after the peer is gone "Broken pipe"; every error the platform reports that has no class of its own is a
 * {@code SocketException} with its name and number. A call that ends with a {@link StackOverflowError} or an
 * {@link OutOfMemoryError} leaves a socket that can only be closed; the loop and its other sockets go on.
 */
public final class TcpSocket extends StreamChannel
        implements ByteChannel, GatheringByteChannel, ScatteringByteChannel {
    private static final String CONNECT_TIMED_OUT = "Connect timed out";
    private static final int MAX_PORT = 65_535;
    private static final int TRANSFER_BYTES = 64 * 1024;

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
        return new TcpSocket(loop, loop.openSocket(null), false);
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
        return new TcpSocket(loop, loop.openSocket(checkedFamily(family)), false);
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
        return connect(loop, inet(remote), Timeouts.deadline(timeout));
    }

    private static TcpSocket connect(CarrierLoop loop, InetSocketAddress address, long deadlineNanos)
            throws IOException {
        TcpSocket socket = new TcpSocket(loop, loop.openSocket(familyOf(address)), false);
        return socket.connect(address, deadlineNanos);
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
        return connect(checked(remote), Timeouts.deadline(timeout));
    }

    private TcpSocket connect(InetSocketAddress remote, long deadlineNanos) throws IOException {
        Operation operation = enter(WRITING, deadlineNanos, CONNECT_TIMED_OUT);
        try {
            if (isConnected()) {
                throw new AlreadyConnectedException();
            }
            operation.beginConnect(reachable(remote), deadlineNanos);
            await(operation, CONNECT_TIMED_OUT);
            noteConnected();
            return this;
        } catch (IOException | Error e) {   // who ran out of memory or stack can do nothing with it either
            closeAfter(e);
            throw e;
        } finally {
            exit(WRITING);
        }
    }

    // ---- reading ----

    /**
     * Reads what is there into {@code target}, waiting for the first byte at most the default read timeout.
     *
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if {@code target} is full
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    @Override
    public int read(ByteBuffer target) throws IOException {
        return readInto(target, readDeadline());
    }

    /**
     * Reads what is there into {@code target}, waiting {@code timeout} at most for the first byte.
     *
     * @param timeout how long to wait for the first byte at most; {@link Duration#ZERO} for as long as it takes
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if {@code target} is full
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only, or {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int read(ByteBuffer target, Duration timeout) throws IOException {
        return readInto(target, Timeouts.deadline(timeout));
    }

    /**
     * Reads what is there into {@code length} bytes of {@code target} from {@code offset} on, waiting for the first
     * byte at most the default read timeout.
     *
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if {@code length} is 0
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int read(byte[] target, int offset, int length) throws IOException {
        return readInto(target, offset, length, readDeadline());
    }

    /**
     * Reads what is there into {@code length} bytes of {@code target} from {@code offset} on, waiting {@code timeout}
     * at most for the first byte.
     *
     * @param timeout how long to wait for the first byte at most; {@link Duration#ZERO} for as long as it takes
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if {@code length} is 0
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int read(byte[] target, int offset, int length, Duration timeout) throws IOException {
        return readInto(target, offset, length, Timeouts.deadline(timeout));
    }

    /**
     * Reads what is there into {@code target}, waiting for the first byte at most the default read timeout.
     *
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if the segment has none
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only
     * @throws IllegalStateException if the segment's arena is closed; if that is while the call waits, the bytes it
     *     then got are lost
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public long read(MemorySegment target) throws IOException {
        return readInto(target, readDeadline());
    }

    /**
     * Reads what is there into {@code target}, waiting {@code timeout} at most for the first byte.
     *
     * @param timeout how long to wait for the first byte at most; {@link Duration#ZERO} for as long as it takes
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if the segment has none
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only, or {@code timeout} is negative
     * @throws IllegalStateException if the segment's arena is closed; if that is while the call waits, the bytes it
     *     then got are lost
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public long read(MemorySegment target, Duration timeout) throws IOException {
        return readInto(target, Timeouts.deadline(timeout));
    }

    /**
     * Reads what is there into {@code length} of {@code targets} from {@code offset} on, in their order, waiting for
     * the first byte at most the default read timeout.
     *
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if all of them are full
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if one of them is read-only
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return readInto(targets, offset, length, readDeadline());
    }

    /**
     * Reads what is there into {@code length} of {@code targets} from {@code offset} on, in their order, waiting
     * {@code timeout} at most for the first byte.
     *
     * @param timeout how long to wait for the first byte at most; {@link Duration#ZERO} for as long as it takes
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if all of them are full
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if one of them is read-only, or {@code timeout} is negative
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public long read(ByteBuffer[] targets, int offset, int length, Duration timeout) throws IOException {
        return readInto(targets, offset, length, Timeouts.deadline(timeout));
    }

    /**
     * Reads what is there into {@code targets}, in their order, waiting for the first byte at most the default read
     * timeout.
     *
     * @return how many bytes, at least 1; -1 at the end of the stream; 0 only if all of them are full
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if one of them is read-only
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    @Override
    public long read(ByteBuffer[] targets) throws IOException {
        return read(targets, 0, targets.length);
    }

    // ---- writing ----

    /**
     * Writes bytes of {@code source}, waiting until the system has taken at least one, at most the default write
     * timeout.
     *
     * @return how many bytes it has taken, perhaps fewer than remain: write again for the rest, or use {@link #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    @Override
    public int write(ByteBuffer source) throws IOException {
        return writeFrom(source, writeDeadline());
    }

    /**
     * Writes bytes of {@code source}, waiting until the system has taken at least one, {@code timeout} at most.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @return how many bytes it has taken, perhaps fewer than remain: write again for the rest, or use {@link #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int write(ByteBuffer source, Duration timeout) throws IOException {
        return writeFrom(source, Timeouts.deadline(timeout));
    }

    /**
     * Writes bytes of {@code source}, of the {@code length} from {@code offset} on, waiting until the system has taken
     * at least one, at most the default write timeout.
     *
     * @return how many bytes it has taken, perhaps fewer than {@code length}: write again for the rest, or use {@link
     *     #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int write(byte[] source, int offset, int length) throws IOException {
        return writeFrom(source, offset, length, writeDeadline());
    }

    /**
     * Writes bytes of {@code source}, of the {@code length} from {@code offset} on, waiting until the system has taken
     * at least one, {@code timeout} at most.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @return how many bytes it has taken, perhaps fewer than {@code length}: write again for the rest, or use {@link
     *     #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public int write(byte[] source, int offset, int length, Duration timeout) throws IOException {
        return writeFrom(source, offset, length, Timeouts.deadline(timeout));
    }

    /**
     * Writes bytes of {@code source}, waiting until the system has taken at least one, at most the default write
     * timeout.
     *
     * @return how many bytes it has taken, perhaps fewer than the segment has: write again for the rest, or use {@link
     *     #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public long write(MemorySegment source) throws IOException {
        return writeFrom(source, writeDeadline());
    }

    /**
     * Writes bytes of {@code source}, waiting until the system has taken at least one, {@code timeout} at most.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @return how many bytes it has taken, perhaps fewer than the segment has: write again for the rest, or use {@link
     *     #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IllegalStateException if the segment's arena is closed
     * @throws WrongThreadException if the arena belongs to another thread
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public long write(MemorySegment source, Duration timeout) throws IOException {
        return writeFrom(source, Timeouts.deadline(timeout));
    }

    /**
     * Writes bytes of {@code length} of {@code sources} from {@code offset} on, in their order, waiting until the
     * system has taken at least one, at most the default write timeout. Small pieces travel together.
     *
     * @return how many bytes it has taken, perhaps fewer than remain: write again for the rest, or use {@link #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return writeFrom(sources, offset, length, writeDeadline());
    }

    /**
     * Writes bytes of {@code length} of {@code sources} from {@code offset} on, in their order, waiting until the
     * system has taken at least one, {@code timeout} at most. Small pieces travel together.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @return how many bytes it has taken, perhaps fewer than remain: write again for the rest, or use {@link #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IndexOutOfBoundsException if the range is not inside the array
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    public long write(ByteBuffer[] sources, int offset, int length, Duration timeout) throws IOException {
        return writeFrom(sources, offset, length, Timeouts.deadline(timeout));
    }

    /**
     * Writes bytes of {@code sources}, in their order, waiting until the system has taken at least one, at most the
     * default write timeout. Small pieces travel together.
     *
     * @return how many bytes it has taken, perhaps fewer than remain: write again for the rest, or use {@link #out}
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IOException on timeout, close, interrupt and errors; see the class
     */
    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, sources.length);
    }

    // ---- streams ----

    /**
     * This socket's bytes as a stream. A stream that waits does not stand in the way of {@link #out}. Reads use the
     * default read timeout; after one has timed out the stream goes on where it was. Closing the stream closes the
     * socket.
     */
    public InputStream in() {
        return new SocketInput(this::read, this::available, this);
    }

    /**
     * A stream into this socket, without a buffer of its own. Each write writes all its bytes or throws; the default
     * write timeout holds for each write as a whole. After one that threw nobody knows how many bytes have gone, so
     * close the socket. Closing the stream closes it too.
     */
    public OutputStream out() {
        return new SocketOutput(this::writeAll, this);
    }

    /**
     * Reads this socket to the end of its stream and writes everything to {@code target}. Takes one direct buffer of 64
     * KiB for the time of the call.
     *
     * @return how many bytes
     * @throws IOException as reading here or writing there throws it
     */
    public long copyTo(WritableByteChannel target) throws IOException {
        Objects.requireNonNull(target, "target");
        ByteBuffer buffer = ByteBuffer.allocateDirect(TRANSFER_BYTES);
        long total = 0;
        while (read(buffer) >= 0) {
            buffer.flip();
            while (buffer.hasRemaining()) {
                total += target.write(buffer);
            }
            buffer.clear();
        }
        return total;
    }

    // ---- half-close, close ----

    /**
     * Ends the output: the peer reads the end of the stream after everything written before. Does not wait for that.
     * Nothing happens the second time. A write that waits meanwhile fails with "Broken pipe".
     *
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if it is closed
     */
    public TcpSocket shutdownOutput() throws IOException {
        endOutput();
        return this;
    }

    /**
     * Ends the input: a waiting read and all later ones return -1. Nothing happens the second time.
     *
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if it is closed
     */
    public TcpSocket shutdownInput() throws IOException {
        endInput();
        return this;
    }

    /**
     * Closes the socket: calls that wait on it end with an exception, and when they have, its descriptor is given back.
     * Returns then, within milliseconds unless a thread of the loop computes meanwhile; does not wait for unsent bytes,
     * whatever SO_LINGER says. Not interruptible. The second time nothing happens.
     */
    @Override
    public void close() throws IOException {
        super.close();
    }

    // ---- properties ----

    /**
     * Sets the time a read without one of its own waits at most; one that waits already keeps its own.
     *
     * @param timeout {@link Duration#ZERO}, the default, for no limit
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public TcpSocket setReadTimeout(Duration timeout) {
        readTimeout(timeout);
        return this;
    }

    /** The time a read without one of its own waits at most; {@link Duration#ZERO} for no limit. */
    public Duration getReadTimeout() {
        return readTimeout();
    }

    /**
     * Sets the time a write without one of its own waits at most; one that waits already keeps its own.
     *
     * @param timeout {@link Duration#ZERO}, the default, for no limit
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public TcpSocket setWriteTimeout(Duration timeout) {
        writeTimeout(timeout);
        return this;
    }

    /** The time a write without one of its own waits at most; {@link Duration#ZERO} for no limit. */
    public Duration getWriteTimeout() {
        return writeTimeout();
    }

    /**
     * How many bytes a read would get without waiting, at least; 0 where the platform does not say.
     *
     * @throws ClosedChannelException if the socket is closed
     */
    public int available() throws IOException {
        return plain(Handle::available);
    }

    /**
     * The address of the peer, also after it has reset the connection; null if the socket is not connected.
     *
     * @throws ClosedChannelException if it is closed
     */
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        return isConnected() ? this.<@Nullable SocketAddress>plain(Handle::remoteAddress) : null;
    }

    @Override
    public <T> TcpSocket setOption(SocketOption<T> option, T value) throws IOException {
        set(option, value);
        return this;
    }
}
