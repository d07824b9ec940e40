package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.Buffers;
import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Completion;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.op.PooledHandle;
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
    private static final int MOST_COPIED = 64 * 1024;   // bytes of one transfer of memory that cannot be lent

    private final CallbackLoop loop;
    private final PooledHandle handle;
    private final @Nullable Path file;   // null if each request names its own
    private final ArrayDeque<Slot> idle = new ArrayDeque<>();
    private @Nullable OwnPosition ownPosition;   // once somebody has used it

    FileRequests(CallbackLoop loop, PooledHandle handle, @Nullable Path file) {
        this.loop = loop;
        this.handle = handle;
        this.file = file;
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
            known = new OwnPosition(loop, ((FileResource) handle).isSeekable(), this::startInOrder);
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

    private Slot takeSlot() {
        return Objects.requireNonNullElseGet(idle.poll(), Slot::new);
    }

    private final class Slot implements Completion, Request.Holder {
        private final Operation operation = handle.take();
        private @Nullable Request<?> current;
        private @Nullable Object result;
        private @Nullable ByteBuffer copy;   // once it has needed memory outside the heap
        private final ByteBuffer[] single = new ByteBuffer[1];

        Slot() {
            operation.tell(this);
        }

        void start(Request<?> request, long position, boolean detail, Object brings) {
            current = request;
            result = brings;
            try {
                begin(request, position, detail);
                loop.proactor().submit(operation);
            } catch (RuntimeException | Error e) {   // memory that has been freed, or could not be had
                end(request, position == Operation.OWN_POSITION, 0, null,
                        new IOException("the operation could not be begun", e));
            }
        }

        private void begin(Request<?> request, long position, boolean detail) {
            switch (request.subject) {
                case ByteBuffer buffer -> beginTransfer(request, buffer, position);
                case ByteBuffer[] buffers -> beginCopy(request.kind, buffers, position);
                case OpenRequest open -> operation.beginOpen(open, Operation.NONE);
                case PathRequest path -> operation.beginPath(path, Operation.NONE);
                case Long bytes -> operation.beginAllocate(position, bytes, Operation.NONE);
                case null, default -> beginWhole(request.kind, position, detail);
            }
        }

        private void beginWhole(Kind kind, long position, boolean detail) {
            switch (kind) {
                case SYNC -> operation.beginSync(detail, Operation.NONE);
                case STAT -> operation.beginStat(true, Operation.NONE);
                default -> operation.beginTruncate(position, Operation.NONE);
            }
        }

        private void beginTransfer(Request<?> request, ByteBuffer buffer, long position) {
            if (!buffer.isDirect()) {
                beginCopy(request.kind, alone(buffer), position);
                return;
            }
            operation.at(position);
            operation.beginTransfer(request.kind, buffer, request.address, buffer.position(), buffer.remaining(),
                    Operation.NONE);
        }

        private ByteBuffer[] alone(ByteBuffer buffer) {
            single[0] = buffer;
            return single;
        }

        private void beginCopy(Kind kind, ByteBuffer[] buffers, long position) {
            operation.at(position);
            ByteBuffer lent = copy();
            int length = (int) Math.min(Buffers.remaining(buffers, 0, buffers.length), MOST_COPIED);
            if (kind == Kind.WRITE_AT) {
                Buffers.gather(buffers, lent.clear().limit(length));
            }
            operation.beginTransfer(kind, lent, KernelMemory.address(lent), 0, length, Operation.NONE);
        }

        private ByteBuffer copy() {
            ByteBuffer lent = copy;
            if (lent == null) {
                lent = ByteBuffer.allocateDirect(MOST_COPIED);
                copy = lent;
            }
            return lent;
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
            boolean inOrder = isTransfer(request) && operation.position() == Operation.OWN_POSITION;
            operation.reset();
            end(request, inOrder, count, brought, failure);
        }

        private void end(Request<?> request, boolean inOrder, int count, @Nullable Object brought,
                @Nullable IOException failure) {
            current = null;
            result = null;
            Arrays.fill(single, null);
            idle.add(this);
            if (inOrder) {
                ownPosition().exit(request.kind);
            }
            loop.ended(request, count, brought, failure);
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
            return count == 0 && request.kind == Kind.READ_AT ? -1 : count;
        }

        private void spread(Kind kind, ByteBuffer[] buffers, int count) {
            if (kind == Kind.READ_AT) {
                Buffers.scatter(copy().clear().limit(count), buffers);
            } else {
                Buffers.advance(buffers, 0, buffers.length, count);
            }
        }

        private static boolean isTransfer(Request<?> request) {
            return request.kind == Kind.READ_AT || request.kind == Kind.WRITE_AT;
        }

        private @Nullable Object brought(Request<?> request) {
            if (request.kind == Kind.OPEN) {
                loop.opened(handle);
            } else if (request.kind == Kind.TRUNCATE) {
                moveBack((FileResource) handle, operation.position());
            }
            return request.kind == Kind.STAT ? operation.attributes() : result;
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
                Path other = asked instanceof PathRequest.Rename rename ? rename.target() : null;
                return FileErrors.of(failure, asked.path(), other);
            }
            return FileErrors.of(failure, Objects.requireNonNull(file));
        }

        @Override
        public void cancel(Request<?> request) {
            loop.cancel(operation);
        }
    }
}
