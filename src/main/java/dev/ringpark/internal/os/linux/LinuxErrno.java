package dev.ringpark.internal.os.linux;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;

/** Linux error numbers by name: asm-generic/errno-base.h and asm-generic/errno.h (x86-64, arm64, riscv64 alike). */
public final class LinuxErrno {
    public static final int ENOENT = 2;
    public static final int EINTR = 4;
    public static final int ENXIO = 6;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EBUSY = 16;
    public static final int EINVAL = 22;
    public static final int ETIME = 62;
    public static final int ECONNABORTED = 103;
    public static final int ENOBUFS = 105;
    public static final int EALREADY = 114;
    public static final int ECANCELED = 125;

    private LinuxErrno() {}

    /**
     * Whether a call was interrupted: EINTR, or one of the kernel's own ERESTART… (include/linux/errno.h, 512 to 516),
     * which a program never sees from a system call, but io_uring passes on from an open.
     */
    public static boolean isInterruption(int number) {
        return number == EINTR || (number >= 512 && number <= 516);
    }

    /** The failure that Linux numbers {@code number} (positive, as errno has it). */
    public static Failure failure(int number) {
        return number == ECANCELED ? Failure.CANCELED : new Failure(of(number), number, null);
    }

    /** The portable name of a positive errno. */
    public static Errno of(int number) {
        return switch (number) {
            case 1 -> Errno.EPERM;
            case ENOENT -> Errno.ENOENT;
            case 3 -> Errno.ESRCH;
            case EINTR -> Errno.EINTR;
            case 5 -> Errno.EIO;
            case ENXIO -> Errno.ENXIO;
            case 9 -> Errno.EBADF;
            case EAGAIN -> Errno.EAGAIN;
            case ENOMEM -> Errno.ENOMEM;
            case 13 -> Errno.EACCES;
            case 14 -> Errno.EFAULT;
            case EBUSY -> Errno.EBUSY;
            case 17 -> Errno.EEXIST;
            case 18 -> Errno.EXDEV;
            case 20 -> Errno.ENOTDIR;
            case 21 -> Errno.EISDIR;
            case EINVAL -> Errno.EINVAL;
            case 23 -> Errno.ENFILE;
            case 24 -> Errno.EMFILE;
            case 25 -> Errno.ENOTTY;
            case 27 -> Errno.EFBIG;
            case 28 -> Errno.ENOSPC;
            case 29 -> Errno.ESPIPE;
            case 30 -> Errno.EROFS;
            case 32 -> Errno.EPIPE;
            case 35 -> Errno.EDEADLK;
            case 36 -> Errno.ENAMETOOLONG;
            case 37 -> Errno.ENOLCK;
            case 38 -> Errno.ENOSYS;
            case 39 -> Errno.ENOTEMPTY;
            case 40 -> Errno.ELOOP;
            case ETIME -> Errno.ETIME;
            case 71 -> Errno.EPROTO;
            case 75 -> Errno.EOVERFLOW;
            case 88 -> Errno.ENOTSOCK;
            case 89 -> Errno.EDESTADDRREQ;
            case 90 -> Errno.EMSGSIZE;
            case 91 -> Errno.EPROTOTYPE;
            case 92 -> Errno.ENOPROTOOPT;
            case 93 -> Errno.EPROTONOSUPPORT;
            case 95 -> Errno.EOPNOTSUPP;
            case 97 -> Errno.EAFNOSUPPORT;
            case 98 -> Errno.EADDRINUSE;
            case 99 -> Errno.EADDRNOTAVAIL;
            case 100 -> Errno.ENETDOWN;
            case 101 -> Errno.ENETUNREACH;
            case 102 -> Errno.ENETRESET;
            case ECONNABORTED -> Errno.ECONNABORTED;
            case 104 -> Errno.ECONNRESET;
            case ENOBUFS -> Errno.ENOBUFS;
            case 106 -> Errno.EISCONN;
            case 107 -> Errno.ENOTCONN;
            case 108 -> Errno.ESHUTDOWN;
            case 110 -> Errno.ETIMEDOUT;
            case 111 -> Errno.ECONNREFUSED;
            case 112 -> Errno.EHOSTDOWN;
            case 113 -> Errno.EHOSTUNREACH;
            case EALREADY -> Errno.EALREADY;
            case 115 -> Errno.EINPROGRESS;
            case 122 -> Errno.EDQUOT;
            case ECANCELED -> Errno.ECANCELED;
            default -> Errno.UNKNOWN;
        };
    }
}
