package dev.ringpark.internal.backend.selector;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.net.BindException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.PortUnreachableException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ConnectionPendingException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;

/**
 * Names what java.nio throws. It tells the error by the exception's class and by a text: the system's own strerror(3),
 * in the language of the process, or one of the JDK's. Checked against JDK 25 on Linux.
 */
final class NioFailures {
    private NioFailures() {}

    /** Loads what names a failure: once all descriptors are taken, a class path of directories has no more classes. */
    static void load() {
        Failure failure = of(new IOException());
        assert failure.errno() == Errno.UNKNOWN;
    }

    /** What an attempt threw. */
    static Failure of(Exception thrown) {
        return thrown instanceof IOException e
                ? new Failure(errno(e), 0, e)
                : new Failure(errno((RuntimeException) thrown), 0, new IOException(thrown));
    }

    /** What a closed channel stands for; java.nio also says so of a write after shutdownOutput. */
    static Failure closed(Handle handle, boolean isChannelOpen) {
        if (!handle.isOpen()) {
            return Failure.CANCELED;
        }
        // A channel closes itself when its connect fails; from there on it is no socket any more.
        return new Failure(isChannelOpen ? Errno.EPIPE : Errno.EBADF, 0, null);
    }

    private static Errno errno(IOException e) {
        Errno told = Errno.ofText(e.getMessage());
        return told == Errno.UNKNOWN ? guess(e, String.valueOf(e.getMessage())) : told;
    }

    /** Where the text is the JDK's, another system's or another language's. */
    private static Errno guess(IOException e, String message) {
        if (message.startsWith("Connection reset")) {
            return Errno.ECONNRESET;   // what a read says; a write has "by peer" added by Linux
        }
        return switch (e) {
            case ConnectException _ -> message.contains("timed out") ? Errno.ETIMEDOUT : Errno.ECONNREFUSED;
            case PortUnreachableException _ -> Errno.ECONNREFUSED;
            case NoRouteToHostException _ -> Errno.EHOSTUNREACH;
            case BindException _ -> Errno.EADDRNOTAVAIL;   // in a connect, for want of local ports
            default -> Errno.UNKNOWN;
        };
    }

    /** The rest has to do with memory: a closed arena, or one confined to another thread. */
    private static Errno errno(RuntimeException e) {
        return switch (e) {
            case NotYetConnectedException _ -> Errno.ENOTCONN;
            case AlreadyConnectedException _ -> Errno.EISCONN;
            case ConnectionPendingException _ -> Errno.EALREADY;
            case NotYetBoundException _ -> Errno.EINVAL;
            case UnresolvedAddressException _ -> Errno.EDESTADDRREQ;
            case UnsupportedAddressTypeException _ -> Errno.EAFNOSUPPORT;
            default -> Errno.EFAULT;
        };
    }
}
