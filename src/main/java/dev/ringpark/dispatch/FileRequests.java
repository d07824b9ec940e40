package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Completion;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.op.PooledHandle;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The requests of one file, or of all paths: any number at once, each in a slot that is used again for others. */
final class FileRequests {
    private static final int MOST_COPIED = 64 * 1024;   // bytes of one transfer of memory that cannot be lent

    private final CallbackLoop loop;
    private final PooledHandle handle;
    private final @Nullable Path file;   // null if each request names its own
    private final ArrayDeque<Slot> idle = new ArrayDeque<>();

    FileRequests(CallbackLoop loop, PooledHandle handle, @Nullable Path file) {
        this.loop = loop;
        this.handle = handle;
        this.file = file;
    }

    /**
     * Begins an operation.
     *
     * @param about the buffer, the {@link OpenRequest} or {@link PathRequest}, or how many bytes to allocate
     * @param position where, or how many bytes are to be left
     * @param detail whether a sync is to store metadata, too
     * @param result what it brings if it succeeds, unless that is attributes
     */
    void begin(Request<?> request, Kind kind, @Nullable Object about, long position, boolean detail, Object result) {
        loop.requireUsable();
        Slot slot = Objects.requireNonNullElseGet(idle.poll(), Slot::new);
        request.begin(slot, kind, about);
        loop.begun(request);
        slot.start(request, position, detail, result);
    }

    private final class Slot implements Completion, Request.Holder {
        private final Operation operation = handle.take();
        private @Nullable Request<?> current;
        private @Nullable Object result;
        private @Nullable ByteBuffer copy;   // once it has needed memory outside the heap

        Slot() {
            operation.tell(this);
        }

        void start(Request<?> request, long position, boolean detail, Object brings) {
            current = request;
            result = brings;
            switch (request.subject) {
                case ByteBuffer buffer -> beginTransfer(request, buffer, position);
                case OpenRequest open -> operation.beginOpen(open, Operation.NONE);
                case PathRequest path -> operation.beginPath(path, Operation.NONE);
                case Long bytes -> operation.beginAllocate(position, bytes, Operation.NONE);
                case null, default -> beginWhole(request.kind, position, detail);
            }
            loop.proactor().submit(operation);
        }

        private void beginWhole(Kind kind, long position, boolean detail) {
            switch (kind) {
                case SYNC -> operation.beginSync(detail, Operation.NONE);
                case STAT -> operation.beginStat(true, Operation.NONE);
                default -> operation.beginTruncate(position, Operation.NONE);
            }
        }

        private void beginTransfer(Request<?> request, ByteBuffer buffer, long position) {
            operation.at(position);
            int length = buffer.remaining();
            if (buffer.isDirect()) {
                operation.beginTransfer(request.kind, buffer, request.address, buffer.position(), length,
                        Operation.NONE);
                return;
            }
            ByteBuffer lent = copy();
            int most = Math.min(length, MOST_COPIED);
            if (request.kind == Kind.WRITE_AT) {
                lent.put(0, buffer, buffer.position(), most);
            }
            operation.beginTransfer(request.kind, lent, KernelMemory.address(lent), 0, most, Operation.NONE);
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
            int count = failure == null ? moved(request, operation.result()) : 0;
            Object brought = failure == null ? brought(request) : null;
            operation.reset();
            current = null;
            result = null;
            idle.add(this);
            loop.ended(request, count, brought, failure);
        }

        private int moved(Request<?> request, int count) {
            if (!(request.subject instanceof ByteBuffer buffer)) {
                return 0;
            }
            if (!buffer.isDirect() && request.kind == Kind.READ_AT) {
                buffer.put(buffer.position(), copy(), 0, count);
            }
            buffer.position(buffer.position() + count);
            return count == 0 && request.kind == Kind.READ_AT ? -1 : count;
        }

        private @Nullable Object brought(Request<?> request) {
            if (request.kind == Kind.OPEN) {
                loop.opened(handle);
            }
            return request.kind == Kind.STAT ? operation.attributes() : result;
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
