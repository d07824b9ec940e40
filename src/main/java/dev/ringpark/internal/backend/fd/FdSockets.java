package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.*;

import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.SocketErrors;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import org.jspecify.annotations.Nullable;

/** Makes sockets. All are closed on exec, so that no child process inherits one. */
public final class FdSockets {
    private FdSockets() {}

    /**
     * A new socket in blocking mode: io_uring answers EAGAIN on a non-blocking one instead of waiting for it.
     *
     * @param family null for IPv6 and IPv4 in one, or IPv4 where the system has no IPv6
     */
    public static FdHandle open(SocketCalls calls, SocketType type, @Nullable ProtocolFamily family)
            throws IOException {
        return open(calls, type, family, true);
    }

    /** The same in non-blocking mode, for backends that wait for readiness. */
    public static FdHandle openNonBlocking(SocketCalls calls, SocketType type, @Nullable ProtocolFamily family)
            throws IOException {
        return open(calls, type, family, false);
    }

    private static FdHandle open(SocketCalls calls, SocketType type, @Nullable ProtocolFamily family,
            boolean isBlocking) throws IOException {
        int kind = type.isDatagram() ? SOCK_DGRAM : SOCK_STREAM;
        int domain = domain(family);
        int fd = calls.socket(domain, kind, isBlocking);
        if (family == null && fd < 0 && calls.errno(-fd) == Errno.EAFNOSUPPORT) {
            domain = AF_INET;
            fd = calls.socket(domain, kind, isBlocking);
        }
        requireOpened(calls, fd);
        try {
            prepare(calls, fd, domain, type);
        } catch (Throwable e) {
            calls.close(fd);
            throw e;
        }
        return new FdHandle(calls, fd, domain, type);
    }

    private static void requireOpened(SocketCalls calls, int fd) throws IOException {
        if (fd < 0) {
            throw SocketErrors.of(calls.failure(-fd));
        }
    }

    /** Somebody else's descriptor, which stays his. */
    public static FdHandle foreign(SocketCalls calls, int fd) {
        return new FdHandle(calls, fd, AF_UNSPEC, SocketType.FOREIGN);
    }

    /** A second descriptor of the same, for queues that know each but once. */
    public static FdHandle foreignCopy(SocketCalls calls, int foreign) throws IOException {
        int fd = calls.duplicate(foreign);
        requireOpened(calls, fd);
        return new FdHandle(calls, fd, AF_UNSPEC, SocketType.FOREIGN_COPY);
    }

    private static int domain(@Nullable ProtocolFamily family) {
        if (family == StandardProtocolFamily.UNIX) {
            return AF_UNIX;
        }
        return family == StandardProtocolFamily.INET ? AF_INET : AF_INET6;
    }

    private static void prepare(SocketCalls calls, int fd, int domain, SocketType type) throws IOException {
        if (domain == AF_INET6) {
            FdOptions.setInt(calls, fd, IPPROTO_IPV6, IPV6_V6ONLY, type == SocketType.IPV6_DATAGRAM ? 1 : 0);
        }
        if (type == SocketType.LISTENER && domain != AF_UNIX) {
            FdOptions.setInt(calls, fd, SOL_SOCKET, SO_REUSEADDR, 1);
        }
        if (type.isDatagram()) {
            FdDatagrams.prepare(calls, fd, domain);
        }
    }
}
