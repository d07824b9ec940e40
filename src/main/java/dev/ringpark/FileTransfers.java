package dev.ringpark;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenChoice;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.util.Objects;

/** The bytes of a file. What they promise to users stands in {@link LoopFile}, which offers them. */
abstract sealed class FileTransfers extends OpenFile permits LoopFile {
    FileTransfers(CarrierLoop loop, OpenChoice choice) throws IOException {
        super(loop, choice);
    }

    // ---- at the own position ----

    final int readHere(ByteBuffer target) throws IOException {
        int turn = enter(Descriptor.READING);
        try {
            return readInto(target, Operation.OWN_POSITION);
        } finally {
            exit(turn);
        }
    }

    final int writeHere(ByteBuffer source) throws IOException {
        int turn = enter(Descriptor.WRITING);
        try {
            return writeFrom(source, Operation.OWN_POSITION);
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

    private long scatter(ByteBuffer[] targets, int from, int to) throws IOException {
        long total = 0;
        for (int i = from; i < to; i++) {
            while (targets[i].hasRemaining()) {
                boolean isFirst = total == 0;
                int count = readInto(targets[i], Operation.OWN_POSITION);
                if (count < 0) {
                    return isFirst ? -1 : total;
                }
                total += count;
                if (targets[i].hasRemaining()) {
                    return total;
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

    private long gather(ByteBuffer[] sources, int from, int to) throws IOException {
        long total = 0;
        for (int i = from; i < to; i++) {
            total += writeFrom(sources[i], Operation.OWN_POSITION);
            if (sources[i].hasRemaining()) {
                return total;
            }
        }
        return total;
    }

    // ---- at any ----

    final int readInto(ByteBuffer target, long position) throws IOException {
        requireOpen();
        if (!reads()) {
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
        ByteBuffer piece = loop().fileBuffers().take();
        int total = 0;
        int count;
        do {
            piece.clear().limit(Math.min(target.remaining(), FileBuffers.BYTES));
            count = transferPiece(Kind.READ_AT, piece, position, total);
            target.put(piece.flip());
            total += count;
        } while (isSeekable() && count == piece.limit() && count > 0 && target.hasRemaining());
        loop().fileBuffers().give(piece);
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
        ByteBuffer piece = loop().fileBuffers().take();
        int total = 0;
        int count;
        do {
            int length = Math.min(source.remaining(), FileBuffers.BYTES);
            piece.clear().put(0, source, source.position(), length).limit(length);
            count = transferPiece(Kind.WRITE_AT, piece, position, total);
            source.position(source.position() + count);
            total += count;
        } while (count == piece.limit() && source.hasRemaining());
        loop().fileBuffers().give(piece);
        return total;
    }

    final long copyTo(long position, long count, WritableByteChannel target) throws IOException {
        ByteBuffer piece = loop().fileBuffers().take();
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
        loop().fileBuffers().give(piece);
        return total;
    }

    final long copyFrom(ReadableByteChannel source, long position, long count) throws IOException {
        ByteBuffer piece = loop().fileBuffers().take();
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
        loop().fileBuffers().give(piece);
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
        requireAligned(address + buffer.position(), position, buffer.remaining());
        int count = kind == Kind.READ_AT ? readNow(buffer, address, position, before) : 0;
        if (count == 0) {
            Operation operation = begin(before);
            operation.at(position);
            operation.beginTransfer(kind, buffer, address, buffer.position(), buffer.remaining(), Operation.NONE);
            count = await(operation, before);
        }
        buffer.position(buffer.position() + count);
        return count;
    }

    /** How many bytes were in memory: all or none. */
    private int readNow(ByteBuffer buffer, long address, long position, int before) throws IOException {
        int length = buffer.remaining();
        if (!looksForNow(position, length)) {
            return 0;
        }
        FileWaits.requireNotInterrupted(before);
        return readNow(address + buffer.position(), length, position) ? length : 0;
    }
}
