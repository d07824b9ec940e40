package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.*;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.net.StandardProtocolFamily;
import org.jspecify.annotations.Nullable;

/** Makes stream sockets. All are closed on exec, so that no child process inherits one. */
public final class FdSockets {
    private FdSockets() {}

    /**
     * A new stream socket in blocking mode: io_uring answers EAGAIN on a non-blocking one instead of waiting for it.
     *
     * @param family null for IPv6 and IPv4 in one, or IPv4 where the system has no IPv6
     */
    public static FdHandle open(@Nullable ProtocolFamily family, boolean listener) throws IOException {
        int domain = domain(family);
        int fd = Libc.socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (family == null && fd < 0 && LinuxErrno.of(-fd) == Errno.EAFNOSUPPORT) {
            domain = AF_INET;
            fd = Libc.socket(domain, SOCK_STREAM | SOCK_CLOEXEC, 0);
        }
        if (fd < 0) {
            throw SocketErrors.of(LinuxErrno.failure(-fd));
        }
        try {
            prepare(fd, domain, listener);
        } catch (IOException e) {
            Libc.close(fd);
            throw e;
        }
        return new FdHandle(fd, domain, listener);
    }

    private static int domain(@Nullable ProtocolFamily family) {
        if (family == StandardProtocolFamily.UNIX) {
            return AF_UNIX;
        }
        return family == StandardProtocolFamily.INET ? AF_INET : AF_INET6;
    }

    private static void prepare(int fd, int domain, boolean listener) throws IOException {
        if (domain == AF_INET6) {
            FdOptions.setInt(fd, IPPROTO_IPV6, IPV6_V6ONLY, 0);
        }
        if (listener && domain != AF_UNIX) {
            FdOptions.setInt(fd, SOL_SOCKET, SO_REUSEADDR, 1);
        }
    }
}
