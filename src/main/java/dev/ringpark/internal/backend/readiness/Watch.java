package dev.ringpark.internal.backend.readiness;

import static dev.ringpark.internal.backend.readiness.ReadinessQueue.READABLE;
import static dev.ringpark.internal.backend.readiness.ReadinessQueue.UNUSUAL;
import static dev.ringpark.internal.backend.readiness.ReadinessQueue.WRITABLE;

import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor: which operations wait for it to be ready, what the queue has been told, and in which direction a try
 * promises anything before the queue says so. Loop thread only.
 */
final class Watch {
    private final FdHandle handle;
    private final long data;
    private int promising = READABLE | WRITABLE;
    private boolean told;   // to the queue
    private int armed;   // the directions that it has been told of for one event, which has not come
    private boolean distrusted;   // a try may find more than the last one has left to expect
    private @Nullable Operation reader;
    private @Nullable Operation writer;

    /** {@code round} differs from those of all former watches of the same descriptor number. */
    Watch(FdHandle handle, int round) {
        this.handle = handle;
        this.data = (long) round << Integer.SIZE | handle.fd();
    }

    FdHandle handle() {
        return handle;
    }

    /** The descriptor number in what {@link ReadinessQueue#data} brings. */
    static int fd(long data) {
        return (int) data;
    }

    /** Whether {@code brought} came with this watch, and not with a former one of the same number. */
    boolean isMeant(long brought) {
        return brought == data;
    }

    /** The direction {@code operation} waits for. */
    static int direction(Operation operation) {
        return operation.kind().isOfReadingSide() ? READABLE : WRITABLE;
    }

    /**
     * Notes what an event has told. A stream's end comes behind its last bytes, and a read stops before and after
     * urgent data, whatever follows; both are told but once.
     */
    void takeIn(int ready, ReadinessQueue queue) {
        distrusted |= (ready & UNUSUAL) != 0;
        armed &= ~queue.disarmedBy(ready & (READABLE | WRITABLE));
    }

    /** Whether a try is worth it before the queue calls the descriptor ready. */
    boolean isPromising(Operation operation) {
        return (distrusted || (promising & direction(operation)) != 0) && !isWait(operation);
    }

    private static boolean isWait(Operation operation) {
        return operation.kind() == Kind.AWAIT_READABLE || operation.kind() == Kind.AWAIT_WRITABLE;
    }

    void promise(int direction, boolean isPromising) {
        promising = isPromising ? promising | direction : promising & ~direction;
    }

    /** The operation that waits for {@code direction}, if any. */
    @Nullable Operation pending(int direction) {
        return direction == READABLE ? reader : writer;
    }

    /** Keeps {@code operation} until the queue calls the descriptor ready; 0, or minus an errno if it cannot. */
    int await(Operation operation, ReadinessQueue queue) {
        int result = isToldForGood(queue) ? tellForGood(queue) : tell(queue, wanted() | direction(operation));
        if (result >= 0) {
            keep(direction(operation), operation);
        }
        return result;
    }

    /** Nobody here tries anything on a descriptor of others, and so nobody would meet the next edge. */
    private boolean isToldForGood(ReadinessQueue queue) {
        return queue.isEdgeTriggered() && !handle.isForeign();
    }

    private int tellForGood(ReadinessQueue queue) {
        if (told) {
            return 0;
        }
        int result = queue.tellForGood(handle.fd(), data);
        told = result >= 0;
        return result;
    }

    private int tell(ReadinessQueue queue, int wanted) {
        int result = (wanted & ~armed) == 0 ? 0 : queue.tell(handle.fd(), wanted, armed, told, data);
        if (result >= 0) {
            told = true;
            armed |= wanted;
        }
        return result;
    }

    private int wanted() {
        return (reader == null ? 0 : READABLE) | (writer == null ? 0 : WRITABLE);
    }

    private void keep(int direction, @Nullable Operation operation) {
        if (direction == READABLE) {
            reader = operation;
        } else {
            writer = operation;
        }
    }

    /**
     * Gives {@code operation} up; false if it was not kept. The next is tried at once: there may be room by now, but
     * not as much as the queue waits for, and a Unix socket's peer that reads no more is told to nobody.
     */
    boolean forget(Operation operation) {
        int direction = direction(operation);
        if (pending(direction) != operation) {
            return false;
        }
        keep(direction, null);
        promise(direction, true);
        return true;
    }

    /** {@code operation}, which was kept, has ended. */
    void done(Operation operation) {
        keep(direction(operation), null);
    }

    /** After an event: what still waits has to be told again, if that was not for good. */
    void tellAgain(ReadinessQueue queue) {
        if (!isToldForGood(queue) && wanted() != 0) {
            tell(queue, wanted());
        }
    }

    /** The descriptor is about to be closed. */
    void end(ReadinessQueue queue) {
        if (told) {
            queue.forget(handle);
        }
    }
}
