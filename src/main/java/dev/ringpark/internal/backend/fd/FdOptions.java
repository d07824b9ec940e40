package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.SocketErrors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import org.jspecify.annotations.Nullable;

/** The standard socket options as setsockopt(2) and getsockopt(2) know them; see socket(7), tcp(7), ip(7). */
final class FdOptions {

    private FdOptions() {}

    static <T> void set(SocketCalls calls, int fd, int family, SocketOption<T> option, T value) throws IOException {
        if (option == StandardSocketOptions.SO_LINGER) {
            setLinger(calls, fd, (Integer) value);
            return;
        }
        int number = value instanceof Boolean on ? (on ? 1 : 0) : (Integer) value;
        checkRange(option, number);
        boolean isTrafficClass = option == StandardSocketOptions.IP_TOS && family == AF_INET6;
        if (isTrafficClass) {
            setInt(calls, fd, IPPROTO_IPV6, IPV6_TCLASS, number);
        }
        if (!isTrafficClass || calls.isLinux()) {
            setInt(calls, fd, level(option), name(option), number);
        }
    }

    private static void checkRange(SocketOption<?> option, int number) {
        boolean bytes = option == StandardSocketOptions.SO_RCVBUF || option == StandardSocketOptions.SO_SNDBUF;
        if (bytes && number < 0) {
            throw new IllegalArgumentException("Invalid send/receive buffer size: " + number);
        }
        if (option == StandardSocketOptions.IP_TOS && (number < 0 || number > 255)) {
            throw new IllegalArgumentException("Invalid IP_TOS value: " + number);
        }
    }

    static void setInt(SocketCalls calls, int fd, int level, int name, int number) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            check(calls, calls.setsockopt(fd, level, name, arena.allocateFrom(JAVA_INT, number)));
        }
    }

    static int getInt(SocketCalls calls, int fd, int level, int name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(JAVA_INT);
            MemorySegment length = arena.allocateFrom(JAVA_INT, (int) JAVA_INT.byteSize());
            check(calls, calls.getsockopt(fd, level, name, value, length));
            return value.get(JAVA_INT, 0);
        }
    }

    /** A negative number of seconds switches lingering off; the kernel takes 65,535 at most. */
    private static void setLinger(SocketCalls calls, int fd, int seconds) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int limited = Math.clamp(seconds, 0, 65_535);
            MemorySegment linger = arena.allocateFrom(JAVA_INT, seconds < 0 ? 0 : 1, limited);
            check(calls, calls.setsockopt(fd, SOL_SOCKET, SO_LINGER, linger));
        }
    }

    static <T> @Nullable T get(SocketCalls calls, int fd, int family, SocketOption<T> option) throws IOException {
        if (option == StandardSocketOptions.IP_TOS && family == AF_INET6 && !calls.isLinux()) {
            return option.type().cast(getInt(calls, fd, IPPROTO_IPV6, IPV6_TCLASS));
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(LINGER_BYTES, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, LINGER_BYTES);
            check(calls, calls.getsockopt(fd, level(option), name(option), value, length));
            int number = value.get(JAVA_INT, 0);
            if (option.type() == Boolean.class) {
                return option.type().cast(number != 0);
            }
            return option.type().cast(integer(calls, option, number, value.get(JAVA_INT, 4)));
        }
    }

    /** struct ucred of the peer: its process, user and group. */
    static long[] peerCredentials(SocketCalls calls, int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(UCRED_BYTES, 4);
            MemorySegment length = arena.allocateFrom(JAVA_INT, UCRED_BYTES);
            check(calls, calls.getsockopt(fd, SOL_SOCKET, SO_PEERCRED, value, length));
            return new long[] {value.get(JAVA_INT, UCRED_PID),
                Integer.toUnsignedLong(value.get(JAVA_INT, UCRED_UID)),
                Integer.toUnsignedLong(value.get(JAVA_INT, UCRED_GID))};
        }
    }

    private static Integer integer(SocketCalls calls, SocketOption<?> option, int number, int second) {
        if (option == StandardSocketOptions.SO_LINGER) {
            return number == 0 ? -1 : second;
        }
        boolean isBuffer = option == StandardSocketOptions.SO_RCVBUF || option == StandardSocketOptions.SO_SNDBUF;
        return isBuffer ? calls.askedBufferBytes(number) : number;
    }

    private static int level(SocketOption<?> option) {
        if (option == StandardSocketOptions.TCP_NODELAY) {
            return IPPROTO_TCP;
        }
        return option == StandardSocketOptions.IP_TOS ? IPPROTO_IP : SOL_SOCKET;
    }

    private static int name(SocketOption<?> option) {
        return switch (option.name()) {
            case "SO_BROADCAST" -> SO_BROADCAST;
            case "SO_KEEPALIVE" -> SO_KEEPALIVE;
            case "SO_LINGER" -> SO_LINGER;
            case "SO_RCVBUF" -> SO_RCVBUF;
            case "SO_SNDBUF" -> SO_SNDBUF;
            case "SO_REUSEADDR" -> SO_REUSEADDR;
            case "SO_REUSEPORT" -> SO_REUSEPORT;
            case "TCP_NODELAY" -> TCP_NODELAY;
            case "IP_TOS" -> IP_TOS;
            default -> throw new UnsupportedOperationException("'" + option + "' not supported");
        };
    }

    static void check(SocketCalls calls, int result) throws IOException {
        if (result < 0) {
            throw SocketErrors.of(calls.failure(-result));
        }
    }
}
