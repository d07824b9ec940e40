package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.dispatch.FileBuffers;
import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenChoice;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.op.PathsHandle;
import java.nio.ByteBuffer;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Dispatcher} does with files. */
abstract sealed class FileOperations extends DatagramOperations permits Dispatcher {
    private final FileBuffers copies = new FileBuffers();
    private final FileRequests paths;   // those of no open file

    FileOperations(CallbackLoop loop) {
        super(loop);
        this.paths = new FileRequests(loop, new PathsHandle(), null, copies);
    }

    /**
     * open(2): the file is the result.
     *
     * @param options of {@link java.nio.file.StandardOpenOption}, and {@code ExtendedOpenOption.DIRECT}; none means to
     *     read
     * @throws IllegalArgumentException if the options contradict each other, or the file would have to be deleted when
     *     it is closed, which the caller can do as well
     * @throws UnsupportedOperationException if there is no such option or attribute
     */
    public Request<FileHandle> open(Path path, Set<? extends OpenOption> options,
            Consumer<? super Request<FileHandle>> callback, FileAttribute<?>... attributes) {
        OpenRequest asked = OpenChoice.of(path, options, attributes);
        if (asked.deletes()) {
            throw new IllegalArgumentException("DELETE_ON_CLOSE is not offered here: remove the file when it is open");
        }
        Request<FileHandle> request = Request.of(callback);
        new FileHandle(loop(), asked, copies).open(request);
        return request;
    }

    /**
     * pread(2): bytes of the file from {@code position} on into {@code buffer}, from its own position on, which moves.
     * A direct buffer is lent to the system, so leave it alone meanwhile; up to 64 KiB are copied into others.
     *
     * @param position in bytes, not negative
     * @throws IllegalArgumentException if the position is negative, or the buffer read-only or of an arena that can be
     *     closed
     * @throws NonReadableChannelException if the file was not opened to be read
     */
    public Request<ByteBuffer> read(
            FileHandle file, ByteBuffer buffer, long position, Consumer<? super Request<ByteBuffer>> callback) {
        KernelMemory.requireNotReadOnly(buffer);
        requireReads(file);
        return transfer(file, Kind.READ_AT, buffer, position, callback);
    }

    /**
     * pwrite(2): the rest of {@code buffer}, or a part of it, to the file from {@code position} on; the buffer's own
     * moves. A file opened to be appended to is written to at its end.
     *
     * @param position in bytes, not negative
     * @throws IllegalArgumentException if the position is negative, or the buffer of an arena that can be closed
     * @throws NonWritableChannelException if the file was not opened to be written
     */
    public Request<ByteBuffer> write(
            FileHandle file, ByteBuffer buffer, long position, Consumer<? super Request<ByteBuffer>> callback) {
        requireWrites(file);
        return transfer(file, Kind.WRITE_AT, buffer, position, callback);
    }

    private Request<ByteBuffer> transfer(FileHandle file, Kind kind, ByteBuffer buffer, long position,
            Consumer<? super Request<ByteBuffer>> callback) {
        requireNotNegative("position", position);
        Request<ByteBuffer> request = Request.of(callback).lending(buffer);
        if (!buffer.hasRemaining() && file.isOpen()) {
            return answer(buffer, null, request);
        }
        file.begin(request, kind, buffer, position, false, buffer);
        return request;
    }

    /**
     * As {@link #read(FileHandle, ByteBuffer, long, Consumer) read}, into the buffers one after the other; 64 KiB at
     * most, which are copied to them.
     */
    public Request<ByteBuffer[]> read(FileHandle file, ByteBuffer[] buffers, long position,
            Consumer<? super Request<ByteBuffer[]>> callback) {
        KernelMemory.requireWritable(buffers, 0, buffers.length);
        requireReads(file);
        return transfer(file, Kind.READ_AT, buffers, position, callback);
    }

    /**
     * As {@link #write(FileHandle, ByteBuffer, long, Consumer) write}, of the buffers in their order; 64 KiB at most.
     */
    public Request<ByteBuffer[]> write(FileHandle file, ByteBuffer[] buffers, long position,
            Consumer<? super Request<ByteBuffer[]>> callback) {
        requireWrites(file);
        return transfer(file, Kind.WRITE_AT, buffers, position, callback);
    }

