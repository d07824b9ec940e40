package dev.ringpark.internal.backend.readiness;

import static dev.ringpark.internal.os.linux.ReadinessAbi.EPOLLERR;
import static dev.ringpark.internal.os.linux.ReadinessAbi.EPOLLET;
import static dev.ringpark.internal.os.linux.ReadinessAbi.EPOLLHUP;
import static dev.ringpark.internal.os.linux.ReadinessAbi.EPOLLIN;
import static dev.ringpark.internal.os.linux.ReadinessAbi.EPOLLONESHOT;
import static dev.ringpark.internal.os.linux.ReadinessAbi.EPOLLOUT;
import static dev.ringpark.internal.os.linux.ReadinessAbi.EPOLLPRI;
import static dev.ringpark.internal.os.linux.ReadinessAbi.EPOLLRDHUP;

import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import org.jspecify.annotations.Nullable;

/**
 * A descriptor: which operations wait for it to be ready, what the queue has been told, and in which direction a try
 * promises anything before the queue says so. Loop thread only.
 */
final class Watch {
    static final int READABLE = 1;
    static final int WRITABLE = 2;

    private static final int EVERYTHING_ONCE_AND_FOR_ALL = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;

    private final FdHandle handle;
    private final long data;
    private int promising = READABLE | WRITABLE;
    private boolean told;   // to the queue
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

    /** The descriptor number in what {@link EpollQueue#data} brings. */
    static int fd(long data) {
        return (int) data;
    }

    /** Whether {@code told} came with this watch, and not with a former one of the same number. */
    boolean isMeant(long told) {
        return told == data;
    }

    /** The direction {@code operation} waits for. */
    static int direction(Operation operation) {
        return switch (operation.kind()) {
            case ACCEPT, READ, RECEIVE, RECEIVE_FROM, AWAIT_READABLE -> READABLE;
            default -> WRITABLE;
        };
    }

    /**
     * Notes what an event has told. A stream's end comes behind its last bytes, and a read stops before and after
     * urgent data, whatever follows; both are told but once.
     */
    void takeIn(int events) {
        distrusted |= (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR | EPOLLPRI)) != 0;
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
    int await(Operation operation, EpollQueue queue) {
        int result = handle.isForeign() ? tell(queue, wanted() | interest(operation)) : tellOnce(queue);
        if (result >= 0) {
            keep(direction(operation), operation);
        }
        return result;
    }

    private int tellOnce(EpollQueue queue) {
        if (told) {
            return 0;
        }
        int result = queue.add(handle.fd(), EVERYTHING_ONCE_AND_FOR_ALL, data);
        told = result >= 0;
        return result;
    }

    /** What is waited for on a descriptor of others, each time anew. */
    private int tell(EpollQueue queue, int interest) {
        int result = told
                ? queue.modify(handle.fd(), interest | EPOLLONESHOT, data)
                : queue.add(handle.fd(), interest | EPOLLONESHOT, data);
        told |= result >= 0;
        return result;
    }

    private int wanted() {
        return (reader == null ? 0 : EPOLLIN) | (writer == null ? 0 : EPOLLOUT);
    }

    private static int interest(Operation operation) {
        return direction(operation) == READABLE ? EPOLLIN : EPOLLOUT;
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

    /** The directions that an event tells of: an error or a hang-up concerns both. */
    static int directions(int events) {
        int both = EPOLLERR | EPOLLHUP;
        return ((events & (EPOLLIN | EPOLLRDHUP | both)) != 0 ? READABLE : 0)
                | ((events & (EPOLLOUT | both)) != 0 ? WRITABLE : 0);
    }

    /** Of a descriptor of others, after an event: what still waits has to be told again. */
    void tellAgain(EpollQueue queue) {
        if (handle.isForeign() && wanted() != 0) {
            tell(queue, wanted());
        }
    }

    /** The queue forgets a descriptor that is closed, but one of others stays open. */
    void end(EpollQueue queue) {
        if (handle.isForeign() && told) {
            queue.remove(handle.fd());
        }
    }
}
