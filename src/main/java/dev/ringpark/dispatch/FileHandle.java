package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Completion;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A file of a {@link Dispatcher}, which has the operations. Any number of them may be under way at once, and end in any
 * order, since each says where in the file it belongs. Belongs to the dispatcher's thread.
 */
public final class FileHandle {
    private static final int MOST_COPIED = 64 * 1024;   // bytes of one transfer of memory that cannot be lent

    private final CallbackLoop loop;
    private final dev.ringpark.internal.op.FileHandle handle;
    private final OpenRequest asked;
    private final ArrayDeque<Slot> idle = new ArrayDeque<>();

    FileHandle(CallbackLoop loop, OpenRequest asked) {
        this.loop = loop;
        this.asked = asked;
        this.handle = loop.proactor().backend().newFile(asked.path());
    }

    dev.ringpark.internal.op.FileHandle handle() {
        return handle;
    }

    boolean reads() {
        return asked.reads();
    }

    boolean writes() {
        return asked.writes();
    }

    /** What it was opened by. */
    public Path path() {
        return handle.path();
    }

    /** Whether it has not been closed, and is not being. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    @Override
    public String toString() {
        return "FileHandle[" + handle + (isOpen() ? "]" : ", closed]");
    }

    /** Begins an operation of this file; {@code position} and {@code detail} say more where its kind needs it. */
    void begin(Request<?> request, Kind kind, @Nullable Object about, long position, boolean detail) {
        loop.requireUsable();
        Slot slot = Objects.requireNonNullElseGet(idle.poll(), Slot::new);
        request.begin(slot, kind, about);
        loop.begun(request);
        slot.start(request, position, detail);
    }

    /** One operation under way, used again for others; its memory outside the heap, once it has needed some, too. */
    private final class Slot implements Completion, Request.Holder {
        private final Operation operation = handle.take();
        private @Nullable Request<?> current;
        private @Nullable ByteBuffer copy;

        Slot() {
            operation.tell(this);
        }

        void start(Request<?> request, long position, boolean detail) {
            current = request;
            switch (request.kind) {
                case OPEN -> operation.beginOpen(asked, Operation.NONE);
                case SYNC -> operation.beginSync(detail, Operation.NONE);
                default -> beginTransfer(request.kind, (ByteBuffer) Objects.requireNonNull(request.subject),
                        request.address, position);
            }
            loop.proactor().submit(operation);
        }

        private void beginTransfer(Kind kind, ByteBuffer buffer, long address, long position) {
            operation.at(position);
            if (buffer.isDirect()) {
                operation.beginTransfer(kind, buffer, address, buffer.position(),
                        buffer.remaining(), Operation.NONE);
                return;
            }
            ByteBuffer lent = copy();
            int length = Math.min(buffer.remaining(), MOST_COPIED);
            if (kind == Kind.WRITE_AT) {
                lent.put(0, buffer.duplicate().limit(buffer.position() + length), buffer.position(), length);
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
            IOException failure = failed == null ? null : exception(failed, operation.cancelReason());
            int count = failure == null ? moved(request, operation.result()) : 0;
            operation.reset();
            current = null;
            idle.add(this);
            loop.ended(request, count, failure == null ? brought(request) : null, failure);
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
            return request.subject instanceof ByteBuffer buffer ? buffer : FileHandle.this;
        }

        private IOException exception(Failure failure, CancelReason reason) {
            if (failure != Failure.CANCELED) {
                return FileErrors.of(failure, handle.path());
            }
            return reason == CancelReason.CLOSE ? new AsynchronousCloseException() : new OperationCanceledException();
        }

        @Override
        public void cancel(Request<?> request) {
            loop.cancel(operation);
        }
    }
}
