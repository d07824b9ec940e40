package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.Unbuffered;
import dev.ringpark.internal.op.FileResource;
import java.io.IOException;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The second step of opening an unbuffered file: what its places and lengths have to be multiples of. That may take a
 * disk or a server, and no queue tells, so a thread asks that comes and goes. The file is nobody's until then.
 */
final class BlockSizeQuery implements Request.Holder {
    private final CallbackLoop loop;
    private final FileResource handle;
    private final IntConsumer answer;
    private final @Nullable Object opened;   // what the request brings
    private @Nullable Request<?> request;    // until it has ended

    private BlockSizeQuery(CallbackLoop loop, FileResource handle, Request<?> request, @Nullable Object opened,
            IntConsumer answer) {
        this.loop = loop;
        this.handle = handle;
        this.request = request;
        this.opened = opened;
        this.answer = answer;
    }

    /** Ends {@code request}, once {@code answer} has been told how many bytes a block has. */
    static void begin(CallbackLoop loop, FileResource handle, Request<?> request, @Nullable Object opened,
            IntConsumer answer) {
        BlockSizeQuery query = new BlockSizeQuery(loop, handle, request, opened, answer);
        request.passTo(query);
        try {
            Thread.ofPlatform().daemon().name("ringpark-dispatch-block-size").inheritInheritableThreadLocals(false)
                    .start(query::ask);
        } catch (RuntimeException | Error noThreadToBeHad) {
            query.fail(new IOException("no thread to be had for the block size", noThreadToBeHad));
        }
    }

    /** Beside the dispatcher. */
    private void ask() {
        try {
            int bytes = Unbuffered.blockBytes(handle.path());
            loop.post(() -> succeed(bytes));
        } catch (IOException e) {
            loop.post(() -> fail(e));
        } catch (RuntimeException | Error e) {
            loop.post(() -> fail(new IOException("the block size cannot be told", e)));
        }
    }

    private void succeed(int bytes) {
        Request<?> asked = request;
        if (asked != null) {
            request = null;
            answer.accept(bytes);
            loop.opened(handle);
            loop.ended(asked, 0, opened, null);
        }
    }

    private void fail(IOException failure) {
        Request<?> asked = request;
        if (asked != null) {
            request = null;
            loop.discard(handle);
            loop.ended(asked, 0, null, failure);
        }
    }

    @Override
    public void cancel(Request<?> asked) {
        fail(new OperationCanceledException());
    }
}
