package dev.ringpark;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.time.Duration;

/**
 * A descriptor that somebody else has opened, and closes: a pipe, a device, the socket of another library. Threads wait
 * here until it can be read from or written to without waiting, and then use it their own way. It has to stay open as
 * long as a thread waits.
 * {@snippet :
 * try (ForeignDescriptor device = ForeignDescriptor.watch(loop, descriptor)) {
 *     device.awaitReadable();
 *     library.readWhatIsThere();
 * }
 * }
 *
 * <p>Safe for any number of threads; those that wait for the same take turns. A close ends every wait with an {@link
 * java.nio.channels.AsynchronousCloseException}, a timeout with a {@link java.net.SocketTimeoutException}, and an
 * interrupt closes this object, with a {@link java.nio.channels.ClosedByInterruptException}, as with sockets; the
 * descriptor stays open in each case.
 *
 * @see <a href="https://man7.org/linux/man-pages/man2/poll.2.html">poll(2)</a>
 */
public final class ForeignDescriptor extends LoopChannel {
    private static final String TIMED_OUT = "Wait timed out";

    private ForeignDescriptor(CarrierLoop loop, Handle handle) throws IOException {
        super(loop, handle);
    }

    /**
     * Has threads wait for {@code descriptor}. With epoll and kqueue it is duplicated here: until this object is
     * closed, the copy keeps open what it stands for, so close this before or with the original. With io_uring nothing
     * is looked at before a thread waits.
     *
     * @throws IllegalArgumentException if {@code descriptor} is negative
     * @throws UnsupportedOperationException if the loop's backend has no descriptor numbers, which is so with the
     *     selector
     * @throws IllegalStateException if {@code loop} is closed
     * @throws IOException if it has been closed meanwhile; or if there is no such descriptor, which with io_uring only
     *     a wait finds out
     */
    public static ForeignDescriptor watch(CarrierLoop loop, int descriptor) throws IOException {
        if (descriptor < 0) {
            throw new IllegalArgumentException("the descriptor is " + descriptor + "; it must not be negative");
        }
        return new ForeignDescriptor(loop, loop.watch(descriptor));
    }

    /**
     * Waits until a read would not wait, as there is something, or the end, or an error.
     *
     * @throws IOException on close and interrupt, see the class; or if there is no such descriptor
     */
    public void awaitReadable() throws IOException {
        await(Handle.READING, Kind.AWAIT_READABLE, Timeouts.deadline(0));
    }

    /**
     * Waits until a read would not wait, at most {@code timeout}.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close and interrupt, see the class; or if there is no such descriptor
     */
    public void awaitReadable(Duration timeout) throws IOException {
        await(Handle.READING, Kind.AWAIT_READABLE, Timeouts.deadline(timeout));
    }

    /**
     * Waits until a write would not wait, as there is room, or an error.
     *
     * @throws IOException on close and interrupt, see the class; or if there is no such descriptor
     */
    public void awaitWritable() throws IOException {
        await(Handle.WRITING, Kind.AWAIT_WRITABLE, Timeouts.deadline(0));
    }

    /**
     * Waits until a write would not wait, at most {@code timeout}.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws IllegalArgumentException if {@code timeout} is negative
     * @throws IOException on timeout, close and interrupt, see the class; or if there is no such descriptor
     */
    public void awaitWritable(Duration timeout) throws IOException {
        await(Handle.WRITING, Kind.AWAIT_WRITABLE, Timeouts.deadline(timeout));
    }

    private void await(int side, Kind kind, long deadlineNanos) throws IOException {
        Operation operation = enter(side, deadlineNanos, TIMED_OUT);
        try {
            operation.beginAwait(kind, deadlineNanos);
            await(operation, TIMED_OUT);
        } finally {
            exit(side);
        }
    }
}
