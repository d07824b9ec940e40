package dev.ringpark.internal.backend;

import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.SocketType;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * One platform queue for I/O, as the proactor uses it.
 *
 * <p><b>The contract.</b> A backend is opened, submitted to, cancelled, polled and closed by one thread, the loop's;
 * {@link #wake} and the opening of handles are for any. The proactor admits an operation to {@link InFlight} first,
 * so its token is there to travel with it. Each operation taken by {@link #submit} is given to
 * {@link Completions#completed} exactly once, in some later {@link #poll}, with its result or failure noted in it,
 * and by then nothing of the platform points at its memory. Between the two the backend alone may read or write that
 * memory. Operations of one side of one socket never overlap; the two sides may, and those of a file. A file's
 * transfers bring buffers whose address is known, never arrays.
 *
 * <p>EINTR, EAGAIN and connections that vanish between arrival and accept are tried again in here and never seen above;
 * but for EAGAIN of a connect over Unix sockets that finds the backlog full, where readiness does not tell of room, and
 * of a file that refuses again and again, though it says it is ready.
 */
public interface Backend extends AutoCloseable {
    /** Where completions go. */
    @FunctionalInterface
    interface Completions {
        /** Takes back an operation whose result or failure has been noted. */
        void completed(Operation operation);
    }

    /** Opens one kind of backend. */
    interface Factory {
        /** The name users force it by. */
        String name();

        /**
         * Opens a backend for the current thread, and makes sure that it works.
         *
         * @throws BackendUnavailableException if it cannot be had on this machine, so that another may be tried
         * @throws IOException if it could be, but something has run out
         */
        Backend open(BackendOptions options, InFlight inFlight, Completions completions, Counters counters)
                throws IOException;
    }

    /** A new socket; {@code family} null stands for IPv6 and IPv4 in one where the system has both. Any thread. */
    Handle openSocket(SocketType type, @Nullable ProtocolFamily family) throws IOException;

    /**
     * Somebody else's descriptor, to be watched. Any thread.
     *
     * @throws UnsupportedOperationException if this backend has no descriptor numbers
     * @throws IOException if there is no such descriptor, which some find out only when they wait for it
     */
    default Handle watch(int descriptor) throws IOException {
        throw new UnsupportedOperationException(
                "java.nio has no descriptor numbers: this needs io_uring, epoll or kqueue");
    }

    /** A file that is to be opened by an operation of its own; messages name {@code path}. Any thread. */
    FileResource newFile(Path path);

    /** Takes an operation; false if the queue is full, and it has to be offered again after the next poll. */
    boolean submit(Operation operation);

    /** Asks that a submitted operation end early. It ends by its completion, and not later than it would have. */
    void cancel(Operation operation);

    /**
     * Gives the descriptor of {@code handle} back to the system; it has no operation in flight and no call under way,
     * and gets none any more. Does not block, whatever SO_LINGER says; a file, for which nobody can promise that, is
     * mostly given back by a CLOSE that is submitted, under the same conditions. Loop thread only; any thread once the
     * backend is closed, for a handle that came too late.
     */
    void release(Resource handle) throws IOException;

    /** Whether something is left over that the next poll has to pass on before it may wait. */
    boolean hasBacklog();

    /** {@link #poll} until something happens, however long that takes. */
    long FOREVER = Long.MAX_VALUE;

    /**
     * Hands everything submitted to the platform and takes back what has completed; waits for a first completion, a
     * wake or the end of {@code waitNanos}, if that is not 0. May return early, with nothing.
     */
    void poll(long waitNanos) throws IOException;

    /** Ends the present or the next waiting poll. Any thread, until the backend is closed. */
    void wake();

    /** Gives everything back. Nothing is in flight any more, and no wake is under way. */
    @Override
    void close();
}
