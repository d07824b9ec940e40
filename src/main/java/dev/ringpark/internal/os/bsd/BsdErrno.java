package dev.ringpark.internal.os.bsd;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.linux.LinuxErrno;

/** The error numbers that macOS and FreeBSD share: sys/errno.h of both. */
final class BsdErrno {
    private BsdErrno() {}

    /** Those below 35 Unix has had from the start: they are Linux's, but for 11, which is EDEADLK here. */
    static Errno of(int number) {
        if (number < 35) {
            return number == 11 ? Errno.EDEADLK : LinuxErrno.of(number);
        }
        return ofSockets(number);
    }

    private static Errno ofSockets(int number) {
        return switch (number) {
            case 35 -> Errno.EAGAIN;
            case 36 -> Errno.EINPROGRESS;
            case 37 -> Errno.EALREADY;
            case 38 -> Errno.ENOTSOCK;
            case 39 -> Errno.EDESTADDRREQ;
            case 40 -> Errno.EMSGSIZE;
            case 41 -> Errno.EPROTOTYPE;
            case BsdAbi.ENOPROTOOPT -> Errno.ENOPROTOOPT;
            case 43 -> Errno.EPROTONOSUPPORT;
            case 45 -> Errno.EOPNOTSUPP;   // ENOTSUP, which macOS keeps apart
            case BsdAbi.EAFNOSUPPORT -> Errno.EAFNOSUPPORT;
            case 48 -> Errno.EADDRINUSE;
            case BsdAbi.EADDRNOTAVAIL -> Errno.EADDRNOTAVAIL;
            case 50 -> Errno.ENETDOWN;
            case 51 -> Errno.ENETUNREACH;
            case 52 -> Errno.ENETRESET;
            case BsdAbi.ECONNABORTED -> Errno.ECONNABORTED;
            case 54 -> Errno.ECONNRESET;
            case 55 -> Errno.ENOBUFS;
            case 56 -> Errno.EISCONN;
            case 57 -> Errno.ENOTCONN;
            case 58 -> Errno.ESHUTDOWN;
            case 60 -> Errno.ETIMEDOUT;
            case 61 -> Errno.ECONNREFUSED;
            case 62 -> Errno.ELOOP;
            case 63 -> Errno.ENAMETOOLONG;
            case 64 -> Errno.EHOSTDOWN;
            case 65 -> Errno.EHOSTUNREACH;
            case 66 -> Errno.ENOTEMPTY;
            case 69 -> Errno.EDQUOT;
            case 77 -> Errno.ENOLCK;
            case 78 -> Errno.ENOSYS;
            case 84 -> Errno.EOVERFLOW;
            default -> Errno.UNKNOWN;
        };
    }
}
