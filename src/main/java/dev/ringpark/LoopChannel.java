package dev.ringpark;

import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.StackRoom;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketErrors;
import java.io.IOException;
import java.lang.ref.Reference;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the sockets of a loop have in common, and descriptors of others: a blocking call checks, takes its side's turn,
 * submits and parks, gives the turn on, and says in Java's exceptions how it ended; a plain call does not block.
 *
 * <p>Every frame between a blocking call and the park is kept by each parked thread, so there are few.
 */
abstract sealed class LoopChannel implements Channel permits LoopSocket, ForeignDescriptor {
    private static final InetSocketAddress NOBODY = new InetSocketAddress(0);

    private final CarrierLoop loop;
    private final Handle handle;
    private final OpenSockets.Entry entry;

    /** A channel on {@code handle}; a loop that has been closed meanwhile refuses it, and closes the handle. */
    LoopChannel(CarrierLoop loop, Handle handle) throws IOException {
        this.loop = loop;
        this.handle = handle;
        this.entry = loop.sockets().add(this, handle);
    }

    /** The loop whose socket this is. */
    public CarrierLoop loop() {
        return loop;
    }

    // ---- blocking ----

    final Handle handle() {
        return handle;
    }

    /** Takes the turn of {@code side}; {@link #exit} has to follow. */
    final Operation enter(int side, long deadlineNanos, String timeoutMessage) throws IOException {
        requireNotInterrupted();
        Descriptor.Entry outcome = deadlineNanos == Moment.OVER
                ? refusal()
                : handle.enter(side, deadlineNanos, loop.parking());
        return switch (outcome) {
            case ENTERED -> operation(side);
            case NOT_OPEN -> throw new ClosedChannelException();
            case CLOSED_WHILE_WAITING -> throw new AsynchronousCloseException();
            case INTERRUPTED -> throw closedByInterrupt();
            case TIMED_OUT -> throw new SocketTimeoutException(timeoutMessage);
        };
    }

    /** Takes the turn of {@code side} if it is free; then {@link #exit} has to follow. */
    final boolean enterIfFree(int side) throws IOException {
        StackRoom.requireSome();   // for the plain call that follows, and to give the turn on
        requireNotInterrupted();
        requireOpen();
        if (!handle.enterIfFree(side)) {
            return false;
        }
        operation(side);   // gives the turn back if the last call left it in its middle
        return true;
    }

    private Descriptor.Entry refusal() {
        return handle.isOpen() ? Descriptor.Entry.TIMED_OUT : Descriptor.Entry.NOT_OPEN;
    }

    /** The operation of the turn just taken, unless a thread before left it in the middle of a call. */
    private Operation operation(int side) throws IOException {
        try {
            Operation operation = handle.operation(side);
            if (operation.isIdle()) {
                return operation;
            }
            handle.startClosing();
            throw new SocketException("A call before this one ran out of stack or memory: close the socket");
        } catch (Throwable e) {
            exit(side);
            throw e;
        }
    }

    /** Gives the turn on. Until here the caller has the socket, whatever the compiler thinks of its last use. */
    final void exit(int side) {
        try {
            handle.exit(side);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Runs a transfer or a connect that has been begun; afterwards the operation is free for its next use. */
    final int await(Operation operation, String timeoutMessage) throws IOException {
        loop.parking().submitAndPark(operation);
        int result = operation.result();
        finish(operation, timeoutMessage);
        return result;
    }

    /** Runs an accept that has been begun; the connection is not registered with a loop yet. */
    final Handle awaitAccepted(Operation operation, String timeoutMessage) throws IOException {
        loop.parking().submitAndPark(operation);
        Handle accepted = operation.failure() == null ? (Handle) operation.accepted() : handle;
        finish(operation, timeoutMessage);
        return accepted;
    }

    /** Runs a receive that has been begun, into {@code room} bytes, and that wants to know who the sender was. */
    final Datagram awaitDatagram(Operation operation, int room, String timeoutMessage) throws IOException {
        loop.parking().submitAndPark(operation);
        int length = operation.result();
        SocketAddress sender = operation.failure() == null ? operation.peer() : NOBODY;
        finish(operation, timeoutMessage);
        return new Datagram((InetSocketAddress) sender, Math.min(length, room), length);
    }

    /** Frees an operation that is done for its next use; throws if it failed. */
    private void finish(Operation operation, String timeoutMessage) throws IOException {
        Failure failure = operation.failure();
        CancelReason reason = operation.cancelReason();
        operation.reset();
        if (failure != null) {
            throw exception(failure, reason, timeoutMessage);
        }
    }

    private IOException exception(Failure failure, CancelReason reason, String timeoutMessage) {
        if (failure != Failure.CANCELED) {
            return named(failure);
        }
        return reason == CancelReason.INTERRUPT ? closedByInterrupt() : canceled(reason, timeoutMessage);
    }

    /** What the platform reported, as an exception of this kind of socket. */
    IOException named(Failure failure) {
        return SocketErrors.of(failure);
    }

    private static IOException canceled(CancelReason reason, String timeoutMessage) {
        return switch (reason) {
            case TIMEOUT -> new SocketTimeoutException(timeoutMessage);
            case CLOSE -> new AsynchronousCloseException();
            case SHUTDOWN -> new SocketException(Errno.EPIPE.text());
            case NONE, INTERRUPT, REQUEST ->
                    new SocketException("the platform cancelled an operation nobody asked it to");
        };
    }

    // Loads the classes a failure needs while there are descriptors: a class path of folders opens a file for each.
    static {
        for (CancelReason reason : CancelReason.values()) {
            canceled(reason, "");
        }
        SocketErrors.of(new Failure(Errno.EMFILE, 0, null));
    }

    final void requireOpen() throws IOException {
        if (!handle.isOpen()) {
            throw new ClosedChannelException();
        }
    }

    private void requireNotInterrupted() throws IOException {
        if (Thread.currentThread().isInterrupted()) {
            throw handle.isOpen() ? closedByInterrupt() : new ClosedChannelException();
        }
    }

    private IOException closedByInterrupt() {
        ClosedByInterruptException interrupted = new ClosedByInterruptException();
        try {
            close();
        } catch (IOException e) {
            interrupted.addSuppressed(e);
        }
        return interrupted;
    }

    // ---- not blocking ----

    final <T extends @Nullable Object> T plain(LoopDoor.Plain<Handle, T> action) throws IOException {
        try {
            return loop.door().plain(handle, action);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** A transfer that does not wait. An interrupt that meets a channel of the JDK's closes that. */
    final int attempt(LoopDoor.Plain<Handle, Integer> call) throws IOException {
        try {
            return plain(call);
        } catch (ClosedByInterruptException e) {
            closeAfter(e);
            throw e;
        }
    }

    @Override
    public boolean isOpen() {
        return handle.isOpen();
    }

    @Override
    public void close() throws IOException {
        try {
            loop.sockets().close(entry);
        } finally {
            Reference.reachabilityFence(this);   // closed by us, and not found lost a moment before
        }
    }

    /** Asks for the close, which somebody may hold the loop up with; the operation that does it, if it is not done. */
    final List<Operation> askClose() {
        try {
            return loop.sockets().askClose(entry);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    @Override
    public String toString() {
        return getClass().getSimpleName() + "[" + handle + (isOpen() ? "]" : ", closed]");
    }

    /** Closes what could not be used; {@code failure} is what its owner hears of. */
    final void closeAfter(Throwable failure) {
        try {
            close();
        } catch (IOException e) {
            failure.addSuppressed(e);
        }
    }
}
