package dev.ringpark;

import dev.ringpark.internal.op.OpenChoice;
import dev.ringpark.internal.op.OpenRequest;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.GatheringByteChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.ScatteringByteChannel;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;

/**
 * A file whose reads and writes park their thread, and neither pin a carrier nor hold up a loop: through the loop's
 * queue where the platform has one for files (io_uring), else on threads for files ({@link LoopOptions#fileThreads}).
 *
 * <p>Every method may be called from any thread. What names a place in the file may be called by any number of them at
 * once. What does not uses the file's own position, one caller after the other, first come, first served; what has no
 * places, such as a pipe, has a turn for readers and one for writers; but where threads do it, a write to a pipe waits
 * until a read of the same {@code LoopFile} has ended, so open the pipe once for each. A write of an array that has
 * more than 64 KiB goes piece by piece.
 *
 * <p>Unlike a socket, a file survives an interrupt: the call ends with {@link InterruptedIOException}, which tells how
 * many bytes the whole call had transferred, the interrupt status stays, and so does the file. A {@link Deadline} ends
 * it with {@link java.net.SocketTimeoutException}, which tells the same. A transfer that the system carries out at this
 * moment ends as it would have. Who fails after some bytes returns their count, and the next call meets the reason.
 *
 * <p>{@link #close()} ends every call under way with {@link AsynchronousCloseException}; calls that come later throw
 * {@link ClosedChannelException}. One that nobody has any more is closed after a garbage collection, as a socket is.
 * What goes wrong with the file itself is a {@link java.nio.file.FileSystemException} with its path.
 */
