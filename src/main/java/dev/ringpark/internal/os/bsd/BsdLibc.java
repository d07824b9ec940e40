package dev.ringpark.internal.os.bsd;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.os.NativeCall;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The C library's calls in use, by the manual pages' names; pointers are numbers here. Each returns what the call
 * returned, or minus the errno. {@code state} is as from {@link NativeCall#newState}.
 */
final class BsdLibc {
    private static final Linker LINKER = Linker.nativeLinker();

    private final MethodHandle socket;
    private final MethodHandle bind;
    private final MethodHandle listen;
    private final @Nullable MethodHandle accept4;   // macOS has none
    private final MethodHandle accept;
    private final MethodHandle connect;
    private final MethodHandle getsockname;
    private final MethodHandle getpeername;
    private final MethodHandle getsockopt;
    private final MethodHandle setsockopt;
    private final MethodHandle poll;
    private final MethodHandle shutdown;
    private final MethodHandle close;
    private final MethodHandle recv;
    private final MethodHandle send;
    private final MethodHandle recvfrom;
    private final MethodHandle sendto;
    private final MethodHandle fcntl;
    private final MethodHandle ioctl;

    BsdLibc(SymbolLookup library, boolean hasAccept4) {
        socket = handle(library, "socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
        bind = handle(library, "bind", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
        listen = handle(library, "listen", JAVA_INT, JAVA_INT, JAVA_INT);
        accept4 = hasAccept4 ? handle(library, "accept4", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT) : null;
        accept = handle(library, "accept", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
        connect = handle(library, "connect", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
        getsockname = handle(library, "getsockname", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
        getpeername = handle(library, "getpeername", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
        getsockopt = handle(library, "getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG);
        setsockopt = handle(library, "setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT);
        poll = handle(library, "poll", JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
        shutdown = handle(library, "shutdown", JAVA_INT, JAVA_INT, JAVA_INT);
        close = handle(library, "close", JAVA_INT, JAVA_INT);
        recv = handle(library, "recv", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
        send = handle(library, "send", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
        recvfrom = handle(library, "recvfrom", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG,
                JAVA_LONG);
        sendto = handle(library, "sendto", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
        // macOS on arm64 hands what is variadic over on the stack.
        fcntl = handle(library, "fcntl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT),
                Linker.Option.firstVariadicArg(2));
        ioctl = handle(library, "ioctl", FunctionDescriptor.of(JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG),
                Linker.Option.firstVariadicArg(2));
    }

    static MethodHandle handle(SymbolLookup library, String name, MemoryLayout result, MemoryLayout... arguments) {
        return handle(library, name, FunctionDescriptor.of(result, arguments));
    }

    private static MethodHandle handle(SymbolLookup library, String name, FunctionDescriptor descriptor,
            Linker.Option... options) {
        Linker.Option[] all = Arrays.copyOf(options, options.length + 1);
        all[options.length] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(NativeCall.symbol(library, name), descriptor, all);
    }

    int socket(MemorySegment state, int family, int type) {
        return call(state, () -> (int) socket.invokeExact(state, family, type, 0));
    }

    int bind(MemorySegment state, int fd, long address, int length) {
        return call(state, () -> (int) bind.invokeExact(state, fd, address, length));
    }

    int listen(MemorySegment state, int fd, int backlog) {
        return call(state, () -> (int) listen.invokeExact(state, fd, backlog));
    }

    /** accept4(2), or accept(2) where that is not known, and {@code flags} are none. */
    int accept(MemorySegment state, int fd, long address, long length, int flags) {
        try {
            if (accept4 != null) {
                return result(state, (int) accept4.invokeExact(state, fd, address, length, flags));
            }
            return result(state, (int) accept.invokeExact(state, fd, address, length));
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    int connect(MemorySegment state, int fd, long address, int length) {
        try {
            return result(state, (int) connect.invokeExact(state, fd, address, length));
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    int getsockname(MemorySegment state, int fd, long address, long length) {
        return call(state, () -> (int) getsockname.invokeExact(state, fd, address, length));
    }

    int getpeername(MemorySegment state, int fd, long address, long length) {
        return call(state, () -> (int) getpeername.invokeExact(state, fd, address, length));
    }

    int getsockopt(MemorySegment state, int fd, int level, int name, long value, long length) {
        return call(state, () -> (int) getsockopt.invokeExact(state, fd, level, name, value, length));
    }

    int setsockopt(MemorySegment state, int fd, int level, int name, long value, int length) {
        return call(state, () -> (int) setsockopt.invokeExact(state, fd, level, name, value, length));
    }

    /** One that is an int; 0 if it is not told. */
    int intOption(MemorySegment state, int fd, int level, int name) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) JAVA_INT.byteSize());
            getsockopt(state, fd, level, name, value.address(), length.address());
            return value.get(JAVA_INT, 0);
        }
    }

    /** Sets one that is an int; 0, or minus the errno. */
    int setIntOption(MemorySegment state, int fd, int level, int name, int number) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocateFrom(JAVA_INT, number);
            return setsockopt(state, fd, level, name, value.address(), (int) value.byteSize());
        }
    }

    int poll(MemorySegment state, long asked, int count, int millis) {
        return call(state, () -> (int) poll.invokeExact(state, asked, count, millis));
    }

    int shutdown(MemorySegment state, int fd, int how) {
        return call(state, () -> (int) shutdown.invokeExact(state, fd, how));
    }

    int close(MemorySegment state, int fd) {
        return call(state, () -> (int) close.invokeExact(state, fd));
    }

    /** Keeps the arena of {@code target} open meanwhile, as nobody does for an address. */
    int recv(MemorySegment state, int fd, MemorySegment target, int flags) {
        return call(state, () -> (int) (long) recv.invokeExact(state, fd, target, target.byteSize(), flags));
    }

    /** The same for {@code source}. */
    int send(MemorySegment state, int fd, MemorySegment source, int flags) {
        return call(state, () -> (int) (long) send.invokeExact(state, fd, source, source.byteSize(), flags));
    }

    int recvfrom(MemorySegment state, int fd, long target, long room, int flags, long name, long nameLength) {
        try {
            return result(state, (int) (long) recvfrom.invokeExact(state, fd, target, room, flags, name, nameLength));
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    int sendto(MemorySegment state, int fd, long source, long length, int flags, long name, int nameLength) {
        try {
            return result(state, (int) (long) sendto.invokeExact(state, fd, source, length, flags, name, nameLength));
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    int fcntl(MemorySegment state, int fd, int command, int argument) {
        return call(state, () -> (int) fcntl.invokeExact(state, fd, command, argument));
    }

    int ioctl(MemorySegment state, int fd, long request, long argument) {
        return call(state, () -> (int) ioctl.invokeExact(state, fd, request, argument));
    }

    @FunctionalInterface
    private interface Call {
        int invoke() throws Throwable;
    }

    /** For what is not on the path of each operation. */
    private static int call(MemorySegment state, Call call) {
        try {
            return result(state, call.invoke());
        } catch (Throwable e) {
            throw NativeCall.broken(e);
        }
    }

    static int result(MemorySegment state, int returned) {
        return returned == -1 ? -NativeCall.errno(state) : returned;
    }
}
