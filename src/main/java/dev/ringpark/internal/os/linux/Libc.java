package dev.ringpark.internal.os.linux;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.os.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.jspecify.annotations.Nullable;

/**
 * The C library calls in use, one static method each, under the manual pages' names. Every method returns what the call
 * returned, or minus the errno when it failed, as the kernel itself does.
 *
 * <p>None is {@link Linker.Option#critical critical}: any of them may block, and a safepoint would wait for it.
 */
public final class Libc {
    private static final Linker LINKER = Linker.nativeLinker();

    private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = handle("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = handle("connect", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle RECV = handle("recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SEND = handle("send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SENDMMSG =
            handle("sendmmsg", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle LISTEN = handle("listen", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle SHUTDOWN = handle("shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = handle("close", JAVA_INT, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = handle("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle GETPEERNAME = handle("getpeername", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKOPT =
            handle("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle IOCTL = variadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
    private static final MethodHandle LSEEK = handle("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
    private static final MethodHandle FTRUNCATE = handle("ftruncate", JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle STATX =
            handle("statx", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle GETPWUID_R = userName("getpwuid_r");
    private static final MethodHandle GETGRGID_R = userName("getgrgid_r");
    /** As it is on the path of each read from memory, it captures no errno. */
    private static final MethodHandle PREADV2 = link("syscall", FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG), Linker.Option.firstVariadicArg(1));
    private static final MethodHandle EVENTFD = handle("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle EVENTFD_WRITE =
            link("eventfd_write", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG));
    private static final MethodHandle EPOLL_CREATE1 = handle("epoll_create1", JAVA_INT, JAVA_INT);
    private static final MethodHandle FCNTL = variadic("fcntl", 2, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle MMAP =
            handle("mmap", JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
    private static final MethodHandle MUNMAP = handle("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
    private static final MethodHandle SYSCALL = variadic("syscall", 1, JAVA_LONG,
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);

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
        return call(state -> (int) SOCKET.invokeExact(state, family, type, protocol));
    }

    /** bind(2). */
    public static int bind(int fd, MemorySegment address, int length) {
        return call(state -> (int) BIND.invokeExact(state, fd, address, length));
    }

    /** connect(2). */
    public static int connect(int fd, MemorySegment address, int length) {
        return call(state -> (int) CONNECT.invokeExact(state, fd, address, length));
    }

    /** recv(2). */
    public static long recv(int fd, MemorySegment target, int flags) {
        long bytes = target.byteSize();
        return callLong(state -> (long) RECV.invokeExact(state, fd, target, bytes, flags));
    }

    /** send(2). */
    public static long send(int fd, MemorySegment source, int flags) {
        long bytes = source.byteSize();
        return callLong(state -> (long) SEND.invokeExact(state, fd, source, bytes, flags));
    }

    /** sendmmsg(2): how many of the {@code count} datagrams were sent. */
    public static int sendmmsg(int fd, MemorySegment headers, int count, int flags) {
        return call(state -> (int) SENDMMSG.invokeExact(state, fd, headers, count, flags));
    }

    /** listen(2). */
    public static int listen(int fd, int backlog) {
        return call(state -> (int) LISTEN.invokeExact(state, fd, backlog));
    }

    /** shutdown(2). */
    public static int shutdown(int fd, int how) {
        return call(state -> (int) SHUTDOWN.invokeExact(state, fd, how));
    }

    /** close(2). Never call it twice for one descriptor, not even after EINTR: Linux has released the number. */
    public static int close(int fd) {
        return call(state -> (int) CLOSE.invokeExact(state, fd));
    }

    /** getsockname(2). */
    public static int getsockname(int fd, MemorySegment address, MemorySegment length) {
        return call(state -> (int) GETSOCKNAME.invokeExact(state, fd, address, length));
    }

    /** getpeername(2). */
    public static int getpeername(int fd, MemorySegment address, MemorySegment length) {
        return call(state -> (int) GETPEERNAME.invokeExact(state, fd, address, length));
    }

    /** setsockopt(2). */
    public static int setsockopt(int fd, int level, int name, MemorySegment value) {
        int length = (int) value.byteSize();
        return call(state -> (int) SETSOCKOPT.invokeExact(state, fd, level, name, value, length));
    }

    /** getsockopt(2); {@code length} holds an int, the room in {@code value}. */
    public static int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment length) {
        return call(state -> (int) GETSOCKOPT.invokeExact(state, fd, level, name, value, length));
    }

    /** ioctl(2) with a pointer argument. */
    public static int ioctl(int fd, long request, MemorySegment argument) {
        return call(state -> (int) IOCTL.invokeExact(state, fd, request, argument));
    }

    /** lseek(2). */
    public static long lseek(int fd, long offset, int whence) {
        return callLong(state -> (long) LSEEK.invokeExact(state, fd, offset, whence));
    }

    /** ftruncate(2). */
    public static int ftruncate(int fd, long bytes) {
        return call(state -> (int) FTRUNCATE.invokeExact(state, fd, bytes));
    }

    /** statx(2) of an open descriptor. */
    public static int statx(int fd, int mask, MemorySegment result) {
        return call(state -> (int) STATX.invokeExact(state, fd, EMPTY_PATH, FileAbi.AT_EMPTY_PATH, mask, result));
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
    private static @Nullable String name(MethodHandle call, int id) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment entry = arena.allocate(ENTRY_BYTES, 8);
            MemorySegment text = arena.allocate(ENTRY_TEXT_BYTES);
            MemorySegment found = arena.allocate(ADDRESS);
            int failed = (int) call.invokeExact(id, entry, text, text.byteSize(), found);
            boolean isThere = failed == 0 && found.get(ADDRESS, 0).address() != 0;
            return isThere ? entry.get(ADDRESS, 0).reinterpret(ENTRY_TEXT_BYTES).getString(0) : null;
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    /** preadv2(2), by its number, as not every C library has it; -1 if it failed, whatever the reason. */
    public static long preadv2(int fd, long vectors, int count, long offset, int flags) {
        try {
            return (long) PREADV2.invokeExact(FileAbi.SYS_PREADV2, (long) fd, vectors, (long) count, offset, 0L,
                    (long) flags);
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    /** epoll_create1(2). */
    public static int epollCreate(int flags) {
        return call(state -> (int) EPOLL_CREATE1.invokeExact(state, flags));
    }

    /** fcntl(2), with a number. */
    public static int fcntl(int fd, int command, int argument) {
        return call(state -> (int) FCNTL.invokeExact(state, fd, command, argument));
    }

    /** eventfd(2). */
    public static int eventfd(int initial, int flags) {
        return call(state -> (int) EVENTFD.invokeExact(state, initial, flags));
    }

    /** eventfd_write(3), for wake-ups: as it is on every foreign submit's path, it captures no errno. */
    public static boolean eventfdWrite(int fd, long value) {
        try {
            return (int) EVENTFD_WRITE.invokeExact(fd, value) == 0;
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    /** mmap(2) at an address of the kernel's choice; a negative value is minus the errno. */
    public static long mmap(long bytes, int protection, int flags, int fd, long offset) {
        return callLong(state -> (long) MMAP.invokeExact(state, 0L, bytes, protection, flags, fd, offset));
    }

    /** munmap(2). */
    public static int munmap(long address, long bytes) {
        return call(state -> (int) MUNMAP.invokeExact(state, address, bytes));
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

    @FunctionalInterface
    private interface Call {
        int invoke(MemorySegment state) throws Throwable;
    }

    private static int call(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = callState(arena);
            int returned = call.invoke(state);
            return returned == -1 ? -NativeCall.errno(state) : returned;
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    @FunctionalInterface
    private interface LongCall {
        long invoke(MemorySegment state) throws Throwable;
    }

    private static long callLong(LongCall call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = callState(arena);
            long returned = call.invoke(state);
            return returned == -1 ? -NativeCall.errno(state) : returned;
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    private static MethodHandle handle(String name, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments), Linker.Option.captureCallState("errno"));
    }

    private static MethodHandle userName(String name) {
        return link(name, FunctionDescriptor.of(JAVA_INT, JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG, ADDRESS));
    }

    private static MethodHandle variadic(String name, int fixed, MemoryLayout result, MemoryLayout... arguments) {
        return link(name, FunctionDescriptor.of(result, arguments),
                Linker.Option.captureCallState("errno"), Linker.Option.firstVariadicArg(fixed));
    }

    private static MethodHandle link(String name, FunctionDescriptor descriptor, Linker.Option... options) {
        return LINKER.downcallHandle(NativeCall.symbol(LINKER.defaultLookup(), name), descriptor, options);
    }
}
