package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import dev.ringpark.internal.os.linux.SockAddr;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** What a socket for datagrams does at once, beside its options: udp(7), connect(2). */
final class FdDatagrams {
    /** More than a receive buffer of any sensible size holds: a peer that sends without a pause ends it there. */
    private static final int MOST_DROPPED = 100_000;

    private static final int MOST_SENT = 64;   // by one call
    private static final int WORD = 8;

    private FdDatagrams() {}

    /** As the JDK has it: what others of this machine have joined is not ours, and IPv6 goes no farther than IPv4. */
    static void prepare(int fd, int family) throws IOException {
        FdMulticast.hearOwnGroupsOnly(fd, family);
        if (family == AF_INET6) {
            FdOptions.setInt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1);
        }
    }

    /** sendmmsg(2) that does not wait: how many of {@code sources} from {@code first} on were sent. */
    static int send(int fd, int family, ByteBuffer[] sources, int first, @Nullable InetSocketAddress target)
            throws IOException {
        int count = Math.min(sources.length - first, MOST_SENT);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SockAddr.MAX_BYTES, WORD);
            int addressBytes = target == null ? 0 : SockAddr.encode(target, family, address);
            MemorySegment headers = arena.allocate((long) MMSGHDR_BYTES * count, WORD);
            MemorySegment vectors = arena.allocate((long) IOVEC_BYTES * count, WORD);
            for (int i = 0; i < count; i++) {
                ByteBuffer source = sources[first + i];
                MemorySegment vector = vectors.asSlice((long) IOVEC_BYTES * i, IOVEC_BYTES);
                vector.set(JAVA_LONG, 0, copy(source, arena).address());
                vector.set(JAVA_LONG, IOV_LEN, source.remaining());
                MemorySegment header = headers.asSlice((long) MMSGHDR_BYTES * i, MMSGHDR_BYTES);
                header.set(JAVA_LONG, MSG_NAME, target == null ? 0 : address.address());
                header.set(JAVA_INT, MSG_NAMELEN, addressBytes);
                header.set(JAVA_LONG, MSG_IOV, vector.address());
                header.set(JAVA_LONG, MSG_IOVLEN, 1);
            }
            int sent = Libc.sendmmsg(fd, headers, count, MSG_DONTWAIT | MSG_NOSIGNAL);
            for (int i = 0; i < sent; i++) {
                sources[first + i].position(sources[first + i].limit());
            }
            return sent >= 0 ? sent : nothingSent(-sent);
        }
    }

    private static MemorySegment copy(ByteBuffer source, Arena arena) {
        MemorySegment bytes = MemorySegment.ofBuffer(source);
        return arena.allocate(Math.max(1, bytes.byteSize())).copyFrom(bytes);
    }

    private static int nothingSent(int errno) throws IOException {
        if (errno == LinuxErrno.EAGAIN || LinuxErrno.isInterruption(errno)) {
            return 0;
        }
        throw SocketErrors.ofDatagram(LinuxErrno.failure(errno));
    }

    /** The peer's sockaddr; what has come from others, an error too, is dropped. */
    static byte[] connect(int fd, int family, SocketAddress peer) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SockAddr.MAX_BYTES, 8);
            int length = SockAddr.encode(peer, family, address);
            FdOptions.check(Libc.connect(fd, address, length));
            dropWhatCame(fd, arena.allocate(1));
            return address.asSlice(0, length).toArray(JAVA_BYTE);
        }
    }

    private static void dropWhatCame(int fd, MemorySegment target) {
        int dropped = 0;
        while (Libc.recv(fd, target, MSG_DONTWAIT) != -LinuxErrno.EAGAIN && dropped < MOST_DROPPED) {
            dropped++;
        }
    }

    /** An error that the former peer's machine has told is nobody's any more. */
    static void disconnect(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SOCKADDR_IN_BYTES, 8);   // zeros: AF_UNSPEC
            FdOptions.check(Libc.connect(fd, address, SOCKADDR_IN_BYTES));
        }
        FdOptions.getInt(fd, SOL_SOCKET, SO_ERROR);
    }
}
