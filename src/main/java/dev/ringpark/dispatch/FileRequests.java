package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.dispatch.FileBuffers;
import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.dispatch.Unbuffered;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Completion;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathErrors;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.op.PooledHandle;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The requests of one file, or of all paths: any number at once, each in a slot that is used again for others. */
final class FileRequests {
    private final CallbackLoop loop;
    private final PooledHandle handle;
    private final @Nullable Path file;   // null if each request names its own
    private final FileBuffers copies;    // for memory that cannot be lent
    private final ArrayDeque<Slot> idle = new ArrayDeque<>();
    private @Nullable OwnPosition ownPosition;   // once somebody has used it
    private boolean isSeekable;                  // once it is open
    private boolean appends;
    private int blockBytes = Unbuffered.NONE;    // what places and lengths have to be multiples of

    static {   // loads what a failure needs while there are descriptors: a class path of folders opens a file for each
        PathErrors.of(new Failure(Errno.EMFILE, 0, null), new PathRequest.Remove(Path.of(""), false));
    }

    FileRequests(CallbackLoop loop, PooledHandle handle, @Nullable Path file, FileBuffers copies) {
        this.loop = loop;
        this.handle = handle;
        this.file = file;
        this.copies = copies;
    }

    CallbackLoop loop() {
        return loop;
    }

    /**
     * Begins an operation.
     *
     * @param about the buffer, or buffers; {@link OpenRequest} or {@link PathRequest}; or how many bytes to allocate
     * @param position where, or how many bytes are to be left
     * @param detail whether a sync is to store metadata, too
     * @param result what it brings if it succeeds, unless that is attributes
     */
    void begin(Request<?> request, Kind kind, @Nullable Object about, long position, boolean detail, Object result) {
        loop.requireUsable();
        request.requireNotPending();
        Slot slot = takeSlot();
        request.begin(slot, kind, about);
        loop.begun(request);
        slot.start(request, position, detail, result);
    }

    /** Begins a transfer at the file's own position, when those before have ended. */
    void beginInOrder(Request<?> request, Kind kind, Object about) {
        loop.requireUsable();
        OwnPosition turns = ownPosition();
        request.begin(turns, kind, about);
        loop.begun(request);
        turns.enter(request);
    }

    private OwnPosition ownPosition() {
        OwnPosition known = ownPosition;
        if (known == null) {
            known = new OwnPosition(loop, isSeekable, this::startInOrder);
            ownPosition = known;
        }
        return known;
    }

    private void startInOrder(Request<?> request) {
        Slot slot = takeSlot();
        request.passTo(slot);
        slot.start(request, Operation.OWN_POSITION, false, Objects.requireNonNull(request.subject));
    }

    /** Before a close: what has not begun ends first. */
    void endWaiting() {
        if (ownPosition != null) {
            ownPosition.endWaiting();
        }
    }

    /** Whether a transfer at the file's own position is under way. */
    boolean isInOrder() {
        return ownPosition != null && ownPosition.isTaken();
    }

    /**
     * Where a transfer takes place: an unbuffered file's own position is ours to move, as io_uring leaves it alone when
     * the disk answers later. Fails if the system cannot do it, or, as io_uring, would take a pipe's place for none.
     */
    private long place(long address, long position, int length) throws IOException {
        if (!handle.isOpen()) {
            return position;   // which is told in its own words
        }
        boolean isOwn = position == Operation.OWN_POSITION;
        if (!isOwn && !isSeekable) {
            throw FileErrors.noPlaces(Objects.requireNonNull(file));
        }
        if (blockBytes == Unbuffered.NONE) {
            return position;
        }
        long place = isOwn && isSeekable && !appends ? ((FileResource) handle).position() : position;
        Unbuffered.requireAligned(blockBytes, address, Math.max(0, place), length);
        return place;
    }

    private Slot takeSlot() {
        Slot slot = idle.poll();
        return slot == null ? new Slot() : slot;
    }

    private final class Slot implements Completion, Request.Holder {
        private final Operation operation = handle.take();
        private @Nullable Request<?> current;
        private @Nullable Object result;
        private boolean inOrder;             // at the file's own position
        private @Nullable ByteBuffer copy;   // what is lent in place of memory that cannot be
        private final ByteBuffer[] single = new ByteBuffer[1];

        Slot() {
            operation.tell(this);
        }

        void start(Request<?> request, long position, boolean detail, Object brings) {
            current = request;
            result = brings;
            inOrder = position == Operation.OWN_POSITION;
            try {
                if (inOrder && handle.isOpen() && Buffers.areSpent(request.subject)) {
                    end(request, 0, brings, null);   // by those before, and for the system 0 bytes is the end
                    return;
                }
                begin(request, position, detail);
            } catch (IOException e) {
                end(request, 0, null, e);
                return;
            } catch (RuntimeException | Error e) {   // memory that has been freed, or could not be had
                end(request, 0, null, new IOException("the operation could not be begun", e));
                return;
            }
            loop.submit(operation);   // from here on its completion ends it
        }

        private void begin(Request<?> request, long position, boolean detail) throws IOException {
            switch (request.subject) {
                case ByteBuffer buffer when buffer.isDirect() -> beginTransfer(request, buffer, position);
                case ByteBuffer buffer -> beginCopy(request.kind, alone(buffer), position);
                case ByteBuffer[] buffers -> beginCopy(request.kind, buffers, position);
                case OpenRequest open -> operation.beginOpen(open, Moment.NONE);
                case PathRequest path -> operation.beginPath(path, Moment.NONE);
                case Long bytes -> operation.beginAllocate(position, bytes, Moment.NONE);
                case null, default -> beginWhole(request.kind, position, detail);
            }
        }

