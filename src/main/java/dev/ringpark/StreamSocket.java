package dev.ringpark;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Handle;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.IllegalBlockingModeException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A connection with blocking calls, be it a {@link TcpSocket} or a {@link UnixSocket}. A call parks the virtual thread
 * that makes it, or blocks a platform thread, until the loop has the result.
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
 * array holds no such buffer. A call with memory of an arena that is closed throws an {@link IllegalStateException},
 * with that of another thread's arena a {@link WrongThreadException}; if the arena is closed while a read waits, the
 * bytes it then gets are lost.
 *
 * <p><b>Errors.</b> A connection reset by the peer is a {@link java.net.SocketException} "Connection reset", to each
 * read that finds no bytes any more; a write after the peer is gone "Broken pipe"; every other error the platform
 * reports that has no class of its own is a {@code SocketException} with its name and number, "Network is down
 * (ENETDOWN, 100)", or with the number if Ringpark has no name for it; but "Too many open files" stands alone. On the
 * selector no number is known: there it is the text of java.nio, with the name if the text tells which it is. A call
 * that ends with a {@link StackOverflowError} or an {@link OutOfMemoryError} leaves a socket that can only be closed;
 * the loop and its other sockets go on.
 */
public abstract sealed class StreamSocket extends StreamChannel
        implements ByteChannel, GatheringByteChannel, ScatteringByteChannel permits TcpSocket, UnixSocket {
    StreamSocket(CarrierLoop loop, Handle handle, boolean connected) throws IOException {
        super(loop, handle, connected);
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
        return read(targets, 0, Objects.requireNonNull(targets, "targets").length);
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
        return write(sources, 0, Objects.requireNonNull(sources, "sources").length);
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
     * Reads this socket to the end of its stream and writes everything to {@code target}, which has to block. Takes one
     * direct buffer of 64 KiB from the loop for the time of the call. What had been read, and not been written when it
     * threw, is lost: 64 KiB at most.
     *
     * @return how many bytes
     * @throws IllegalBlockingModeException if {@code target} takes no more now
     * @throws IOException as reading here or writing there throws it
     */
    public long copyTo(WritableByteChannel target) throws IOException {
        Objects.requireNonNull(target, "target");
        ByteBuffer buffer = loop().fileBuffers().take();
        long total = 0;
        while (read(buffer) >= 0) {
            total += writeAll(buffer.flip(), target);
            buffer.clear();
        }
        loop().fileBuffers().give(buffer);   // else it is the collector's, whatever still points at it
        return total;
    }

    private static int writeAll(ByteBuffer source, WritableByteChannel target) throws IOException {
        int total = 0;
        while (source.hasRemaining()) {
            int count = target.write(source);
            if (count == 0) {
                throw new IllegalBlockingModeException();   // or a thread that must not compute would try for ever
            }
            total += count;
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
    public StreamSocket shutdownOutput() throws IOException {
        endOutput();
        return this;
    }

    /**
     * Ends the input: a waiting read and all later ones return -1. Nothing happens the second time.
     *
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if it is closed
     */
    public StreamSocket shutdownInput() throws IOException {
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
    public StreamSocket setReadTimeout(Duration timeout) {
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
    public StreamSocket setWriteTimeout(Duration timeout) {
        writeTimeout(timeout);
        return this;
    }

    /** The time a write without one of its own waits at most; {@link Duration#ZERO} for no limit. */
    public Duration getWriteTimeout() {
        return writeTimeout();
    }

    // ---- at once ----

    /**
     * Reads what has come already, and does not wait, not even for another thread that reads.
     *
     * @return how many bytes, at least 1; 0 if a read would wait, or {@code target} has no room; -1 at the end of the
     *     stream
     * @throws NotYetConnectedException if the socket is not connected
     * @throws IllegalArgumentException if {@code target} is read-only
     * @throws IllegalStateException if its arena is closed; to close one meanwhile is refused, as it is in use
     * @throws WrongThreadException if its arena is another thread's
     * @throws IOException on close, interrupt and errors; see the class
     */
    public int tryRead(ByteBuffer target) throws IOException {
        KernelMemory.requireWritable(target);
        if (!target.hasRemaining()) {
            return nothingRead();
        }
        if (!enterIfFree(Handle.READING)) {
            return 0;
        }
        try {
            return isInputOver() ? -1 : bytesOrEnd(attempt(open -> open.readNow(target)));
        } finally {
            exit(Handle.READING);
        }
    }

    private int bytesOrEnd(int count) throws IOException {
        return count < 0 ? countOrEnd(0) : count;
    }

    /**
     * Writes what there is room for, and does not wait, not even for another thread that writes.
     *
     * @return how many bytes; 0 if a write would wait
     * @throws NotYetConnectedException if the socket is not connected
     * @throws ClosedChannelException if the socket, or its output, has been closed
     * @throws IllegalStateException if the arena of {@code source} is closed; to close one meanwhile is refused
     * @throws WrongThreadException if its arena is another thread's
     * @throws IOException on close, interrupt and errors; see the class
     */
    public int tryWrite(ByteBuffer source) throws IOException {
        if (!source.hasRemaining()) {
            return nothingWritten();
        }
        if (!enterIfFree(Handle.WRITING)) {
            return 0;
        }
        try {
            nothingWritten();   // throws where a write would
            return attempt(open -> open.writeNow(source));
        } finally {
            exit(Handle.WRITING);
        }
    }

    /**
     * How many bytes a read would get without waiting, at least; 0 where the platform does not say.
     *
     * @throws ClosedChannelException if the socket is closed
     */
    public int available() throws IOException {
        return availableBeforeShut();
    }

    /**
     * The address of the peer, also after it has reset the connection; null if the socket is not connected.
     *
     * @throws ClosedChannelException if it is closed
     */
    public @Nullable SocketAddress getRemoteAddress() throws IOException {
        requireOpen();
        return isConnected() ? this.<@Nullable SocketAddress>plain(Handle::remoteAddress) : null;
    }

    @Override
    public <T> StreamSocket setOption(SocketOption<T> option, T value) throws IOException {
        set(option, value);
        return this;
    }
}