    private Request<ByteBuffer[]> transfer(FileHandle file, Kind kind, ByteBuffer[] buffers, long position,
            Consumer<? super Request<ByteBuffer[]>> callback) {
        requireNotNegative("position", position);
        ByteBuffer[] own = buffers.clone();
        Request<ByteBuffer[]> request = Request.of(callback);
        if (Buffers.remaining(own, 0, own.length) == 0 && file.isOpen()) {
            return answer(own, null, request);
        }
        file.begin(request, kind, own, position, false, own);
        return request;
    }

    /**
     * read(2): as {@link #read(FileHandle, ByteBuffer, long, Consumer) read}, from the file's own position on, which
     * moves: for streams and for what has no places, a pipe or a terminal. Such transfers of a file are done one after
     * the other, in the order they came; but a pipe's readers and writers wait for each other only where threads do it.
     */
    public Request<ByteBuffer> read(
            FileHandle file, ByteBuffer buffer, Consumer<? super Request<ByteBuffer>> callback) {
        KernelMemory.requireNotReadOnly(buffer);
        requireReads(file);
        return transferInOrder(file, Kind.READ_AT, buffer, callback);
    }

    /** write(2): the same for {@link #write(FileHandle, ByteBuffer, long, Consumer) write}. */
    public Request<ByteBuffer> write(
            FileHandle file, ByteBuffer buffer, Consumer<? super Request<ByteBuffer>> callback) {
        requireWrites(file);
        return transferInOrder(file, Kind.WRITE_AT, buffer, callback);
    }

    private Request<ByteBuffer> transferInOrder(
            FileHandle file, Kind kind, ByteBuffer buffer, Consumer<? super Request<ByteBuffer>> callback) {
        Request<ByteBuffer> request = Request.of(callback).lending(buffer);
        if (!buffer.hasRemaining() && file.isOpen()) {
            return answer(buffer, null, request);
        }
        file.beginInOrder(request, kind, buffer);
        return request;
    }

    /**
     * Sends up to {@code bytes} bytes of the file from {@code position} on, or what the file and the socket have and
     * take of that at once, 64 KiB at most: {@link Request#count} tells, and is -1 at the end of the file. The socket
     * is the result. A cancel may find that some were sent. They take their turn among what is sent when they have been
     * read, so let it end before anything else is sent.
     *
     * @throws IllegalArgumentException if the position is negative, or there are no bytes
     * @throws NonReadableChannelException if the file was not opened to be read
     */
    public Request<SocketHandle> transfer(FileHandle file, long position, long bytes, SocketHandle socket,
            Consumer<? super Request<SocketHandle>> callback) {
        requireNotNegative("position", position);
        requireBytes(bytes);
        requireReads(file);
        requireOwn(socket);
        Request<SocketHandle> request = Request.of(callback);
        FileToSocket.begin(loop(), copies, new FileToSocket.Steps() {
            @Override
            public void read(ByteBuffer piece, Request<ByteBuffer> step) {
                FileOperations.this.read(file, piece, position, step);
            }

            @Override
            public void send(ByteBuffer piece, Request<ByteBuffer> step) {
                FileOperations.this.send(socket, piece, step);
            }
        }, bytes, socket, request);
        return request;
    }

    /**
     * fsync(2), or fdatasync(2) if not {@code metaData}: what was written is stored for good. If it fails, some of that
     * may be lost; the system tells it once, so a second one that succeeds saves nothing.
     */
    public Request<FileHandle> sync(
            FileHandle file, boolean metaData, Consumer<? super Request<FileHandle>> callback) {
        return begin(file, Kind.SYNC, null, 0, metaData, callback);
    }

    /**
     * ftruncate(2): the file has {@code size} bytes at most.
     *
     * @throws IllegalArgumentException if the size is negative
     * @throws NonWritableChannelException if the file was not opened to be written
     */
    public Request<FileHandle> truncate(
            FileHandle file, long size, Consumer<? super Request<FileHandle>> callback) {
        requireNotNegative("size", size);
        requireWrites(file);
        return begin(file, Kind.TRUNCATE, null, size, false, callback);
    }

