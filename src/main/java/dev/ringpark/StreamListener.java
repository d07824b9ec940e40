package dev.ringpark;

import static dev.ringpark.internal.op.Handle.READING;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketOption;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.NotYetBoundException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A socket that accepts connections. {@link #accept} parks the virtual thread that waits in it, or blocks a platform
 * thread. Safe for any number of threads: several may wait, and each connection goes to exactly one of them.
 * Interruption and closing end a waiting accept as they end a read of {@link StreamSocket}; an accept that times out
 * leaves the listener open. One that is forgotten without being closed is closed after garbage collection.
 */
public abstract sealed class StreamListener extends LoopSocket permits TcpListener, UnixListener {
    /** The backlog used where none is given; the system may allow fewer (on Linux net.core.somaxconn). */
    public static final int DEFAULT_BACKLOG = 4096;

    private static final String ACCEPT_TIMED_OUT = "Accept timed out";

    private volatile boolean bound;
    private volatile long acceptTimeoutNanos;

    StreamListener(CarrierLoop loop, Handle handle) throws IOException {
        super(loop, handle);
    }

    /**
     * Binds and listens with {@link #DEFAULT_BACKLOG}. Does not block. A listener that is refused the address stays
     * open; one that gets it and may not listen there is closed, as it could not be bound again.
     *
     * @param local the address; null for one of the system's choice
     * @throws java.net.BindException if the address cannot be had
     * @throws AlreadyBoundException if the listener is bound
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    @Override
    public abstract StreamListener bind(@Nullable SocketAddress local) throws IOException;

    /**
     * Binds and listens. Does not block. A listener that is refused the address stays open; one that gets it and may
     * not listen there is closed, as it could not be bound again.
     *
     * @param local the address; null for one of the system's choice
     * @param backlog connections the system keeps for {@link #accept} at most; 0 or less for the default
     * @throws java.net.BindException if the address cannot be had
     * @throws AlreadyBoundException if the listener is bound
     * @throws java.nio.channels.ClosedChannelException if it is closed
     */
    public abstract StreamListener bind(@Nullable SocketAddress local, int backlog) throws IOException;

    /** What {@link #bind(SocketAddress, int)} does once it knows the address. */
    final void listen(SocketAddress local, int backlog) throws IOException {
        try {
            plain(open -> {
                if (open.localAddress() != null) {
                    throw new AlreadyBoundException();
                }
                open.requireNameable(local);
                open.bind(local, backlog <= 0 ? DEFAULT_BACKLOG : backlog);
                return null;
            });
        } catch (IOException e) {
            if (!isOpen()) {
                closeAfter(e);
            }
            throw e;
        }
        bound = true;
    }

    /**
     * Waits for a connection, at most the default timeout.
     *
     * @throws NotYetBoundException if the listener is not bound
     * @throws java.net.SocketTimeoutException "Accept timed out"
     * @throws java.net.SocketException "Too many open files": the connection stays in the backlog and can be accepted
     *     once descriptors are free. Wait for that before the next call.
     * @throws IOException if the listener is closed before or meanwhile, or the thread is interrupted
     */
    public abstract StreamSocket accept() throws IOException;

    /**
     * Waits for a connection, {@code timeout} at most.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} for as long as it takes
     * @throws NotYetBoundException if the listener is not bound
     * @throws java.net.SocketTimeoutException "Accept timed out"
     * @throws java.net.SocketException "Too many open files": the connection stays in the backlog and can be accepted
     *     once descriptors are free. Wait for that before the next call.
     * @throws IOException if the listener is closed before or meanwhile, or the thread is interrupted
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public abstract StreamSocket accept(Duration timeout) throws IOException;

    /** A connection; it belongs to no loop yet. */
    final Handle awaitConnection(long deadlineNanos) throws IOException {
        Operation operation = enter(READING, deadlineNanos, ACCEPT_TIMED_OUT);
        try {
            if (!bound) {
                throw new NotYetBoundException();
            }
            operation.beginAccept(deadlineNanos);
            return awaitAccepted(operation, ACCEPT_TIMED_OUT);
        } finally {
            exit(READING);
        }
    }

    /** The moment an accept that starts now has to end by, if it has no timeout of its own. */
    final long acceptDeadline() {
        return Timeouts.deadline(acceptTimeoutNanos);
    }

    /**
     * Sets the time an accept without one of its own waits at most; one that waits already keeps its own.
     *
     * @param timeout {@link Duration#ZERO}, the default, for no limit
     * @throws IllegalArgumentException if {@code timeout} is negative
     */
    public StreamListener setAcceptTimeout(Duration timeout) {
        acceptTimeoutNanos = Timeouts.checked(timeout);
        return this;
    }

    /** The time an accept without one of its own waits at most; {@link Duration#ZERO} for no limit. */
    public Duration getAcceptTimeout() {
        return Duration.ofNanos(acceptTimeoutNanos);
    }

    @Override
    public <T> StreamListener setOption(SocketOption<T> option, T value) throws IOException {
        set(option, value);
        return this;
    }

    /**
     * Closes the listener: accepts that wait on it end with an exception, and when they have, its descriptor is given
     * back, and connecting to it is refused. Returns then, within milliseconds unless a thread of the loop computes
     * meanwhile. Not interruptible. The second time nothing happens.
     */
    @Override
    public void close() throws IOException {
        super.close();
    }
}
