package dev.ringpark;

import dev.ringpark.internal.dispatch.FileBuffers;
import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/** The bytes of a file. What they promise to users stands in {@link LoopFile}, which offers them. */
abstract sealed class FileTransfers extends OpenFile permits LoopFile {
    private static final int FAILED = -2;   // where -1 is the end

    FileTransfers(CarrierLoop loop, OpenRequest asked) throws IOException {
        super(loop, asked);
    }

    // ---- at the own position ----

    final int readHere(ByteBuffer target) throws IOException {
        int turn = enter(Descriptor.READING);
        try {
            return readInto(target, Operation.OWN_POSITION, 0);
        } finally {
            exit(turn);
        }
    }

    final int writeHere(ByteBuffer source) throws IOException {
        int turn = enter(Descriptor.WRITING);
        try {
            return writeFrom(source, Operation.OWN_POSITION, 0);
        } finally {
            exit(turn);
        }
    }

    final long readHere(ByteBuffer[] targets, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(targets, "targets").length);
        int turn = enter(Descriptor.READING);
        try {
            return scatter(targets, offset, offset + length);
        } finally {
            exit(turn);
        }
    }

    /** Nothing is read if one of them cannot be read into; of what has no places, one that is full is enough. */
    private long scatter(ByteBuffer[] targets, int from, int to) throws IOException {
        requireReadable();
        KernelMemory.requireWritable(targets, from, to - from);
        long total = 0;
        for (int i = from; i < to; i++) {
            if (targets[i].hasRemaining()) {
                int count = readInto(targets[i], Operation.OWN_POSITION, total);
                if (count < 0) {
                    return total == 0 ? -1 : total;
                }
                total += count;
                if (targets[i].hasRemaining() || !isSeekable()) {
                    return total;   // the next bytes of a pipe may never come
                }
            }
        }
        return total;
    }

    final long writeHere(ByteBuffer[] sources, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, Objects.requireNonNull(sources, "sources").length);
        int turn = enter(Descriptor.WRITING);
        try {
            return gather(sources, offset, offset + length);
        } finally {
            exit(turn);
        }
    }

    /** Nothing is written if one of them is missing. */
    private long gather(ByteBuffer[] sources, int from, int to) throws IOException {
        requireWritable();
        for (int i = from; i < to; i++) {
            Objects.requireNonNull(sources[i]);
        }
        long total = 0;
        for (int i = from; i < to; i++) {
            total += writeFrom(sources[i], Operation.OWN_POSITION, total);
            if (sources[i].hasRemaining()) {
                return total;
            }
        }
        return total;
    }

    // ---- at any ----

    // What the whole call has moved before this part is told if it is interrupted, and counts if the part fails.

    final int readInto(ByteBuffer target, long position, long before) throws IOException {
        requireReadable();
        KernelMemory.requireWritable(target);
        if (!target.hasRemaining()) {
            return 0;
        }
        requirePlaceFor(position);
        long address = KernelMemory.address(target);
        int count = address != KernelMemory.NOT_LENT
                ? transfer(Kind.READ_AT, target, address, position, before)
                : readCopied(target, position, before);
        return count == 0 && target.hasRemaining() ? -1 : count;   // else another thread has filled it
    }

    // A piece is given back if all went well; else it is the collector's, whatever still points at it.

    /** Piece by piece, as long as they come in full; of what has no places, one piece, as the next may never come. */
    private int readCopied(ByteBuffer target, long position, long before) throws IOException {
        ByteBuffer piece = loop().fileBuffers().take();
        int total = 0;
        int asked;
        int count;
        do {
            asked = Math.min(target.remaining(), FileBuffers.BYTES);
            count = transferPiece(Kind.READ_AT, piece.clear().limit(asked), position, total, before);
            target.put(piece.flip());
            total += count;
        } while (isSeekable() && count == asked && target.hasRemaining());
        loop().fileBuffers().give(piece);
        return total;
    }

    final int writeFrom(ByteBuffer source, long position, long before) throws IOException {
        requireWritable();
        if (!source.hasRemaining()) {
            return 0;
        }
        requirePlaceFor(position);
        return KernelMemory.address(source) != KernelMemory.NOT_LENT
                ? writeLent(source, position, before)
                : writeCopied(source, position, before);
    }

    /** As often as it takes where the system takes what there is room for: of what has no places, as a pipe. */
    private int writeLent(ByteBuffer source, long position, long before) throws IOException {
        int total = 0;
        int count;
        do {
            count = transferPiece(Kind.WRITE_AT, source, position, total, before);
            total += count;
        } while (!isSeekable() && count > 0 && source.hasRemaining());
        return total;
    }

    private int writeCopied(ByteBuffer source, long position, long before) throws IOException {
        ByteBuffer piece = loop().fileBuffers().take();
        int total = 0;
        int count;
        do {
            int length = Math.min(source.remaining(), FileBuffers.BYTES);
            piece.clear().put(0, source, source.position(), length).limit(length);
            count = transferPiece(Kind.WRITE_AT, piece, position, total, before);
            source.position(source.position() + count);
            total += count;
        } while ((count == piece.limit() || (!isSeekable() && count > 0)) && source.hasRemaining());
        loop().fileBuffers().give(piece);
        return total;
    }

    final long copyTo(long position, long count, WritableByteChannel target) throws IOException {
        requireReadable();
        requirePlaceFor(position);
        ByteBuffer piece = loop().fileBuffers().take();
        long total = 0;
        while (total < count) {
            int length = (int) Math.min(count - total, FileBuffers.BYTES);
            int read = readInto(piece.clear().limit(length), position + total, total);
            if (read < 0) {
                break;
            }
            piece.flip();
            int written;
            do {
                written = write(piece, target, total);
                if (written == FAILED) {
                    return total;
                }
                total += written;
            } while (written > 0 && piece.hasRemaining());
            if (piece.hasRemaining() || (read < length && !isBuffered())) {
                break;   // it does not block, and takes no more now; or the file ends here, within a block
            }
        }
        loop().fileBuffers().give(piece);
        return total;
    }

    // If the other side fails after some bytes, these count, and the next call meets the reason. It may have the piece
    // still, a socket whose loop has failed above all: so that is not given back.

    private static int write(ByteBuffer piece, WritableByteChannel target, long before) throws IOException {
        try {
            return target.write(piece);
        } catch (InterruptedIOException e) {
            throw counting(before, e);
        } catch (IOException e) {
            noneAfter(before, e);
            return FAILED;
        }
    }

    private static int read(ReadableByteChannel source, ByteBuffer piece, long before) throws IOException {
        try {
            return source.read(piece);
        } catch (InterruptedIOException e) {
            e.bytesTransferred = 0;   // here it has got nowhere
            throw counting(before, e);
        } catch (IOException e) {
            noneAfter(before, e);
            return FAILED;
        }
    }

    private static int noneAfter(long before, IOException failure) throws IOException {
        if (before == 0) {
            throw failure;
        }
        return 0;
    }

    /** What others were interrupted in is a part of our call. */
    private static InterruptedIOException counting(long before, InterruptedIOException part) {
        part.bytesTransferred = (int) Math.min(before + part.bytesTransferred, Integer.MAX_VALUE);
        return part;
    }

    /** What cannot be written is not read either. */
    final long copyFrom(ReadableByteChannel source, long position, long count) throws IOException {
        requireWritable();
        requirePlaceFor(position);
        ByteBuffer piece = loop().fileBuffers().take();
        long total = 0;
        while (total < count) {
            piece.clear().limit((int) Math.min(count - total, FileBuffers.BYTES));
            int read = read(source, piece, total);
            if (read == FAILED) {
                return total;
            }
            if (read <= 0) {
                break;
            }
            piece.flip();
            long before = total;
            Deadline.lifted(() -> writeAll(piece, position + before, before));
            total += piece.position();
            if (piece.hasRemaining()) {
                break;   // it takes no more, as the next call is told
            }
        }
        loop().fileBuffers().give(piece);
        return total;
    }

    /** All of what the source has given, which takes none of it back; less if the file takes no more. */
    private void writeAll(ByteBuffer piece, long position, long before) throws IOException {
        int written;
        do {
            written = writeFrom(piece, position + piece.position(), before + piece.position());
        } while (written > 0 && piece.hasRemaining());
    }

    // ---- the walk of a transfer ----

    /** The next of the pieces of one buffer, of which {@code done} bytes have been moved. */
    private int transferPiece(Kind kind, ByteBuffer piece, long position, int done, long before) throws IOException {
        long place = position < 0 ? position : position + done;
        return transfer(kind, piece, KernelMemory.address(piece), place, before + done);
    }

    private int transfer(Kind kind, ByteBuffer buffer, long address, long position, long before) throws IOException {
        try {
            return transferOnce(kind, buffer, address, position, before);
        } catch (ClosedChannelException | InterruptedIOException e) {
            throw e;
        } catch (IOException e) {
            return noneAfter(before, e);   // it fails again if it is tried again
        }
    }

    private int transferOnce(Kind kind, ByteBuffer buffer, long address, long position, long before)
            throws IOException {
        long place = position < 0 ? mindedPlace() : position;
        int index = buffer.position();   // looked for once, in case another thread moves it
        int length = buffer.limit() - index;
        Objects.checkFromIndexSize(index, length, buffer.capacity());
        requireAligned(address + index, place, length, before);
        long deadlineNanos = begin(before);
        boolean isDone = kind == Kind.READ_AT && looksForNow(place, length) && readNow(address + index, length, place);
        int count = length;
        if (!isDone) {
            Operation operation = take();
            operation.at(place);
            operation.beginTransfer(kind, buffer, address, index, length, deadlineNanos);
            count = await(operation, before);
        }
        if (place != position) {
            moveInTurn(place + count);
        }
        buffer.position(index + count);
        return count;
    }
}
