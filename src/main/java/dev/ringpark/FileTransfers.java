package dev.ringpark;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.FileHandle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenChoice;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** The bytes of a file. What they promise to users stands in {@link LoopFile}, which offers them. */
abstract sealed class FileTransfers implements Channel permits LoopFile {
    private final CarrierLoop loop;
    private final FileHandle handle;
    private final OpenChoice choice;
    private final OpenSockets.Entry entry;
    private int blockBytes = 1;   // of an unbuffered file: what places and lengths have to be multiples of

    FileTransfers(CarrierLoop loop, OpenChoice choice) throws IOException {
        this.loop = loop;
        this.choice = choice;
        this.handle = loop.newFile(choice.request().path());
        this.entry = loop.sockets().add(this, handle);
    }

    /** The loop whose file this is. */
    public CarrierLoop loop() {
        return loop;
    }

    /** The path it was opened by. */
    public Path path() {
        return handle.path();
    }

    // ---- opening, reading, writing ----

    final void open() throws IOException {
        requireNotInterrupted(0);
        Operation operation = handle.take();
        operation.beginOpen(choice.request(), Operation.NONE);
        await(operation);
        if (choice.request().isDirect()) {
            blockBytes = Math.toIntExact(offload(() -> Files.getFileStore(handle.path()).getBlockSize()));
        }
        if (choice.deletes()) {
            offload(() -> Files.deleteIfExists(handle.path()));   // as the JDK does: it lives as long as it is open
        }
    }

    final int readInto(ByteBuffer target, long position) throws IOException {
        requireOpen();
        if (!choice.request().reads()) {
            throw new NonReadableChannelException();
        }
        KernelMemory.requireWritable(target);
        if (!target.hasRemaining()) {
            return 0;
        }
        long address = KernelMemory.address(target);
        int count = address != KernelMemory.NOT_LENT
                ? transfer(Kind.READ_AT, target, address, position, 0)
                : readCopied(target, position);
        return count == 0 ? -1 : count;
    }

    // A piece is given back if all went well; else it is the collector's, whatever still points at it.

    /** Piece by piece, as long as they come in full; of what has no places, one piece, as the next may never come. */
    private int readCopied(ByteBuffer target, long position) throws IOException {
        ByteBuffer piece = loop.fileBuffers().take();
        int total = 0;
        int count;
        do {
            piece.clear().limit(Math.min(target.remaining(), FileBuffers.BYTES));
            count = transferPiece(Kind.READ_AT, piece, position, total);
            target.put(piece.flip());
            total += count;
        } while (position >= 0 && count == piece.limit() && count > 0 && target.hasRemaining());
        loop.fileBuffers().give(piece);
        return total;
    }

    final int writeFrom(ByteBuffer source, long position) throws IOException {
        requireWritable();
        if (!source.hasRemaining()) {
            return 0;
        }
        long address = KernelMemory.address(source);
        return address != KernelMemory.NOT_LENT
                ? transfer(Kind.WRITE_AT, source, address, position, 0)
                : writeCopied(source, position);
    }

    private int writeCopied(ByteBuffer source, long position) throws IOException {
        ByteBuffer piece = loop.fileBuffers().take();
        int total = 0;
        int count;
        do {
            int length = Math.min(source.remaining(), FileBuffers.BYTES);
            piece.clear().put(0, source, source.position(), length).limit(length);
            count = transferPiece(Kind.WRITE_AT, piece, position, total);
            source.position(source.position() + count);
            total += count;
        } while (count == piece.limit() && source.hasRemaining());
        loop.fileBuffers().give(piece);
        return total;
    }

    final long copyTo(long position, long count, WritableByteChannel target) throws IOException {
        ByteBuffer piece = loop.fileBuffers().take();
        long total = 0;
        while (total < count) {
            int length = (int) Math.min(count - total, FileBuffers.BYTES);
            int read = readInto(piece.clear().limit(length), position + total);
            if (read < 0) {
                break;
            }
            piece.flip();
            int written;
            do {
                written = target.write(piece);
                total += written;
            } while (written > 0 && piece.hasRemaining());
            if (piece.hasRemaining() || read < length) {
                break;   // it does not block, and takes no more now; or the file ends here, perhaps within a block
            }
        }
        loop.fileBuffers().give(piece);
        return total;
    }

