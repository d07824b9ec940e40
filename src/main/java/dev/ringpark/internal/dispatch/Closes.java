package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The closes that wait for the ends of their handles, and those ends. Loop thread only.
 *
 * <pre>
 * a handle that closes is  | its closes                      | what brings it on
 * -------------------------+---------------------------------+-----------------------------------------------
 * in use                   | all in closers()                | the end of its last operation or plain call
 * unused; a socket, or a   | answered at once                | Backend.release, which does not block
 *   file never opened      |                                 |
 * unused; an open file     | the oldest is the backend's, an | its completion: close(2) of a file may wait for
 *                          |   operation like any; the       |   a disk or a server, and the loop does not
 *                          |   others, and new ones, wait in |
 *                          |   closers()                     |
 * closed                   | answered at once                |
 * </pre>
 *
 * A close may not wait for what has nothing to do with it. So a file is given back at once, too, if the table of
 * operations is full, as what fills it may wait for ever; and if the loop is over.
 */
final class Closes {
    private final Backend backend;
    private final Counters counters;
    private final Consumer<Operation> handBack;
    private int unanswered;

    Closes(Backend backend, Counters counters, Consumer<Operation> handBack) {
        this.backend = backend;
        this.counters = counters;
        this.handBack = handBack;
    }

    /** Whether every close has been answered. */
    boolean areAllAnswered() {
        return unanswered == 0;
    }

    /** Takes one in. */
    void add(Operation close) {
        Resource handle = (Resource) close.handle();
        handle.startClosing();
        handle.closers().add(close);
        unanswered++;
    }

    /**
     * Ends {@code handle} if it closes, and nothing can mean it any more.
     *
     * @param mayQueue whether there is a queue that takes operations
     * @return the close that has to be submitted for it, if its end takes one
     */
    @Nullable Operation finish(Resource handle, boolean mayQueue) {
        boolean isUnused = !handle.hasPending() && !handle.inCall();
        if (handle.closers().isEmpty() || handle.isBeingReleased() || !(handle.isClosed() || isUnused)) {
            return null;
        }
        if (mayQueue && !handle.isClosed() && handle.isSlowToRelease()) {
            handle.beingReleased(true);
            return handle.closers().poll();
        }
        Failure failure = null;
        try {
            failure = handle.isClosed() ? null : release(handle);
        } finally {
            answerAll(handle, failure);   // also if an error ends the loop: nobody else would
        }
        return null;
    }

    /** A close that was submitted has completed, or never will. */
    void completed(Operation close) {
        Resource handle = (Resource) close.handle();
        if (!handle.isBeingReleased()) {
            handle.closers().remove(close);   // the queue failed before it was submitted
        }
        handle.beingReleased(false);
        handle.markClosed();
        answer(close, close.failure());
        answerAll(handle, close.failure());
    }

    private void answerAll(Resource handle, @Nullable Failure failure) {
        for (Operation close = handle.closers().poll(); close != null; close = handle.closers().poll()) {
            answer(close, failure);
        }
    }

    private void answer(Operation close, @Nullable Failure failure) {
        if (failure != null) {
            close.fail(failure);
        }
        unanswered--;
        counters.add(Count.COMPLETED);
        handBack.accept(close);
    }

    /** Gives a descriptor back at once. */
    @Nullable Failure release(Resource handle) {
        try {
            if (handle.hasDescriptor()) {
                backend.release(handle);
            }
            return null;
        } catch (IOException e) {
            return new Failure(Errno.ofText(e.getMessage()), 0, e);
        } catch (RuntimeException e) {
            return new Failure(Errno.UNKNOWN, 0, new IOException("closing a descriptor failed", e));
        } finally {
            handle.markClosed();   // now, not before: who sees it takes the port to be free
        }
    }
}
