package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import java.io.IOException;
import java.net.BindException;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;

/**
 * A stream socket or a listener of a {@link Dispatcher}, which has the operations; what is done at once is here.
 * Requests of one side (to read and to accept; to write, to connect and to shut down) are done one after the other, in
 * the order they came; the two sides do not wait for each other. Belongs to the dispatcher's thread.
 */
public final class SocketHandle extends SocketEndpoint {
    private final boolean isUnix;

    SocketHandle(CallbackLoop loop, Handle handle, boolean isUnix) {
        super(loop, handle, accepted -> new SocketHandle(loop, accepted, isUnix));
        this.isUnix = isUnix;
    }

    /** {@code address}, if it is of the kind that this socket has. */
    SocketAddress checked(SocketAddress address) {
        if (!isUnix) {
            return Addresses.checked(address, handle());
        }
        if (!(address instanceof UnixDomainSocketAddress)) {
            throw new UnsupportedAddressTypeException();
        }
        return address;
    }

    /**
     * bind(2), and for a listener listen(2). Does not block.
     *
     * @param local where; port 0 lets the system choose one
     * @param backlog how many connections may wait to be accepted; of no meaning for a socket that does not listen
     * @throws BindException if the address is in use, or not this machine's, or not allowed; if a path is empty
     * @throws java.net.SocketException if a path is too long for the system, or leads nowhere
     * @throws java.nio.channels.UnresolvedAddressException if {@code local} is a name that has not been looked up
     * @throws UnsupportedAddressTypeException if the socket has no addresses of its kind
     * @throws ClosedChannelException if the socket is closed
     */
    public void bind(SocketAddress local, int backlog) throws IOException {
        Objects.requireNonNull(local, "local");
        Handle usable = usable();
        SocketAddress address = checked(local);
        if (isUnix && address.toString().isEmpty()) {   // for Linux: a name of its choice, open to everybody
            throw new BindException("a socket cannot be bound to the empty path");
        }
        usable.requireNameable(address);
        usable.bind(address, backlog);
    }

    /**
     * recv(2) that does not wait: what has come already, into {@code buffer}, whose position moves.
     *
     * @return how many bytes; 0 if there are none, or a receive is pending, which comes first; -1 at the end of the
     *     stream
     * @throws IllegalArgumentException if the buffer is read-only
     * @throws IllegalStateException if its arena is closed; to close one meanwhile is refused, as it is in use
     * @throws WrongThreadException if its arena is another thread's
     */
    public int tryReceive(ByteBuffer buffer) throws IOException {
        KernelMemory.requireWritable(buffer);
        Handle usable = usable();
        if (isBusy(Handle.READING) || !buffer.hasRemaining()) {
            return 0;
        }
        int count = usable.readNow(buffer);
        if (count < 0) {
            usable.requireNotLost();
        }
        return count;
    }

    /**
     * send(2) that does not wait: what there is room for of {@code buffer}, whose position moves.
     *
     * @return how many bytes; 0 if there is no room, or a send is pending, which comes first
     * @throws IllegalStateException if the buffer's arena is closed; to close one meanwhile is refused, as it is in use
     * @throws WrongThreadException if its arena is another thread's
     */
    public int trySend(ByteBuffer buffer) throws IOException {
        Handle usable = usable();
        return isBusy(Handle.WRITING) || !buffer.hasRemaining() ? 0 : usable.writeNow(buffer);
    }

    /** shutdown(2) of the reading side: receives end with the end of the stream, unless a reset has come before. */
    public void shutdownInput() throws IOException {
        Handle usable = usable();
        usable.shutdownInput();
        usable.noteInputShut();
    }

    /**
     * shutdown(2) of the writing side, at once: the peer reads the end of the stream after all that was sent. A send
     * under way ends, and those that wait for their turn fail; {@link Dispatcher#shutdown} waits for them.
     */
    public void shutdownOutput() throws IOException {
        usable().shutdownOutput();
        cancelWrite(CancelReason.SHUTDOWN);
    }
}