    final long copyFrom(ReadableByteChannel source, long position, long count) throws IOException {
        ByteBuffer piece = loop.fileBuffers().take();
        long total = 0;
        while (total < count) {
            piece.clear().limit((int) Math.min(count - total, FileBuffers.BYTES));
            if (source.read(piece) <= 0) {
                break;
            }
            piece.flip();
            while (piece.hasRemaining()) {
                total += writeFrom(piece, position + total);
            }
        }
        loop.fileBuffers().give(piece);
        return total;
    }

    // ---- the walk of a transfer ----

    /** The next of the pieces of one call; what has been moved before it is told even if this one fails. */
    private int transferPiece(Kind kind, ByteBuffer piece, long position, int before) throws IOException {
        try {
            long place = position < 0 ? position : position + before;
            return transfer(kind, piece, KernelMemory.address(piece), place, before);
        } catch (ClosedChannelException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            if (before == 0) {
                throw e;
            }
            return 0;   // it fails again if it is tried again
        }
    }

    private int transfer(Kind kind, ByteBuffer buffer, long address, long position, int before) throws IOException {
        requireNotInterrupted(before);
        requireAligned(address + buffer.position(), position, buffer.remaining());
        Operation operation = handle.take();
        operation.at(position);
        operation.beginTransfer(kind, buffer, address, buffer.position(), buffer.remaining(), Operation.NONE);
        int count = await(operation, before);
        buffer.position(buffer.position() + count);
        return count;
    }

    final int await(Operation operation) throws IOException {
        return await(operation, 0);
    }

    /** Runs an operation that has been begun; afterwards it is free for its next use. */
    private int await(Operation operation, int before) throws IOException {
        try {
            loop.parking().submitAndPark(operation);
        } finally {
            Reference.reachabilityFence(this);
        }
        Failure failure = operation.failure();
        CancelReason reason = operation.cancelReason();
        int result = operation.result();
        operation.reset();
        handle.give(operation);
        if (failure == null) {
            return result;
        }
        if (failure != Failure.CANCELED) {
            throw FileErrors.of(failure, handle.path());
        }
        throw reason == CancelReason.INTERRUPT ? interrupted(before) : new AsynchronousCloseException();
    }

    private static InterruptedIOException interrupted(int transferred) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted; the file stays open");
        interrupted.bytesTransferred = transferred;
        return interrupted;
    }

    // ---- everything else ----

    final void sync(boolean metaData) throws IOException {
        requireOpen();
        requireNotInterrupted(0);
        Operation operation = handle.take();
        operation.beginSync(metaData, Operation.NONE);
        await(operation);
    }

    /** The own position, where the next byte goes. */
    final long place() throws IOException {
        return plain(choice.request().appends() ? FileHandle::size : FileHandle::position);
    }

    @Override
    public boolean isOpen() {
        return handle.isOpen();
    }

    /** Closes the file once its calls have ended, and waits for that; idempotent. */
    @Override
    public void close() throws IOException {
        try {
            loop.sockets().close(entry);
        } finally {
            Reference.reachabilityFence(this);   // closed by us, and not found lost a moment before
        }
    }

    final void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }

    final long plain(LoopDoor.Plain<FileHandle, Long> action) throws IOException {
        try {
            return loop.door().plain(handle, action);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    final <T extends @Nullable Object> T offload(Callable<T> task) throws IOException {
        try {
            return loop.offload(task);
        } catch (IOException | RuntimeException e) {
            throw e;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(0);
        } catch (Exception e) {
            throw new IOException(e);
        }
    }

    // ---- what is refused ----

    final void requireOpen() throws ClosedChannelException {
        if (!handle.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    final void requireWritable() throws ClosedChannelException {
        requireOpen();
        if (!choice.request().writes()) {
            throw new NonWritableChannelException();
        }
    }

    static void requireNotInterrupted(int transferred) throws InterruptedIOException {
        if (Thread.currentThread().isInterrupted()) {
            throw interrupted(transferred);
        }
    }

    private void requireAligned(long address, long position, int length) throws IOException {
        requireMultiple("memory address", address);
        requireMultiple("position", Math.max(0, position));
        requireMultiple("number of bytes", length);
    }

    private void requireMultiple(String what, long value) throws IOException {
        if ((value & blockBytes - 1) != 0) {
            throw new IOException("Unbuffered I/O: the " + what + " (" + value
                    + ") is not a multiple of the block size (" + blockBytes + ")");
        }
    }

    @Override
    public String toString() {
        return "LoopFile[" + handle + (isOpen() ? "]" : ", closed]");
    }
}