    /**
     * fallocate(2): the device keeps room for {@code bytes} bytes from {@code position} on, and the file is that long.
     * Where the queue is not io_uring only what comes after the file's present end is kept room for, by writing it, so
     * nobody may write there before the callback who has opened the file for himself; who shares this one waits.
     *
     * @throws IllegalArgumentException if one of the two is negative, there are no bytes, or both together are too much
     *     for a file
     * @throws NonWritableChannelException if the file was not opened to be written
     */
    public Request<FileHandle> allocate(
            FileHandle file, long position, long bytes, Consumer<? super Request<FileHandle>> callback) {
        requireNotNegative("position", position);
        requireBytes(bytes);
        if (position > Long.MAX_VALUE - bytes) {
            throw new IllegalArgumentException(
                    "a file cannot have " + bytes + " bytes from position " + position + " on");
        }
        requireWrites(file);
        return begin(file, Kind.ALLOCATE, bytes, position, false, callback);
    }

    /**
     * fstat(2): the file's attributes; {@link java.nio.file.attribute.PosixFileAttributes} where there are any. Where
     * the queue is not io_uring they are of what its path leads to now.
     */
    public Request<BasicFileAttributes> stat(
            FileHandle file, Consumer<? super Request<BasicFileAttributes>> callback) {
        return begin(file, Kind.STAT, null, 0, false, callback);
    }

    /** stat(2) of what is at {@code path}, or of what a symbolic link there leads to. */
    public Request<BasicFileAttributes> stat(
            Path path, Consumer<? super Request<BasicFileAttributes>> callback) {
        return begin(new PathRequest.Stat(path, true), callback);
    }

    /**
     * rename(2): in one step, within a file system, in place of what {@code to} may be. The result is {@code to}.
     */
    public Request<Path> rename(Path from, Path to, Consumer<? super Request<Path>> callback) {
        OpenChoice.requireDefault(to);
        return begin(new PathRequest.Rename(from, to, true), callback);
    }

    /** unlink(2), or rmdir(2) if it {@code isDirectory}, which has to be empty. */
    public Request<Path> remove(Path path, boolean isDirectory, Consumer<? super Request<Path>> callback) {
        return begin(new PathRequest.Remove(path, isDirectory), callback);
    }

    /** mkdir(2), with the permissions the system gives, or those of {@code attributes}. */
    public Request<Path> makeDirectory(
            Path path, Consumer<? super Request<Path>> callback, FileAttribute<?>... attributes) {
        return begin(new PathRequest.MakeDirectory(path, OpenChoice.permissions(attributes)), callback);
    }

    private <T> Request<T> begin(FileHandle file, Kind kind, @Nullable Object about, long position, boolean detail,
            Consumer<? super Request<T>> callback) {
        requireOwn(file);
        Request<T> request = Request.of(callback);
        file.begin(request, kind, about, position, detail, file);
        return request;
    }

    private <T> Request<T> begin(PathRequest asked, Consumer<? super Request<T>> callback) {
        OpenChoice.requireDefault(asked.path());
        Request<T> request = Request.of(callback);
        Path result = asked instanceof PathRequest.Rename rename ? rename.target() : asked.path();
        paths.begin(request, asked.kind(), asked, 0, false, result);
        return request;
    }

    private static void requireNotNegative(String name, long value) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is " + value + "; it must not be negative");
        }
    }

    private static void requireBytes(long bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("the number of bytes is " + bytes + "; it has to be at least 1");
        }
    }

    private void requireOwn(FileHandle file) {
        requireOwn(file, file.loop());
    }

    private void requireReads(FileHandle file) {
        requireOwn(file);
        if (!file.reads()) {
            throw new NonReadableChannelException();
        }
    }

    private void requireWrites(FileHandle file) {
        requireOwn(file);
        if (!file.writes()) {
            throw new NonWritableChannelException();
        }
    }

    /** close(2), once every operation of the file has ended, as all are asked to. */
    public Request<@Nullable Void> close(FileHandle file, Consumer<? super Request<@Nullable Void>> callback) {
        requireOwn(file);
        Request<@Nullable Void> request = Request.of(callback);
        request.requireNotPending();
        file.endWaiting();
        Closing.begin(loop(), file.handle(), request);
        return request;
    }
}
