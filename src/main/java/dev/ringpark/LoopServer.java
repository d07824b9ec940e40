package dev.ringpark;

import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Failure;
import java.io.Closeable;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What {@link LoopGroup#serve(java.net.SocketAddress, Handler)} has started: accepts connections and has each handled
 * on a virtual thread of the loop it belongs to. Where the system has no room for a connection, it waits a moment and
 * goes on. Every method may be called from any thread.
 */
public final class LoopServer implements AutoCloseable {
    /** What is done with a connection. */
    @FunctionalInterface
    public interface Handler {
        /**
         * Talks to one client. Runs on a virtual thread of the socket's loop, one for each connection; the socket is
         * closed when it returns or throws.
         *
         * @throws Exception to end the connection; an {@link IOException}, which is mostly the client's doing, is told
         *     to the log at level DEBUG, any other exception to the thread's handler of uncaught exceptions
         */
        void handle(TcpSocket socket) throws Exception;
    }

    private static final long PAUSE_MILLIS = 50;   // when out of descriptors: no spin, and soon back
    private static final long MOMENT_NANOS = 1_000_000_000;   // for closes, which take far less if nobody holds them up

    private final List<TcpListener> listeners;
    private final @Nullable Supplier<CarrierLoop> dealer;   // none if each loop keeps what it accepts
    private final Handler handler;
    private final InetSocketAddress address;
    private final Clients clients;
    private volatile boolean cutsOff;   // whom it has not begun to handle

    private LoopServer(List<TcpListener> listeners, @Nullable Supplier<CarrierLoop> dealer, Handler handler)
            throws IOException {
        this.listeners = listeners;
        this.dealer = dealer;
        this.handler = handler;
        this.address = (InetSocketAddress) Objects.requireNonNull(listeners.getFirst().getLocalAddress());
        this.clients = new Clients(listeners.size());
    }

    /** Accepts on each of {@code loops}. */
    static LoopServer onEvery(List<CarrierLoop> loops, InetSocketAddress local, Handler handler) throws IOException {
        return started(SharedPort.listen(loops, local), null, handler);
    }

    /** Accepts on {@code loop}; {@code dealer} tells, for each connection, whose it is to be. */
    static LoopServer onOne(CarrierLoop loop, Supplier<CarrierLoop> dealer, InetSocketAddress local, Handler handler)
            throws IOException {
        return started(List.of(TcpListener.bind(loop, local)), dealer, handler);
    }

    private static LoopServer started(List<TcpListener> listeners, @Nullable Supplier<CarrierLoop> dealer,
            Handler handler) throws IOException {
        try {
            LoopServer server = new LoopServer(listeners, dealer, handler);
            listeners.forEach(each -> each.loop().startVirtualThread(() -> server.acceptAll(each)));
            return server;
        } catch (Throwable e) {
            listeners.forEach(each -> each.closeAfter(e));
            throw e;
        }
    }

    // ---- acceptors ----

    /** Whatever ends this closes the listener, so that clients are refused rather than left waiting. */
    private void acceptAll(TcpListener listener) {
        boolean hadRoom = true;
        try (listener) {
            while (listener.isOpen()) {
                hadRoom = acceptNext(listener, hadRoom);
            }
        } catch (IOException e) {
            Log.say(Level.WARNING, "accepting on " + address + " ended", e);
        } catch (InterruptedException nobodyMeansUs) {
            Thread.currentThread().interrupt();
        } finally {
            clients.acceptorEnded();
        }
    }

    /** Whether the system had room for a connection; the first time in a row that it had none is told to the log. */
    private boolean acceptNext(TcpListener listener, boolean hadRoom) throws IOException, InterruptedException {
        try {
            begin(dealer == null ? listener.accept() : listener.acceptFor(dealer));
        } catch (SocketException e) {
            if (hadRoom) {
                Log.say(Level.WARNING, address + " cannot accept: " + OpenFiles.withCure(e.getMessage()), null);
            }
            Thread.sleep(PAUSE_MILLIS);
            return false;
        } catch (ClosedChannelException closed) {
            // The listener, and that is the end; or the loop that was to have the connection, which has gone with it.
        }
        return true;
    }

    private void begin(TcpSocket socket) {
        clients.add(socket);
        try {
            socket.loop().startVirtualThread(() -> handle(socket));
        } catch (IllegalStateException loopClosed) {
            assert !socket.loop().isOpen();   // and its sockets with it
            clients.remove(socket);
        } catch (Throwable noThreadToBeHad) {
            clients.remove(socket);
            socket.closeAfter(noThreadToBeHad);
            throw noThreadToBeHad;
        }
    }

    private void handle(TcpSocket socket) {
        try (socket) {
            if (!cutsOff) {
                handler.handle(socket);
            }
        } catch (IOException e) {
            Log.say(Level.DEBUG, "a connection ended", e);
        } catch (Exception e) {
            Threads.report(e);
        } finally {
            clients.remove(socket);
        }
    }

    // ---- for its owner ----

    /** Where it listens. */
    public InetSocketAddress getLocalAddress() {
        return address;
    }

    /** How it accepts. */
    public Accepting accepting() {
        return dealer == null ? Accepting.ON_EVERY_LOOP : Accepting.ON_ONE_LOOP;
    }

    /** Whether it still accepts connections. */
    public boolean isOpen() {
        return listeners.stream().anyMatch(TcpListener::isOpen);
    }

    /**
     * Waits until it accepts no more, because it was closed, or its loops were.
     *
     * @throws InterruptedException if the thread is interrupted before or meanwhile; the server goes on
     */
    public void awaitEnd() throws InterruptedException {
        clients.awaitAcceptors();
    }

    /**
     * Stops accepting, within milliseconds unless a thread of a loop computes meanwhile. Connections that have been
     * accepted go on; the port is free when this returns. Not interruptible; the second time nothing happens.
     *
     * @throws IOException if a listener did not close cleanly; the others are closed all the same
     */
    @Override
    public void close() throws IOException {
        closeAll(listeners);
    }

    /**
     * Ends gracefully: stops accepting as {@link #close()} does, waits {@code timeout} at most for the handlers, and
     * closes the connections of those that are not done then. Their waiting calls end with
     * {@link java.nio.channels.AsynchronousCloseException}; handlers that compute are not waited for any longer: what a
     * loop that one of them holds up has to close, it closes in its next turn. An interrupt ends the patience, too, and
     * the status stays set. The loops stay open. A handler that calls this waits for itself as well.
     *
     * @param timeout how long to wait for handlers at most; {@link Duration#ZERO} to close their connections at once
     * @return how many handlers were not done
     * @throws IOException if a listener or a connection did not close cleanly; the others are closed all the same
     * @throws IllegalArgumentException if {@code timeout} is negative; the server goes on then
     */
    public int close(Duration timeout) throws IOException {
        long deadlineNanos = Timeouts.patience(timeout);
        try {
            closeAll(listeners, deadlineNanos);
        } catch (Throwable e) {
            try {
                cutOff(deadlineNanos);
            } catch (IOException again) {
                e.addSuppressed(again);
            }
            throw e;
        }
        return cutOff(deadlineNanos);
    }

    /** Those who are not done by then; how many. */
    private int cutOff(long deadlineNanos) throws IOException {
        clients.awaitEnd(deadlineNanos);
        cutsOff = true;
        List<TcpSocket> rest = clients.sockets();
        closeAll(rest, deadlineNanos);
        return rest.size();
    }

    /**
     * Asks for all closes at once; waits for them until {@code deadlineNanos}, or an interrupt, and a moment longer at
     * least.
     */
    private static void closeAll(List<? extends LoopChannel> channels, long deadlineNanos) throws IOException {
        List<Operation> closes = channels.stream().flatMap(each -> each.askClose().stream()).toList();
        if (closes.isEmpty()) {
            return;
        }
        Parking parking = channels.getFirst().loop().parking();   // of any of them: what is waited for wakes nobody
        boolean interrupted = Thread.interrupted();   // or it would not wait
        try {
            long momentNanos = Moment.after(MOMENT_NANOS);
            long lastNanos = interrupted ? momentNanos : later(deadlineNanos, momentNanos);
            for (Operation close : closes) {
                while (!close.isDone() && (lastNanos == Moment.NONE || lastNanos - System.nanoTime() > 0)) {
                    parking.parkUntil(lastNanos);
                    if (Thread.interrupted()) {
                        interrupted = true;
                        lastNanos = momentNanos;
                    }
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
        requireClean(closes);
    }

    private static long later(long deadlineNanos, long otherNanos) {
        return deadlineNanos == Moment.NONE || deadlineNanos - otherNanos > 0 ? deadlineNanos : otherNanos;
    }

    private static void requireClean(List<Operation> closes) throws IOException {
        for (Operation close : closes) {
            Failure failure = close.isDone() ? close.failure() : null;
            IOException reason = failure == null ? null : close.handle().closeFailed(failure);
            if (reason != null) {
                throw reason;
            }
        }
    }

    private static void closeAll(List<? extends Closeable> channels) throws IOException {
        IOException failure = null;
        for (Closeable each : channels) {
            try {
                each.close();
            } catch (IOException e) {
                if (failure != null) {
                    e.addSuppressed(failure);
                }
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    @Override
    public String toString() {
        return "LoopServer[" + address + ", " + accepting() + (isOpen() ? "]" : ", closed]");
    }
}