public final class LoopFile extends FileTransfers
        implements SeekableByteChannel, GatheringByteChannel, ScatteringByteChannel {
    private LoopFile(CarrierLoop loop, OpenRequest asked) throws IOException {
        super(loop, asked);
    }

    /**
     * Opens a file; blocks until it is open. Without options it is opened for reading. What is to be deleted on close
     * loses its name as it is opened, as with the JDK; such an open that is interrupted, or meets its {@link Deadline},
     * removes in the end what it made with {@code CREATE_NEW}, and may leave the name of anything else.
     *
     * @param options {@link StandardOpenOption}s, {@link java.nio.file.LinkOption#NOFOLLOW_LINKS}, and
     *     {@code ExtendedOpenOption.DIRECT}, with the meaning they have for
     *     {@link java.nio.channels.FileChannel#open(Path, OpenOption...)}
     * @throws java.nio.file.FileSystemException if the file cannot be opened, with the reason
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     * @throws IllegalArgumentException if the options contradict each other
     * @throws UnsupportedOperationException if there is an option that nobody here knows
     * @throws java.nio.file.ProviderMismatchException if the path is not of the default file system
     * @throws IllegalStateException if the loop is closed
     */
    public static LoopFile open(CarrierLoop loop, Path path, OpenOption... options) throws IOException {
        return open(loop, path, new HashSet<>(List.of(options)));
    }

    /**
     * Opens a file as {@link #open(CarrierLoop, Path, OpenOption...)} does; one that is made anew gets the attributes.
     *
     * @param attributes {@code posix:permissions} at most
     * @throws java.nio.file.FileSystemException if the file cannot be opened, with the reason
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     * @throws IllegalArgumentException if the options contradict each other
     * @throws UnsupportedOperationException if there is an option or attribute that nobody here knows
     * @throws java.nio.file.ProviderMismatchException if the path is not of the default file system
     * @throws IllegalStateException if the loop is closed
     */
    public static LoopFile open(CarrierLoop loop, Path path, Set<? extends OpenOption> options,
            FileAttribute<?>... attributes) throws IOException {
        Objects.requireNonNull(loop, "loop");
        LoopFile file = new LoopFile(loop, OpenChoice.of(path, options, attributes));
        try {
            file.open();
            return file;
        } catch (Throwable e) {
            file.closeAfter(e);
            throw e;
        }
    }

    // ---- reading ----

    /**
     * Reads from the file's own position on, and moves it. Fewer bytes may come than there is room for; of a pipe or
     * device, those that are there.
     *
     * @return how many bytes were read; -1 at the end of the file
     * @throws NonReadableChannelException if it was not opened for reading
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    @Override
    public int read(ByteBuffer target) throws IOException {
        return readHere(target);
    }

    /**
     * Reads from {@code position} on, and leaves the file's own alone. Fewer bytes than there is room for come if the
     * file ends there, and of one that the system makes up as it is read, as those below /proc.
     *
     * @return how many bytes were read; -1 at the end of the file or beyond
     * @throws NonReadableChannelException if it was not opened for reading
     * @throws IllegalArgumentException if the position is negative, or the buffer read-only
     * @throws java.nio.file.FileSystemException if it has no places, as a pipe, or cannot be read
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    public int read(ByteBuffer target, long position) throws IOException {
        return readInto(target, requirePosition(position), 0);
    }

    /** Reads into the buffers in their order, from the file's own position on; of a pipe or device, into one. */
    @Override
    public long read(ByteBuffer[] targets) throws IOException {
        return read(targets, 0, Objects.requireNonNull(targets, "targets").length);
    }

    /**
     * Reads into {@code length} buffers from index {@code offset} on, in their order, from the file's own position on;
     * of a pipe or device, into the first that has room.
     *
     * @return how many bytes were read; -1 at the end of the file
     * @throws NonReadableChannelException if it was not opened for reading
     * @throws IllegalArgumentException if one of the buffers is read-only; none has been read into
     * @throws InterruptedIOException if the caller was interrupted before or while it waited; what had been read stays
     *     read
     */
    @Override
    public long read(ByteBuffer[] targets, int offset, int length) throws IOException {
        return readHere(targets, offset, length);
    }

    // ---- writing ----

    /**
     * Writes at the file's own position, and moves it; at the end if it was opened to append.
     *
     * @return how many bytes were written: all, unless the device is full or a limit is reached
     * @throws NonWritableChannelException if it was not opened for writing
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    @Override
    public int write(ByteBuffer source) throws IOException {
        return writeHere(source);
    }

    /**
     * Writes at {@code position}, and leaves the file's own alone.
     *
     * @return how many bytes were written: all, unless the device is full or a limit is reached
     * @throws NonWritableChannelException if it was not opened for writing
     * @throws IllegalArgumentException if the position is negative
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    public int write(ByteBuffer source, long position) throws IOException {
        return writeFrom(source, requirePosition(position), 0);
    }

    /** Writes the buffers in their order, at the file's own position. */
    @Override
    public long write(ByteBuffer[] sources) throws IOException {
        return write(sources, 0, Objects.requireNonNull(sources, "sources").length);
    }

    /**
     * Writes {@code length} buffers from index {@code offset} on, in their order, at the file's own position.
     *
     * @return how many bytes were written
     * @throws NonWritableChannelException if it was not opened for writing
     * @throws InterruptedIOException if the caller was interrupted before or while it waited; what had been written
     *     stays written
     */
    @Override
    public long write(ByteBuffer[] sources, int offset, int length) throws IOException {
        return writeHere(sources, offset, length);
    }

    // ---- everything else ----

    /**
     * Blocks until what was written is on the device, so that it survives a loss of power; {@code metaData} too, such
     * as the time of the last change, if asked. Once it has thrown, what had been written may be lost; the system tells
     * it once, so a second call that does not throw saves nothing.
     *
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    public void force(boolean metaData) throws IOException {
        sync(metaData);
    }

    /** The file's own position, in bytes; its size if it was opened to append. */
    @Override
    public long position() throws IOException {
        return place();
    }

    /**
     * Moves the file's own position, perhaps beyond the end.
     *
     * @throws IllegalArgumentException if it is negative
     */
    @Override
    public LoopFile position(long newPosition) throws IOException {
        requirePosition(newPosition);
        moveTo(newPosition);
        return this;
    }

    /**
     * How many bytes the file has now. Blocks, as the disk may be asked.
     *
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    @Override
    public long size() throws IOException {
        return askSize();
    }

    /**
     * What the file is now. Blocks, as the disk may be asked. Where the queue is not io_uring it is what its path leads
     * to now, as java.nio knows no attributes of what is open.
     *
     * @param type {@link BasicFileAttributes}, or {@link java.nio.file.attribute.PosixFileAttributes} if there are any
     * @throws UnsupportedOperationException if the attributes are of another type
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    public <A extends BasicFileAttributes> A attributes(Class<A> type) throws IOException {
        return FileWaits.cast(askAttributes(), type);
    }

    /**
     * Has the device keep room for {@code length} bytes from {@code position} on, so that no write there finds it full,
     * and makes the file as long as that at least; new bytes are zero. Blocks until it has. Where the queue is not
     * io_uring only what comes after the file's present end is kept room for, by writing it, so nobody may write there
     * meanwhile who has opened the file for himself; who shares this one waits.
     *
     * @throws NonWritableChannelException if it was not opened for writing
     * @throws IllegalArgumentException if position or length is negative, or both together are too much for a file
     * @throws java.nio.file.FileSystemException if there is no room, or the file system cannot keep any
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    public void allocate(long position, long length) throws IOException {
        requireWritable();
        requirePosition(position);
        if (length < 0 || position > Long.MAX_VALUE - length) {
            throw new IllegalArgumentException("Length out of range: " + length);
        }
        if (length > 0) {
            reserve(position, length);
        }
    }

    /**
     * Cuts the file to {@code size} bytes, if it has more; a position beyond that becomes the end. Blocks until it has.
     *
     * @throws NonWritableChannelException if it was not opened for writing
     * @throws IllegalArgumentException if {@code size} is negative
     * @throws InterruptedIOException if the caller was interrupted before or while it waited
     */
    @Override
    public LoopFile truncate(long size) throws IOException {
        requireWritable();
        cut(requireNotNegative("size", size));
        return this;
    }

    /**
     * Writes {@code count} bytes from {@code position} on to {@code target}, fewer if the file ends before.
     *
     * @return how many bytes {@code target} has taken
     * @throws NonReadableChannelException if it was not opened for reading
     * @throws IllegalArgumentException if the position or the count is negative
     */
    public long transferTo(long position, long count, WritableByteChannel target) throws IOException {
        requirePosition(position);
        requireNotNegative("count", count);
        return copyTo(position, count, target);
    }

    /**
     * Writes {@code count} bytes of {@code source} from {@code position} on, fewer if the source ends before. What has
     * been read from it when the caller is interrupted, or the file closed, is lost; a {@link Deadline} waits for it.
     *
     * @return how many bytes were written
     * @throws NonWritableChannelException if it was not opened for writing
     * @throws IllegalArgumentException if the position or the count is negative
     */
    public long transferFrom(ReadableByteChannel source, long position, long count) throws IOException {
        requirePosition(position);
        requireNotNegative("count", count);
        return copyFrom(source, position, count);
    }

    /** Reads from the file's own position on; closing the stream closes the file. */
    public InputStream in() {
        return Channels.newInputStream(isSeekable() ? this : new Stream());
    }

    /** Writes at the file's own position, all or with an exception; closing the stream closes the file. */
    public OutputStream out() {
        return Channels.newOutputStream(this);
    }

    /** What has no places, as java.nio's streams would take it to have them. */
    private final class Stream implements ReadableByteChannel {
        @Override
        public int read(ByteBuffer target) throws IOException {
            return LoopFile.this.read(target);
        }

        @Override
        public boolean isOpen() {
            return LoopFile.this.isOpen();
        }

        @Override
        public void close() throws IOException {
            LoopFile.this.close();
        }
    }

    // ---- arguments ----

    private static long requirePosition(long position) {
        return requireNotNegative("position", position);
    }

    private static long requireNotNegative(String what, long value) {
        if (value < 0) {
            throw new IllegalArgumentException("Negative " + what + ": " + value);
        }
        return value;
    }
}
