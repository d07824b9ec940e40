package dev.ringpark.internal.os.linux;

/**
 * Numbers and layouts of what a readiness loop calls: linux/eventpoll.h, linux/fcntl.h, sys/eventfd.h,
 * asm-generic/unistd.h, and asm/unistd_64.h of x86-64, which has numbers of its own.
 */
public final class ReadinessAbi {
    private static final String ARCH = System.getProperty("os.arch", "");
    private static final boolean X86 = ARCH.equals("amd64");

    /** Whether these are the numbers of this machine: others have their own. */
    public static final boolean ARE_KNOWN = isKnown(ARCH);

    public static final long SYS_ACCEPT4 = X86 ? 288 : 242;
    public static final long SYS_CONNECT = X86 ? 42 : 203;
    public static final long SYS_SENDTO = X86 ? 44 : 206;
    public static final long SYS_RECVFROM = X86 ? 45 : 207;
    public static final long SYS_EPOLL_CTL = X86 ? 233 : 21;
    public static final long SYS_EPOLL_PWAIT = X86 ? 281 : 22;
    /** Since 5.11: the timeout is a timespec. */
    public static final long SYS_EPOLL_PWAIT2 = 441;

    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int EFD_CLOEXEC = 0x80000;
    public static final int EFD_NONBLOCK = 0x800;
    public static final int EPOLL_CLOEXEC = 0x80000;
    public static final int EPOLL_CTL_ADD = 1;
    public static final int EPOLL_CTL_DEL = 2;
    public static final int EPOLL_CTL_MOD = 3;
    public static final int EPOLLIN = 0x1;
    public static final int EPOLLPRI = 0x2;
    public static final int EPOLLOUT = 0x4;
    public static final int EPOLLERR = 0x8;
    public static final int EPOLLHUP = 0x10;
    public static final int EPOLLRDHUP = 0x2000;
    public static final int EPOLLONESHOT = 1 << 30;
    public static final int EPOLLET = 1 << 31;

    /** struct epoll_event: events u32 @0, data u64 right behind on x86-64, where it is packed, else @8. */
    public static final int EPOLL_EVENT_BYTES = X86 ? 12 : 16;
    public static final int EPOLL_EVENT_DATA = X86 ? 4 : 8;

    /** struct timespec: seconds i64 @0, nanoseconds i64 @8. */
    public static final int TIMESPEC_BYTES = 16;
    public static final int TV_NSEC = 8;

    private ReadinessAbi() {}

    /** Whether the numbers are those of {@code arch}, as os.arch has it. */
    public static boolean isKnown(String arch) {
        return arch.equals("amd64") || arch.equals("aarch64") || arch.equals("riscv64");
    }
}
