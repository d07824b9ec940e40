package dev.ringpark.internal.backend.selector;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketErrors;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.SelectableChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import org.jspecify.annotations.Nullable;

/** What plain calls on a channel have in common: their failures are named as those of operations are. */
final class PlainCalls {
    private PlainCalls() {}

    /**
     * As bind(2) has it, and listen(2) for a listener.
     *
     * @param boundButDeaf is called if only to listen has failed
     */
    static NetworkChannel bind(NetworkChannel channel, SocketAddress local, int backlog, Runnable boundButDeaf)
            throws IOException {
        try {
            return channel instanceof ServerSocketChannel listener
                    ? bindAndListen(listener, local, backlog, boundButDeaf)
                    : channel.bind(local);
        } catch (AlreadyBoundException e) {
            throw SocketErrors.of(new Failure(Errno.EINVAL, 0, null));
        }
    }

    /** java.nio does both in one, and does not say which of them failed: the system does, when it is asked again. */
    private static ServerSocketChannel bindAndListen(ServerSocketChannel listener, SocketAddress local, int backlog,
            Runnable boundButDeaf) throws IOException {
        try {
            return listener.bind(local, backlog);
        } catch (SocketException failed) {
            try {
                return listener.bind(local, backlog);
            } catch (SocketException again) {
                if (Errno.ofText(again.getMessage()) == Errno.EINVAL) {   // bind(2): it is bound already
                    boundButDeaf.run();
                }
                throw failed;
            }
        }
    }

    /** A listener has none. */
    static @Nullable SocketAddress remoteAddress(SelectableChannel channel) throws IOException {
        return switch (channel) {
            case DatagramChannel datagrams -> datagrams.getRemoteAddress();
            case SocketChannel stream -> stream.getRemoteAddress();
            default -> null;
        };
    }

    /** A transfer on {@code channel}, which is {@code handle}'s, and never waits. */
    static int transfer(Handle handle, SelectableChannel channel, PlainGate gate, PlainGate.Call<Integer> call)
            throws IOException {
        try {
            return gate.alone(call);
        } catch (ClosedByInterruptException e) {
            throw e;
        } catch (ClosedChannelException e) {
            throw handle.isOpen() ? named(NioFailures.closed(handle, channel.isOpen()), channel) : e;
        } catch (IOException | RuntimeException e) {
            Failure failure = NioFailures.of(e);
            if (failure.errno() == Errno.EFAULT && e instanceof RuntimeException memory) {
                throw memory;   // of an arena that is closed, or another thread's
            }
            handle.noteFailure(failure);
            throw named(failure, channel);
        }
    }

    /** The stream {@code channel} is; a listener has none. */
    static SocketChannel stream(SelectableChannel channel) throws IOException {
        if (channel instanceof SocketChannel stream) {
            return stream;
        }
        throw SocketErrors.of(new Failure(Errno.ENOTCONN, 0, null));
    }

    private static IOException named(Failure failure, SelectableChannel channel) {
        return channel instanceof SocketChannel ? SocketErrors.of(failure) : SocketErrors.ofDatagram(failure);
    }
}