        private void beginWhole(Kind kind, long position, boolean detail) {
            switch (kind) {
                case SYNC -> operation.beginSync(detail, Moment.NONE);
                case STAT -> operation.beginStat(true, Moment.NONE);
                default -> operation.beginTruncate(position, Moment.NONE);
            }
        }

        private void beginTransfer(Request<?> request, ByteBuffer buffer, long position) throws IOException {
            int index = buffer.position();
            int length = buffer.limit() - index;
            operation.at(place(request.address + index, position, length));
            operation.beginTransfer(request.kind, buffer, request.address, index, length, Moment.NONE);
        }

        private ByteBuffer[] alone(ByteBuffer buffer) {
            single[0] = buffer;
            return single;
        }

        private void beginCopy(Kind kind, ByteBuffer[] buffers, long position) throws IOException {
            long room = Buffers.remaining(buffers, 0, buffers.length);
            int length = (int) Math.min(room, FileBuffers.BYTES);
            operation.at(place(0, position, length));   // first: what is refused takes no memory
            ByteBuffer lent = copies.take().limit(length);
            copy = lent;
            if (kind == Kind.WRITE_AT) {
                Buffers.gather(buffers, lent);
                lent.flip();
            }
            operation.beginTransfer(kind, lent, KernelMemory.address(lent), 0, lent.limit(), Moment.NONE);
        }

        @Override
        public void completed() {
            Request<?> request = Objects.requireNonNull(current);
            Failure failed = operation.failure();
            IOException failure = failed == null ? null : exception(request, failed, operation.cancelReason());
            int count = 0;
            Object brought = null;
            if (failure == null) {
                try {
                    count = moved(request, operation.result());
                    brought = brought(request);
                } catch (RuntimeException | Error e) {   // a buffer that has been freed, or made smaller, meanwhile
                    failure = new IOException("the result could not be handed over", e);
                }
            }
            operation.reset();
            if (request.subject instanceof OpenRequest open) {
                endOpen(request, open, brought, failure);
            } else {
                end(request, count, brought, failure);
            }
        }

        /** What was given up half way may have a descriptor: a pipe's reader, as he waits for a writer. */
        private void endOpen(Request<?> request, OpenRequest asked, @Nullable Object brought,
                @Nullable IOException failure) {
            FileResource opened = (FileResource) handle;
            if (failure == null && asked.isDirect()) {
                free();
                BlockSizeQuery.begin(loop, opened, request, brought, bytes -> blockBytes = bytes);
                return;
            }
            if (failure != null && opened.hasDescriptor()) {
                loop.discard(opened);
            }
            end(request, 0, brought, failure);
        }

        private void end(Request<?> request, int count, @Nullable Object brought, @Nullable IOException failure) {
            free();
            if (inOrder) {
                ownPosition().exit(request.kind);
            }
            loop.ended(request, count, brought, failure);
        }

        private void free() {
            copy = null;
            current = null;
            result = null;
            Arrays.fill(single, null);
            idle.add(this);
        }

        private int moved(Request<?> request, int count) {
            switch (request.subject) {
                case ByteBuffer buffer when buffer.isDirect() -> buffer.position(buffer.position() + count);
                case ByteBuffer buffer -> spread(request.kind, alone(buffer), count);
                case ByteBuffer[] buffers -> spread(request.kind, buffers, count);
                case null, default -> {
                    return 0;
                }
            }
            if (inOrder && operation.position() >= 0) {
                moveTo((FileResource) handle, operation.position() + count);
            }
            return count == 0 && request.kind == Kind.READ_AT ? -1 : count;
        }

        private void spread(Kind kind, ByteBuffer[] buffers, int count) {
            ByteBuffer lent = Objects.requireNonNull(copy);
            if (kind == Kind.READ_AT) {
                Buffers.scatter(lent.clear().limit(count), buffers);
            } else {
                Buffers.advance(buffers, 0, buffers.length, count);
            }
            copies.give(lent);   // all went well; else it is the collector's, whatever still points at it
        }

        private static void moveTo(FileResource file, long position) {
            try {
                file.position(position);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private @Nullable Object brought(Request<?> request) {
            if (request.subject instanceof OpenRequest asked) {
                request.opens(handle);
                opened(asked);
            } else if (request.kind == Kind.TRUNCATE) {
                moveBack((FileResource) handle, operation.position());
            }
            return request.kind == Kind.STAT ? operation.attributes() : result;
        }

        private void opened(OpenRequest asked) {
            isSeekable = ((FileResource) handle).isSeekable();
            appends = asked.appends();
            if (!asked.isDirect()) {
                loop.opened(handle);
            }
        }

        /** As in java.nio: who has been beyond the new end is at it. */
        private void moveBack(FileResource truncated, long size) {
            try {
                if (!isInOrder() && truncated.isSeekable() && truncated.position() > size) {
                    truncated.position(size);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private IOException exception(Request<?> request, Failure failure, CancelReason reason) {
            if (failure == Failure.CANCELED) {
                return reason == CancelReason.CLOSE
                        ? new AsynchronousCloseException()
                        : new OperationCanceledException();
            }
            if (request.subject instanceof PathRequest asked) {
                return PathErrors.of(failure, asked);
            }
            return FileErrors.of(failure, Objects.requireNonNull(file));
        }

        @Override
        public void cancel(Request<?> request) {
            loop.cancel(operation);
        }
    }
}
