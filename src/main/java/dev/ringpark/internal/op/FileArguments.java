package dev.ringpark.internal.op;

import java.nio.file.attribute.BasicFileAttributes;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What an {@link Operation} of a file or a path is asked beside a transfer's memory, and what it answers. */
abstract class FileArguments extends Moment {
    long position;                 // in: where, or how many bytes; out: how many the file has
    int length;                    // of a transfer; else whether more is asked
    @Nullable Object attachment;   // in: a request, an address; out: attributes, an accepted handle

    abstract void begin(Kind kind, long deadlineNanos);

    /** Opens a file: its handle has no descriptor yet. */
    public final void beginOpen(OpenRequest request, long deadlineNanos) {
        attachment = request;
        begin(Kind.OPEN, deadlineNanos);
    }

    /** What is to be opened. */
    public final OpenRequest request() {
        return (OpenRequest) Objects.requireNonNull(attachment);
    }

    /** Where in the file the transfer begun next takes place; {@link Operation#OWN_POSITION}: the system knows. */
    public final void at(long position) {
        this.position = position;
    }

    /** As {@link #at} was told. */
    public final long position() {
        return position;
    }

    /** Has what was written to a file stored for good; {@code metaData} too, if asked. */
    public final void beginSync(boolean metaData, long deadlineNanos) {
        length = metaData ? 1 : 0;
        begin(Kind.SYNC, deadlineNanos);
    }

    /** What {@link #beginSync} was told. */
    public final boolean syncsMetaData() {
        return length != 0;
    }

    /** Asks what an open file is: its {@link #size} and, if {@code all}, its {@link #attributes}. */
    public final void beginStat(boolean all, long deadlineNanos) {
        attachment = null;
        length = all ? 1 : 0;
        begin(Kind.STAT, deadlineNanos);
    }

    /** Whether a stat asks for more than the size. */
    public final boolean asksAttributes() {
        return attachment != null || length != 0;
    }

    /** Cuts an open file to {@code size} bytes, if it has more. */
    public final void beginTruncate(long size, long deadlineNanos) {
        position = size;
        begin(Kind.TRUNCATE, deadlineNanos);
    }

    /** Has the device keep room for {@code bytes} bytes of an open file from {@code position} on, longer if need be. */
    public final void beginAllocate(long position, long bytes, long deadlineNanos) {
        this.position = position;
        attachment = bytes;
        begin(Kind.ALLOCATE, deadlineNanos);
    }

    /** How many bytes {@link #beginAllocate} was told. */
    public final long bytes() {
        return (Long) Objects.requireNonNull(attachment);
    }

    /** Begins what {@code request} says, which becomes the operation's kind; its handle is a {@link PathsHandle}. */
    public final void beginPath(PathRequest request, long deadlineNanos) {
        attachment = request;
        begin(request.kind(), deadlineNanos);
    }

    /** What {@link #beginPath} was told; null of a stat that {@link #beginStat} has begun. */
    public final @Nullable PathRequest pathRequest() {
        return (PathRequest) attachment;
    }

    /** Notes what a stat has found, {@code attributes} if they were asked for. The backend, before the completion. */
    public final void succeed(long size, @Nullable BasicFileAttributes attributes) {
        position = size;
        attachment = attributes;
    }

    /** How many bytes a stat has found. Owner, once done. */
    public final long size() {
        return position;
    }

    /** What a stat has found: {@link java.nio.file.attribute.PosixFileAttributes} where the platform has them. */
    public final BasicFileAttributes attributes() {
        return (BasicFileAttributes) Objects.requireNonNull(attachment);
    }
}
