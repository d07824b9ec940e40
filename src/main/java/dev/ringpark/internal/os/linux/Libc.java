package dev.ringpark.internal.os.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.os.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The C library calls in use, one static method each, under the manual pages' names. Every method returns what the call
 * returned, or minus the errno when it failed, as the kernel itself does.
 *
 * <p>Nearly all have one shape, that of syscall(2): on Linux's 64-bit platforms numbers and addresses alike go by
 * register, widened, a function looks at as many as it has parameters, and its int is the lower half of what comes
 * back. The JVM takes longer to prepare a shape than to do anything else at a loop's start, and prepares each only
 * once. As it sees no segment then, the memory has to be of an arena that the caller alone can close. That of
 * {@link #recv} and {@link #send} is the user's, so they have another shape, with which the JVM keeps it open.
 *
 * <p>One that is added has six parameters at most, numbers or addresses of native memory, and answers -1 with an errno,
 * or does not fail so ({@code getpwuid_r} returns the number itself). {@code call} is for an int, {@code callLong} for
 * what is as long as an address. The variadic convention is that of syscall(2), and no other function minds it: on
 * x86-64 it tells how many vector registers are in use, of which there are none, on arm64 and riscv64 it is that of
 * every function (the psABIs of System V and RISC-V, AAPCS64). ADR 15 says why.
 *
 * <p>None is {@link Linker.Option#critical critical}: any of them may block, and a safepoint would wait for it.
 */
public final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();
    private static final FunctionDescriptor SHAPE = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor TRANSFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);
    private static final Linker.Option VARIADIC = Linker.Option.firstVariadicArg(1);
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    private static final MethodHandle SOCKET = handle("socket");
    private static final MethodHandle BIND = handle("bind");
    private static final MethodHandle CONNECT = handle("connect");
    private static final MethodHandle RECV = link("recv", TRANSFER, ERRNO);
    private static final MethodHandle SEND = link("send", TRANSFER, ERRNO);
    private static final MethodHandle SENDMMSG = handle("sendmmsg");
    private static final MethodHandle LISTEN = handle("listen");
    private static final MethodHandle POLL = handle("poll");
    private static final MethodHandle SHUTDOWN = handle("shutdown");
    private static final MethodHandle CLOSE = handle("close");
    private static final MethodHandle GETSOCKNAME = handle("getsockname");
    private static final MethodHandle GETPEERNAME = handle("getpeername");
    private static final MethodHandle SETSOCKOPT = handle("setsockopt");
    private static final MethodHandle GETSOCKOPT = handle("getsockopt");
    private static final MethodHandle IOCTL = handle("ioctl");
    private static final MethodHandle LSEEK = handle("lseek");
    private static final MethodHandle FTRUNCATE = handle("ftruncate");
    private static final MethodHandle STATX = handle("statx");
    private static final MethodHandle GETPWUID_R = handle("getpwuid_r");
    private static final MethodHandle GETGRGID_R = handle("getgrgid_r");
    private static final MethodHandle EVENTFD = handle("eventfd");
    private static final MethodHandle EPOLL_CREATE1 = handle("epoll_create1");
    private static final MethodHandle FCNTL = handle("fcntl");
    private static final MethodHandle MMAP = handle("mmap");
    private static final MethodHandle MUNMAP = handle("munmap");
    private static final MethodHandle SYSCALL = handle("syscall");
    // These are on the path of each read from memory and of each wake-up, and capture no errno.
    private static final MethodHandle QUICK_SYSCALL = link("syscall", SHAPE, VARIADIC);
    private static final MethodHandle EVENTFD_WRITE = link("eventfd_write", SHAPE, VARIADIC);

    private static final long ENTRY_BYTES = 64;               // more than a struct passwd or group has
    private static final long ENTRY_TEXT_BYTES = 64 * 1024;   // its strings: a group names its members
    private static final MemorySegment EMPTY_PATH = Arena.global().allocateFrom("");

    private Libc() {}

    /**
     * Binds the calls above, if that has not been done.
     *
     * @throws IllegalCallerException or an ExceptionInInitializerError with it, if the JVM forbids native access
     */
    public static void bindAll() {
        // Initialising this class is the whole of it.
    }

    /** Room for the errno of one call at a time; a loop keeps one, everybody else takes one from a confined arena. */
    public static MemorySegment callState(Arena arena) {
        return NativeCall.newState(arena);
    }

    /** socket(2). */
    public static int socket(int family, int type, int protocol) {
        return call(SOCKET, family, type, protocol, 0, 0, 0);
    }

    /** bind(2). */
    public static int bind(int fd, MemorySegment address, int length) {
        return call(BIND, fd, address.address(), length, 0, 0, 0);
    }

    /** connect(2). */
    public static int connect(int fd, MemorySegment address, int length) {
        return call(CONNECT, fd, address.address(), length, 0, 0, 0);
    }

    /** recv(2). */
    public static long recv(int fd, MemorySegment target, int flags) {
        return transfer(RECV, fd, target, flags);
    }

    /** send(2). */
    public static long send(int fd, MemorySegment source, int flags) {
        return transfer(SEND, fd, source, flags);
    }

    /** sendmmsg(2): how many of the {@code count} datagrams were sent. */
    public static int sendmmsg(int fd, MemorySegment headers, int count, int flags) {
        return call(SENDMMSG, fd, headers.address(), count, flags, 0, 0);
    }

    /** listen(2). */
    public static int listen(int fd, int backlog) {
        return call(LISTEN, fd, backlog, 0, 0, 0, 0);
    }

    /** poll(2) of {@code count} struct pollfd. */
    public static int poll(MemorySegment asked, int count, int millis) {
        return call(POLL, asked.address(), count, millis, 0, 0, 0);
    }

    /** shutdown(2). */
    public static int shutdown(int fd, int how) {
        return call(SHUTDOWN, fd, how, 0, 0, 0, 0);
    }

    /** close(2). Never call it twice for one descriptor, not even after EINTR: Linux has released the number. */
    public static int close(int fd) {
        return call(CLOSE, fd, 0, 0, 0, 0, 0);
    }

    /** getsockname(2). */
    public static int getsockname(int fd, MemorySegment address, MemorySegment length) {
        return call(GETSOCKNAME, fd, address.address(), length.address(), 0, 0, 0);
    }

    /** getpeername(2). */
    public static int getpeername(int fd, MemorySegment address, MemorySegment length) {
        return call(GETPEERNAME, fd, address.address(), length.address(), 0, 0, 0);
    }

    /** setsockopt(2). */
    public static int setsockopt(int fd, int level, int name, MemorySegment value) {
        return call(SETSOCKOPT, fd, level, name, value.address(), value.byteSize(), 0);
    }

    /** getsockopt(2); {@code length} holds an int, the room in {@code value}. */
    public static int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment length) {
        return call(GETSOCKOPT, fd, level, name, value.address(), length.address(), 0);
    }

    /** ioctl(2) with a pointer argument. */
    public static int ioctl(int fd, long request, MemorySegment argument) {
        return call(IOCTL, fd, request, argument.address(), 0, 0, 0);
    }

    /** lseek(2). */
    public static long lseek(int fd, long offset, int whence) {
        return callLong(LSEEK, fd, offset, whence, 0, 0, 0);
    }

    /** ftruncate(2). */
    public static int ftruncate(int fd, long bytes) {
        return call(FTRUNCATE, fd, bytes, 0, 0, 0, 0);
    }

    /** statx(2) of an open descriptor. */
    public static int statx(int fd, int mask, MemorySegment result) {
        return call(STATX, fd, EMPTY_PATH.address(), FileAbi.AT_EMPTY_PATH, mask, result.address(), 0);
    }

    /** The name of a user by getpwuid_r(3); null if it has none. May wait for whatever knows them. */
    public static @Nullable String getpwuid(int uid) {
        return name(GETPWUID_R, uid);
    }

    /** The name of a group by getgrgid_r(3); null if it has none. May wait for whatever knows them. */
    public static @Nullable String getgrgid(int gid) {
        return name(GETGRGID_R, gid);
    }

    /** Both calls fill a struct that begins with a pointer to the name: struct passwd, struct group. */
    private static @Nullable String name(MethodHandle function, int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(ENTRY_BYTES, 8);
            MemorySegment text = arena.allocate(ENTRY_TEXT_BYTES);
            MemorySegment found = arena.allocate(ADDRESS);
            int failed = call(function, id, entry.address(), text.address(), text.byteSize(), found.address(), 0);
            boolean isThere = failed == 0 && found.get(ADDRESS, 0).address() != 0;
            return isThere ? entry.get(ADDRESS, 0).reinterpret(ENTRY_TEXT_BYTES).getString(0) : null;
        }
    }

    /** preadv2(2), by its number, as not every C library has it; -1 if it failed, whatever the reason. */
    public static long preadv2(int fd, long vectors, int count, long offset, int flags) {
        try {
            return (long) QUICK_SYSCALL.invokeExact(FileAbi.SYS_PREADV2, (long) fd, vectors, (long) count, offset, 0L,
                    (long) flags);
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    /** epoll_create1(2). */
    public static int epollCreate(int flags) {
        return call(EPOLL_CREATE1, flags, 0, 0, 0, 0, 0);
    }

    /** fcntl(2), with a number. */
    public static int fcntl(int fd, int command, int argument) {
        return call(FCNTL, fd, command, argument, 0, 0, 0);
    }

    /** eventfd(2). */
    public static int eventfd(int initial, int flags) {
        return call(EVENTFD, initial, flags, 0, 0, 0, 0);
    }

    /** eventfd_write(3), for wake-ups. */
    public static boolean eventfdWrite(int fd, long value) {
        try {
            return (int) (long) EVENTFD_WRITE.invokeExact((long) fd, value, 0L, 0L, 0L, 0L, 0L) == 0;
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    /** mmap(2) at an address of the kernel's choice; a negative value is minus the errno. */
    public static long mmap(long bytes, int protection, int flags, int fd, long offset) {
        return callLong(MMAP, 0, bytes, protection, flags, fd, offset);
    }

    /** munmap(2). */
    public static int munmap(long address, long bytes) {
        return call(MUNMAP, address, bytes, 0, 0, 0, 0);
    }

    /** syscall(2), for calls the C library has no name for; {@code state} as from {@link #callState}. */
    public static int syscall(MemorySegment state, long number, long a, long b, long c, long d, long e, long f) {
        try {
            long result = (long) SYSCALL.invokeExact(state, number, a, b, c, d, e, f);
            return result == -1 ? -NativeCall.errno(state) : (int) result;
        } catch (Throwable thrown) {
            throw NativeCall.broken(thrown);
        }
    }

    // ---- binding and calling ----

    /** One that returns an int. */
    private static int call(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = callState(arena);
            int returned = (int) (long) function.invokeExact(state, a, b, c, d, e, f, 0L);
            return returned == -1 ? -NativeCall.errno(state) : returned;
        } catch (Throwable thrown) {
            throw NativeCall.broken(thrown);
        }
    }

    /** One that returns a long, or an address. */
    private static long callLong(MethodHandle function, long a, long b, long c, long d, long e, long f) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = callState(arena);
            long returned = (long) function.invokeExact(state, a, b, c, d, e, f, 0L);
            return returned == -1 ? -NativeCall.errno(state) : returned;
        } catch (Throwable thrown) {
            throw NativeCall.broken(thrown);
        }
    }

    private static long transfer(MethodHandle function, long fd, MemorySegment memory, long flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = callState(arena);
            long returned = (long) function.invokeExact(state, fd, memory, memory.byteSize(), flags);
            return returned == -1 ? -NativeCall.errno(state) : returned;
        } catch (Throwable thrown) {
            throw NativeCall.broken(thrown);
        }
    }

    private static MethodHandle handle(String name) {
        return link(name, SHAPE, VARIADIC, ERRNO);
    }

    private static MethodHandle link(String name, FunctionDescriptor shape, Linker.Option... options) {
        return LINKER.downcallHandle(NativeCall.symbol(LINKER.defaultLookup(), name), shape, options);
    }
}
