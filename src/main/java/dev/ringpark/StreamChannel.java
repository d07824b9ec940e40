package dev.ringpark;

import static dev.ringpark.internal.op.Handle.READING;
import static dev.ringpark.internal.op.Handle.WRITING;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.time.Duration;
import java.util.Objects;

/** Reads and writes of every kind of memory, with the moment each has to end by; {@link StreamSocket} offers them. */
abstract sealed class StreamChannel extends LoopSocket permits StreamSocket {
    static final String CONNECT_TIMED_OUT = "Connect timed out";
    private static final String READ_TIMED_OUT = "Read timed out";
    private static final String WRITE_TIMED_OUT = "Write timed out";
    private static final int COPY_BYTES = 16 * 1024;        // through a heap array, for memory that cannot be lent
    private static final long SEGMENT_BYTES = 1 << 30;      // a buffer's length is an int

    private volatile boolean connected;
    private volatile boolean outputShut;
    private volatile long readTimeoutNanos;
    private volatile long writeTimeoutNanos;

    StreamChannel(CarrierLoop loop, Handle handle, boolean connected) throws IOException {
        super(loop, handle);
        this.connected = connected;
    }

    // ---- connecting ----

    /** A failure closes the socket, but for one that comes while it waits for its turn. */
    final void connectTo(SocketAddress remote, long deadlineNanos) throws IOException {
        Operation operation = enter(WRITING, deadlineNanos, CONNECT_TIMED_OUT);
        try {
            if (connected) {
                throw new AlreadyConnectedException();
            }
            requireNameable(remote);
            operation.beginConnect(remote, deadlineNanos);
            await(operation, CONNECT_TIMED_OUT);
            connected = true;
        } catch (IOException | Error e) {   // who ran out of memory or stack can do nothing with it either
            closeAfter(e);
            throw e;
        } finally {
            exit(WRITING);
        }
    }

    private void requireNameable(SocketAddress remote) throws IOException {
        plain(open -> {
            open.requireNameable(remote);
            return null;
        });
    }

    // ---- reading ----

    final int readInto(ByteBuffer target, long deadlineNanos) throws IOException {
        KernelMemory.requireNotReadOnly(target);
        if (!target.hasRemaining()) {
            return nothingRead();
        }
        Operation operation = enter(READING, deadlineNanos, READ_TIMED_OUT);
        try {
            if (isInputOver()) {
                return -1;
            }
            int position = target.position();   // looked for in its turn: who had it before may have moved it
            int length = target.limit() - position;
            if (length == 0) {
                return 0;
            }
            byte[] copy = Lending.begin(operation, Kind.READ, target, position, length, COPY_BYTES, deadlineNanos);
            int count = await(operation, READ_TIMED_OUT);
            if (copy != null) {
                target.put(position, copy, 0, count);
            }
            target.position(position + count);
            return countOrEnd(count);
        } finally {
            exit(READING);
        }
    }

