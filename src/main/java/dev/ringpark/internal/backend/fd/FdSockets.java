package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.ReadinessAbi.F_DUPFD_CLOEXEC;
import static dev.ringpark.internal.os.linux.SocketAbi.*;

import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
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
    public static FdHandle open(SocketType type, @Nullable ProtocolFamily family) throws IOException {
        return open(type, family, 0);
    }

    /** The same in non-blocking mode, for backends that wait for readiness. */
    public static FdHandle openNonBlocking(SocketType type, @Nullable ProtocolFamily family) throws IOException {
        return open(type, family, SOCK_NONBLOCK);
    }

    private static FdHandle open(SocketType type, @Nullable ProtocolFamily family, int mode) throws IOException {
        int kind = (type.isDatagram() ? SOCK_DGRAM : SOCK_STREAM) | SOCK_CLOEXEC | mode;
        int domain = domain(family);
        int fd = Libc.socket(domain, kind, 0);
        if (family == null && fd < 0 && LinuxErrno.of(-fd) == Errno.EAFNOSUPPORT) {
            domain = AF_INET;
            fd = Libc.socket(domain, kind, 0);
        }
        requireOpened(fd);
        try {
            prepare(fd, domain, type);
        } catch (IOException e) {
            Libc.close(fd);
            throw e;
        }
        return new FdHandle(fd, domain, type);
    }

    private static void requireOpened(int fd) throws IOException {
        if (fd < 0) {
            throw SocketErrors.of(LinuxErrno.failure(-fd));
        }
    }

    /** Somebody else's descriptor, which stays his. */
    public static FdHandle foreign(int fd) {
        return new FdHandle(fd, AF_UNSPEC, SocketType.FOREIGN);
    }

    /** A second descriptor of the same, for queues that know each but once. */
    public static FdHandle foreignCopy(int foreign) throws IOException {
        int fd = Libc.fcntl(foreign, F_DUPFD_CLOEXEC, 0);
        requireOpened(fd);
        return new FdHandle(fd, AF_UNSPEC, SocketType.FOREIGN_COPY);
    }

    private static int domain(@Nullable ProtocolFamily family) {
        if (family == StandardProtocolFamily.UNIX) {
            return AF_UNIX;
        }
        return family == StandardProtocolFamily.INET ? AF_INET : AF_INET6;
    }

    private static void prepare(int fd, int domain, SocketType type) throws IOException {
        if (domain == AF_INET6) {
            FdOptions.setInt(fd, IPPROTO_IPV6, IPV6_V6ONLY, type == SocketType.IPV6_DATAGRAM ? 1 : 0);
        }
        if (type == SocketType.LISTENER && domain != AF_UNIX) {
            FdOptions.setInt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        }
        if (type.isDatagram()) {
            FdDatagrams.prepare(fd, domain);
        }
    }
}
