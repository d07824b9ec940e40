package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Completion;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.os.Failure;

/** The close of a handle on its way: it cannot be cancelled. */
final class Closing implements Completion, Request.Holder {
    private final CallbackLoop loop;
    private final Resource handle;
    private final Operation operation;
    private final Request<?> request;

    private Closing(CallbackLoop loop, Resource handle, Request<?> request) {
        this.loop = loop;
        this.handle = handle;
        this.request = request;
        this.operation = new Operation(handle);
        operation.tell(this);
    }

    /** Loads this class, which a folder opens a file for: a close gives a descriptor back, and must need none. */
    static void load() {}

    static void begin(CallbackLoop loop, Resource handle, Request<?> request) {
        loop.requireUsable();
        Closing closing = new Closing(loop, handle, request);
        request.begin(closing, Kind.CLOSE, null);
        loop.begun(request);
        closing.operation.beginClose();
        loop.submit(closing.operation);
    }

    @Override
    public void completed() {
        Failure failed = operation.failure();
        loop.closed(handle);
        loop.ended(request, 0, null, failed == null ? null : handle.closeFailed(failed));
    }

    @Override
    public void cancel(Request<?> unheard) {
        // It ends soon, by itself: whatever it waits for has been asked to end.
    }
}
