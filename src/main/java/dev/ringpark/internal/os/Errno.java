package dev.ringpark.internal.os;

import org.jspecify.annotations.Nullable;

/**
 * The errors the library tells apart, under their POSIX names, with the text strerror(3) gives on Linux. Each system's
 * room maps its own numbers onto these; a number nobody names is {@link #UNKNOWN} and keeps its number in
 * {@link Failure#number()}.
 */
public enum Errno {
    EPERM("Operation not permitted"),
    ENOENT("No such file or directory"),
    ESRCH("No such process"),
    EINTR("Interrupted system call"),
    EIO("Input/output error"),
    ENXIO("No such device or address"),
    EBADF("Bad file descriptor"),
    EAGAIN("Resource temporarily unavailable"),
    ENOMEM("Cannot allocate memory"),
    EACCES("Permission denied"),
    EFAULT("Bad address"),
    EBUSY("Device or resource busy"),
    EEXIST("File exists"),
    EXDEV("Invalid cross-device link"),
    ENOTDIR("Not a directory"),
    EISDIR("Is a directory"),
    EINVAL("Invalid argument"),
    ENFILE("Too many open files in system"),
    EMFILE("Too many open files"),
    ENOTTY("Inappropriate ioctl for device"),
    EFBIG("File too large"),
    ENOSPC("No space left on device"),
    ESPIPE("Illegal seek"),
    EROFS("Read-only file system"),
    EPIPE("Broken pipe"),
    EDEADLK("Resource deadlock avoided"),
    ENAMETOOLONG("File name too long"),
    ENOLCK("No locks available"),
    ENOSYS("Function not implemented"),
    ENOTEMPTY("Directory not empty"),
    ELOOP("Too many levels of symbolic links"),
    EPROTO("Protocol error"),
    EOVERFLOW("Value too large for defined data type"),
    ENOTSOCK("Socket operation on non-socket"),
    EDESTADDRREQ("Destination address required"),
    EMSGSIZE("Message too long"),
    EPROTOTYPE("Protocol wrong type for socket"),
    ENOPROTOOPT("Protocol not available"),
    EPROTONOSUPPORT("Protocol not supported"),
    EOPNOTSUPP("Operation not supported"),
    EAFNOSUPPORT("Address family not supported by protocol"),
    EADDRINUSE("Address already in use"),
    EADDRNOTAVAIL("Cannot assign requested address"),
    ENETDOWN("Network is down"),
    ENETUNREACH("Network is unreachable"),
    ENETRESET("Network dropped connection on reset"),
    ECONNABORTED("Software caused connection abort"),
    ECONNRESET("Connection reset by peer"),
    ENOBUFS("No buffer space available"),
    EISCONN("Transport endpoint is already connected"),
    ENOTCONN("Transport endpoint is not connected"),
    ESHUTDOWN("Cannot send after transport endpoint shutdown"),
    ETIMEDOUT("Connection timed out"),
    ECONNREFUSED("Connection refused"),
    EHOSTDOWN("Host is down"),
    EHOSTUNREACH("No route to host"),
    EALREADY("Operation already in progress"),
    EINPROGRESS("Operation now in progress"),
    EDQUOT("Disk quota exceeded"),
    ECANCELED("Operation canceled"),
    ETIME("Timer expired"),
    UNKNOWN("Unknown error");

    private static final Errno[] ALL = values();

    private final String text;

    Errno(String text) {
        this.text = text;
    }

    /** What strerror(3) says. */
    public String text() {
        return text;
    }

    /** Whether the process, or the whole system, has no descriptor left. */
    public boolean isOutOfDescriptors() {
        return this == EMFILE || this == ENFILE;
    }

    /**
     * Whether no byte will come any more after a read or write of a stream has met it. When Linux gives up sending
     * again, it tells what the network has said last, be it that a port cannot be reached (ICMP as errors: tcp(7)).
     */
    public boolean endsConnections() {
        return switch (this) {
            case ECONNRESET, ECONNABORTED, ETIMEDOUT, EHOSTUNREACH, EHOSTDOWN, ENETUNREACH, ENETDOWN, ENETRESET,
                    ECONNREFUSED, ENOPROTOOPT, EPROTO, EACCES -> true;
            default -> false;
        };
    }

    /** The error whose text begins {@code message}; {@link #UNKNOWN} when none does: java.nio only tells texts. */
    public static Errno ofText(@Nullable String message) {
        if (message != null) {
            for (Errno errno : ALL) {
                if (message.startsWith(errno.text)) {
                    return errno;
                }
            }
        }
        return UNKNOWN;
    }
}
