package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.FileBuffers;
import dev.ringpark.internal.op.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One piece of a file on its way to a socket: read, then sent, with one buffer for both. */
final class FileToSocket implements Request.Holder {
    /** The two steps, each for a request of its own. */
    interface Steps {
        void read(ByteBuffer piece, Request<ByteBuffer> step);

        void send(ByteBuffer piece, Request<ByteBuffer> step);
    }

    private final CallbackLoop loop;
    private final FileBuffers buffers;
    private final Steps steps;
    private final Object result;
    private final Request<?> asked;
    private final Request<ByteBuffer> step = new Request<>(this::stepped);
    private final ByteBuffer piece;
    private boolean sends;
    private boolean canceled;
    private boolean ended;

    private FileToSocket(
            CallbackLoop loop, FileBuffers buffers, Steps steps, Object result, Request<?> asked, long bytes) {
        this.loop = loop;
        this.buffers = buffers;
        this.steps = steps;
        this.result = result;
        this.asked = asked;
        this.piece = buffers.take();
        piece.limit((int) Math.min(bytes, FileBuffers.BYTES));
    }

    /** Begins; {@code result} is what {@code asked} brings. */
    static void begin(
            CallbackLoop loop, FileBuffers buffers, Steps steps, long bytes, Object result, Request<?> asked) {
        loop.requireUsable();
        asked.requireNotPending();
        FileToSocket transfer = new FileToSocket(loop, buffers, steps, result, asked, bytes);
        asked.begin(transfer, Kind.CLOSE, null);
        loop.begun(asked);
        steps.read(transfer.piece, transfer.step);
    }

    private void stepped(Request<ByteBuffer> done) {
        if (ended) {
            return;
        }
        IOException failure = done.failure();
        if (failure != null) {
            end(0, failure);
        } else if (sends) {
            end(piece.position(), null);
        } else if (piece.position() == 0) {
            end(-1, null);
        } else if (canceled) {
            end(0, new OperationCanceledException());
        } else {
            sends = true;
            send();
        }
    }

    private void send() {
        try {
            steps.send(piece.flip(), step);
        } catch (RuntimeException | Error e) {
            end(0, new IOException("the bytes could not be sent", e));
        }
    }

    /** The piece is given back if all went well; else it is the collector's, whatever still points at it. */
    private void end(int count, @Nullable IOException failure) {
        ended = true;
        if (failure == null) {
            buffers.give(piece);
        }
        loop.ended(asked, count, failure == null ? result : null, failure);
    }

    /** Bytes that had moved are reported, so the step under way decides; if none is, nobody will hear of it. */
    @Override
    public void cancel(Request<?> request) {
        canceled = true;
        if (step.isPending()) {
            step.cancel();
        } else if (!ended) {
            end(0, new OperationCanceledException());
        }
    }
}
