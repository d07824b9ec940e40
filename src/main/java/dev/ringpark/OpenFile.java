package dev.ringpark;

import dev.ringpark.internal.dispatch.FileBuffers;
import dev.ringpark.internal.dispatch.Unbuffered;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.lang.ref.Reference;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;

/** A file from its opening to its close, and what is done with the whole of it. What is promised: {@link LoopFile}. */
abstract sealed class OpenFile implements Channel permits FileTransfers {
    private final CarrierLoop loop;
    private final FileResource handle;
    private final OpenRequest asked;
    private final OpenSockets.Entry entry;
    private final CacheLuck luck = new CacheLuck();
    private boolean isSeekable;
    private int blockBytes = Unbuffered.NONE;   // what places and lengths have to be multiples of

    OpenFile(CarrierLoop loop, OpenRequest asked) throws IOException {
        this.loop = loop;
        this.asked = asked;
        this.handle = loop.newFile(asked.path());
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

    final void open() throws IOException {
        long deadlineNanos = FileWaits.begin(0);
        Operation operation = handle.take();
        operation.beginOpen(asked, deadlineNanos);
        await(operation, 0);
        try {
            if (asked.isDirect()) {
                blockBytes = FileWaits.offload(loop, () -> Unbuffered.blockBytes(handle.path()));
            }
            isSeekable = plain(file -> file.isSeekable() ? 1L : 0L) != 0;
        } finally {
            if (asked.deletes()) {
                PathCalls.removeName(loop, handle.path());
            }
        }
    }

    // ---- the file's own position ----

    /** Whether it has places; a pipe has none. */
    final boolean isSeekable() {
        return isSeekable;
    }

    /**
     * Waits for the caller's turn at the own position, which the system moves without a lock; what has none has a turn
     * for readers and one for writers. The turn, for {@link #exit}.
     */
    final int enter(int side) throws IOException {
        requireOpen();
        int turn = isSeekable ? Descriptor.WRITING : side;
        Descriptor.Entry outcome = handle.enter(turn, FileWaits.deadline(0), loop.parking());
        return switch (outcome) {
            case ENTERED -> turn;
            case NOT_OPEN -> throw new ClosedChannelException();
            case CLOSED_WHILE_WAITING -> throw new AsynchronousCloseException();
            case INTERRUPTED -> throw FileWaits.interrupted(0);
            case TIMED_OUT -> throw FileWaits.timedOut(0);
        };
    }

    /** Gives the turn on. */
    final void exit(int turn) {
        handle.exit(turn);
    }

    /** The own position, where the next byte goes. */
    final long place() throws IOException {
        return place(0);
    }

    private long place(long before) throws IOException {
        return asked.appends() ? askSize(before) : plain(FileResource::position);
    }

    final void moveTo(long newPosition) throws IOException {
        requireOpen();
        requirePlaceFor(newPosition);
        int turn = enter(Descriptor.READING);
        try {
            moveInTurn(newPosition);
        } finally {
            exit(turn);
        }
    }

    final void moveInTurn(long newPosition) throws IOException {
        plain(file -> {
            file.position(newPosition);
            return newPosition;
        });
    }

    // ---- operations ----

    /** Whether an operation may begin at all: it throws if not. The moment by which it has to end. */
    final long begin(long before) throws IOException {
        requireOpen();
        return FileWaits.begin(before);
    }

    final Operation take() {
        return handle.take();
    }

    /** Runs an operation that has been begun; afterwards it is free for its next use. */
    final int await(Operation operation, long before) throws IOException {
        submitAndPark(operation);
        int result = operation.result();
        FileWaits.end(operation, handle, before, handle.path());
        return result;
    }

    private void submitAndPark(Operation operation) {
        try {
            loop.parking().submitAndPark(operation);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Whether it may be that a read finds what it wants in memory, and shall look. */
    final boolean looksForNow(long position, int length) {
        return position >= 0 && isSeekable && isBuffered() && length <= FileBuffers.BYTES && luck.tryNow();
    }

    /** Looks, and does not wait. On the loop's own thread nobody can close the file meanwhile; others count in. */
    final boolean readNow(long address, int length, long position) throws IOException {
        boolean was = false;
        try {
            was = loop.door().isOnLoop()
                    ? handle.readNow(address, length, position)
                    : plain(file -> file.readNow(address, length, position) ? 1L : 0L) != 0;
        } finally {
            Reference.reachabilityFence(this);
        }
        if (!was) {
            luck.missed();
        }
        return was;
    }

    final void sync(boolean metaData) throws IOException {
        long deadlineNanos = begin(0);
        Operation operation = take();
        operation.beginSync(metaData, deadlineNanos);
        await(operation, 0);
    }

    final long askSize() throws IOException {
        return askSize(0);
    }

    private long askSize(long before) throws IOException {
        long deadlineNanos = begin(before);
        Operation operation = take();
        operation.beginStat(false, deadlineNanos);
        submitAndPark(operation);
        long size = operation.size();
        FileWaits.end(operation, handle, before, handle.path());
        return size;
    }

    final BasicFileAttributes askAttributes() throws IOException {
        long deadlineNanos = begin(0);
        Operation operation = take();
        operation.beginStat(true, deadlineNanos);
        submitAndPark(operation);
        BasicFileAttributes attributes = FileWaits.attributes(operation);
        FileWaits.end(operation, handle, 0, handle.path());
        return FileWaits.requireFound(attributes);
    }

    /** In the turn of the own position, which may move with the end. */
    final void cut(long size) throws IOException {
        int turn = enter(Descriptor.WRITING);
        try {
            long deadlineNanos = begin(0);
            Operation operation = take();
            operation.beginTruncate(size, deadlineNanos);
            await(operation, 0);
            plain(file -> {
                if (file.position() > size) {
                    file.position(size);
                }
                return size;
            });
        } finally {
            exit(turn);
        }
    }

    final void reserve(long position, long bytes) throws IOException {
        long deadlineNanos = begin(0);
        Operation operation = take();
        operation.beginAllocate(position, bytes, deadlineNanos);
        await(operation, 0);
    }

    private long plain(LoopDoor.Plain<FileResource, Long> action) throws IOException {
        try {
            return loop.door().plain(handle, action);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    // ---- its end ----

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

    // ---- what is refused ----

    final void requireOpen() throws ClosedChannelException {
        if (!handle.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    final void requireReadable() throws ClosedChannelException {
        requireOpen();
        if (!asked.reads()) {
            throw new NonReadableChannelException();
        }
    }

    final void requireWritable() throws ClosedChannelException {
        requireOpen();
        if (!asked.writes()) {
            throw new NonWritableChannelException();
        }
    }

    /** Refuses a place in what has none, as a pipe, which io_uring would take for the next bytes there. */
    final void requirePlaceFor(long position) throws IOException {
        if (position >= 0 && !isSeekable) {
            throw FileErrors.noPlaces(handle.path());
        }
    }

    /**
     * Where a transfer at the own position takes place, if that is ours to move: io_uring leaves an unbuffered file's
     * alone when the disk answers later. Else negative: the system knows. In the caller's turn.
     */
    final long mindedPlace() throws IOException {
        boolean isOurs = !isBuffered() && isSeekable && !asked.appends();
        return isOurs ? place() : Operation.OWN_POSITION;
    }

    /** Whether the system keeps its bytes in memory, so that any of them can be asked for. */
    final boolean isBuffered() {
        return blockBytes == Unbuffered.NONE;
    }

    /** What is appended has to be aligned, too; the whole call has moved {@code before} bytes. */
    final void requireAligned(long address, long position, int length, long before) throws IOException {
        if (!isBuffered()) {
            long place = position >= 0 ? position : isSeekable ? place(before) : 0;
            Unbuffered.requireAligned(blockBytes, address, place, length);
        }
    }

    @Override
    public String toString() {
        return "LoopFile[" + handle + (isOpen() ? "]" : ", closed]");
    }
}
