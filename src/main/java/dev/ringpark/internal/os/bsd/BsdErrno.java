package dev.ringpark.internal.os.bsd;

import dev.ringpark.internal.os.Errno;

/** The error numbers that macOS and FreeBSD share: sys/errno.h of both. */
final class BsdErrno {
    private BsdErrno() {}

    static Errno of(int number) {
        return number < 35 ? ofOld(number) : ofSockets(number);
    }

    /** Those that Unix has had from the start, on Linux with the same numbers. */
    private static Errno ofOld(int number) {
        return switch (number) {
            case 1 -> Errno.EPERM;
            case 2 -> Errno.ENOENT;
            case 4 -> Errno.EINTR;
            case 5 -> Errno.EIO;
            case 6 -> Errno.ENXIO;
            case 9 -> Errno.EBADF;
            case 12 -> Errno.ENOMEM;
            case 13 -> Errno.EACCES;
            case 14 -> Errno.EFAULT;
            case 16 -> Errno.EBUSY;
            case 17 -> Errno.EEXIST;
            case 18 -> Errno.EXDEV;
            case 20 -> Errno.ENOTDIR;
            case 21 -> Errno.EISDIR;
            case BsdAbi.EINVAL -> Errno.EINVAL;
            case 23 -> Errno.ENFILE;
            case 24 -> Errno.EMFILE;
            case 27 -> Errno.EFBIG;
            case 28 -> Errno.ENOSPC;
            case 29 -> Errno.ESPIPE;
            case 30 -> Errno.EROFS;
            case BsdAbi.EPIPE -> Errno.EPIPE;
            default -> Errno.UNKNOWN;
        };
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
            case BsdAbi.EAFNOSUPPORT -> Errno.EAFNOSUPPORT;
            case 48 -> Errno.EADDRINUSE;
            case 49 -> Errno.EADDRNOTAVAIL;
            case 50 -> Errno.ENETDOWN;
            case 51 -> Errno.ENETUNREACH;
            case 53 -> Errno.ECONNABORTED;
            case 54 -> Errno.ECONNRESET;
            case 55 -> Errno.ENOBUFS;
            case 56 -> Errno.EISCONN;
            case 57 -> Errno.ENOTCONN;
            case 60 -> Errno.ETIMEDOUT;
            case 61 -> Errno.ECONNREFUSED;
            case 62 -> Errno.ELOOP;
            case 63 -> Errno.ENAMETOOLONG;
            case 64 -> Errno.EHOSTDOWN;
            case 65 -> Errno.EHOSTUNREACH;
            case 66 -> Errno.ENOTEMPTY;
            case 69 -> Errno.EDQUOT;
            case 78 -> Errno.ENOSYS;
            default -> Errno.UNKNOWN;
        };
    }
}