    final int readInto(byte[] target, int offset, int length, long deadlineNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(target, "target").length);
        if (length == 0) {
            return nothingRead();
        }
        Operation operation = enter(READING, deadlineNanos, READ_TIMED_OUT);
        try {
            if (isInputOver()) {
                return -1;
            }
            operation.beginTransfer(Kind.READ, target, offset, length, deadlineNanos);
            return countOrEnd(await(operation, READ_TIMED_OUT));
        } finally {
            exit(READING);
        }
    }

    final int readInto(MemorySegment target, long deadlineNanos) throws IOException {
        KernelMemory.requireWritable(target);
        if (KernelMemory.canLend(target)) {
            return readInto(asBuffer(target), deadlineNanos);
        }
        byte[] copy = new byte[(int) Math.min(target.byteSize(), COPY_BYTES)];
        int count = readInto(copy, 0, copy.length, deadlineNanos);
        if (count > 0) {
            MemorySegment.copy(copy, 0, target, ValueLayout.JAVA_BYTE, 0, count);
        }
        return count;
    }

    final int readInto(ByteBuffer[] targets, int offset, int length, long deadlineNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(targets, "targets").length);
        KernelMemory.requireWritable(targets, offset, length);
        ByteBuffer first = Buffers.firstWithRoom(targets, offset, length);
        long room = Buffers.remaining(targets, offset, length);
        if (first == null || first.remaining() >= COPY_BYTES || first.remaining() == room) {
            return first == null ? nothingRead() : readInto(first, deadlineNanos);
        }
        byte[] copy = new byte[(int) Math.min(room, COPY_BYTES)];
        int count = readInto(copy, 0, copy.length, deadlineNanos);
        if (count > 0) {
            Buffers.scatter(copy, count, targets, offset, length);
        }
        return count;
    }

    /** No bytes asked for: nothing to wait for, whoever else is reading. */
    final int nothingRead() throws IOException {
        requireOpen();
        requireConnected();
        return 0;
    }

    final boolean isInputOver() {
        requireConnected();
        return handle().isInputShut();
    }

    final int availableBeforeShut() throws IOException {
        int bytes = plain(Handle::available);
        return handle().isInputShut() ? 0 : bytes;   // which the system goes on to count
    }

    /** What had come before a loss is read first; after it the system pretends that the stream just ended. */
    final int countOrEnd(int count) throws IOException {
        if (count > 0) {
            return count;
        }
        handle().requireNotLost();
        return -1;
    }

    // ---- writing ----

    final int writeFrom(ByteBuffer source, long deadlineNanos) throws IOException {
        if (!source.hasRemaining()) {
            return nothingWritten();
        }
        Operation operation = enterWrite(deadlineNanos);
        try {
            int position = source.position();   // in its turn, as above
            int length = source.limit() - position;
            if (length == 0) {
                return 0;
            }
            Lending.begin(operation, Kind.WRITE, source, position, length, COPY_BYTES, deadlineNanos);
            int count = await(operation, WRITE_TIMED_OUT);
            source.position(position + count);
            return count;
        } finally {
            exit(WRITING);
        }
    }

    final int writeFrom(byte[] source, int offset, int length, long deadlineNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(source, "source").length);
        if (length == 0) {
            return nothingWritten();
        }
        Operation operation = enterWrite(deadlineNanos);
        try {
            return writeSome(operation, source, offset, length, deadlineNanos);
        } finally {
            exit(WRITING);
        }
    }

    final int writeFrom(MemorySegment source, long deadlineNanos) throws IOException {
        if (KernelMemory.canLend(Objects.requireNonNull(source, "source"))) {
            return writeFrom(asBuffer(source), deadlineNanos);
        }
        byte[] copy = source.asSlice(0, Math.min(source.byteSize(), COPY_BYTES)).toArray(ValueLayout.JAVA_BYTE);
        return writeFrom(copy, 0, copy.length, deadlineNanos);
    }

    final int writeFrom(ByteBuffer[] sources, int offset, int length, long deadlineNanos) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(sources, "sources").length);
        ByteBuffer first = Buffers.firstWithRoom(sources, offset, length);
        long rest = Buffers.remaining(sources, offset, length);
        if (first == null || first.remaining() >= COPY_BYTES || first.remaining() == rest) {
            return first == null ? nothingWritten() : writeFrom(first, deadlineNanos);
        }
        byte[] copy = Buffers.gather(sources, offset, length, (int) Math.min(rest, COPY_BYTES));
        int count = writeFrom(copy, 0, copy.length, deadlineNanos);
        Buffers.advance(sources, offset, length, count);
        return count;
    }

    /** All or nothing but an exception; other writers' bytes come before or after, never between. */
    final void writeAll(byte[] source, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(source, "source").length);
        long deadlineNanos = writeDeadline();
        Operation operation = enterWrite(deadlineNanos);
        try {
            for (int done = 0; done < length; ) {
                if (done > 0 && Moment.isOver(deadlineNanos)) {
                    throw new SocketTimeoutException(WRITE_TIMED_OUT);   // however quickly the peer reads
                }
                done += writeSome(operation, source, offset + done, length - done, deadlineNanos);
            }
        } finally {
            exit(WRITING);
        }
    }

    private int writeSome(Operation operation, byte[] source, int offset, int length, long deadlineNanos)
            throws IOException {
        operation.beginTransfer(Kind.WRITE, source, offset, length, deadlineNanos);
        return await(operation, WRITE_TIMED_OUT);
    }

    private Operation enterWrite(long deadlineNanos) throws IOException {
        Operation operation = enter(WRITING, deadlineNanos, WRITE_TIMED_OUT);
        try {
            requireWritable();
            return operation;
        } catch (Throwable e) {
            exit(WRITING);
            throw e;
        }
    }

    final int nothingWritten() throws IOException {
        requireOpen();
        requireWritable();
        return 0;
    }

    private void requireWritable() throws IOException {
        requireConnected();
        if (outputShut) {
            throw new ClosedChannelException();
        }
    }

    // ---- memory ----

    private static ByteBuffer asBuffer(MemorySegment segment) {
        return segment.asSlice(0, Math.min(segment.byteSize(), SEGMENT_BYTES)).asByteBuffer();
    }

    // ---- half-close ----

    final void endOutput() throws IOException {
        plain(open -> {
            requireConnected();
            if (!outputShut) {
                open.shutdownOutput();
                outputShut = true;
            }
            return null;
        });
    }

    final void endInput() throws IOException {
        plain(open -> {
            requireConnected();
            if (!open.isInputShut()) {
                open.noteInputShut();
                open.shutdownInput();
            }
            return null;
        });
    }

    // ---- properties ----

    /** Whether the socket has been connected, be it closed by now or not. */
    public boolean isConnected() {
        return connected;
    }

    final void requireConnected() {
        if (!connected) {
            throw new NotYetConnectedException();
        }
    }

    final void readTimeout(Duration timeout) {
        readTimeoutNanos = Timeouts.checked(timeout);
    }

    final void writeTimeout(Duration timeout) {
        writeTimeoutNanos = Timeouts.checked(timeout);
    }

    final Duration readTimeout() {
        return Duration.ofNanos(readTimeoutNanos);
    }

    final Duration writeTimeout() {
        return Duration.ofNanos(writeTimeoutNanos);
    }

    /** The moment a read that starts now has to end by, if it has no timeout of its own. */
    final long readDeadline() {
        return Timeouts.deadline(readTimeoutNanos);
    }

    /** The same for a write. */
    final long writeDeadline() {
        return Timeouts.deadline(writeTimeoutNanos);
    }
}
