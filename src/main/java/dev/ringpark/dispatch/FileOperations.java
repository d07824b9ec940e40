package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenChoice;
import java.nio.ByteBuffer;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What a {@link Dispatcher} does with files. */
abstract sealed class FileOperations extends SocketOperations permits Dispatcher {
    FileOperations(CallbackLoop loop) {
        super(loop);
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
        OpenChoice choice = OpenChoice.of(path, options, attributes);
        if (choice.deletes()) {
            throw new IllegalArgumentException("DELETE_ON_CLOSE is not offered here: remove the file when it is open");
        }
        Request<FileHandle> request = Request.of(callback);
        new FileHandle(loop(), choice.request()).begin(request, Kind.OPEN, null, 0, false);
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
        if (!file.reads()) {
            throw new NonReadableChannelException();
        }
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
        if (!file.writes()) {
            throw new NonWritableChannelException();
        }
        return transfer(file, Kind.WRITE_AT, buffer, position, callback);
    }

    private Request<ByteBuffer> transfer(FileHandle file, Kind kind, ByteBuffer buffer, long position,
            Consumer<? super Request<ByteBuffer>> callback) {
        if (position < 0) {
            throw new IllegalArgumentException("position is " + position + "; it must not be negative");
        }
        Request<ByteBuffer> request = Request.of(callback).lending(buffer);
        if (!buffer.hasRemaining() && file.isOpen()) {
            return answer(buffer, null, request);
        }
        file.begin(request, kind, buffer, position, false);
        return request;
    }

    /** fsync(2), or fdatasync(2) if not {@code metaData}: what was written is stored for good. */
    public Request<FileHandle> sync(
            FileHandle file, boolean metaData, Consumer<? super Request<FileHandle>> callback) {
        Request<FileHandle> request = Request.of(callback);
        file.begin(request, Kind.SYNC, null, 0, metaData);
        return request;
    }

    /** close(2), once every operation of the file has ended, as all are asked to. */
    public Request<@Nullable Void> close(FileHandle file, Consumer<? super Request<@Nullable Void>> callback) {
        Request<@Nullable Void> request = Request.of(callback);
        Closing.begin(loop(), file.handle(), request);
        return request;
    }
}
