package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.op.DatagramLimit;
import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.SocketErrors;
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

    private static final int WORD = 8;

    private FdDatagrams() {}

    /** As the JDK has it: what others of this machine have joined is not ours, and IPv6 goes no farther than IPv4. */
    static void prepare(SocketCalls calls, int fd, int family) throws IOException {
        FdMulticast.hearOwnGroupsOnly(calls, fd, family);
        if (family == AF_INET6) {
            FdOptions.setInt(calls, fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1);
        }
    }

    /** What does not wait: how many of {@code sources} from {@code first} on were sent. */
    static int send(SocketCalls calls, int fd, int family, ByteBuffer[] sources, int first,
            @Nullable InetSocketAddress target) throws IOException {
        int count = DatagramLimit.countFitting(sources, first);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SockAddr.MAX_BYTES, WORD);
            int addressBytes = target == null ? 0 : SockAddr.encode(target, family, address);
            MemorySegment headers = arena.allocate((long) MMSGHDR_BYTES * count, WORD);
            MemorySegment vectors = arena.allocate((long) IOVEC_BYTES * count, WORD);
            for (int i = 0; i < count; i++) {
                MemorySegment vector = vectors.asSlice((long) IOVEC_BYTES * i, IOVEC_BYTES);
                point(vector, sources[first + i], arena);
                MemorySegment header = headers.asSlice((long) MMSGHDR_BYTES * i, MMSGHDR_BYTES);
                header.set(JAVA_LONG, MSG_NAME, target == null ? 0 : address.address());
                header.set(JAVA_INT, MSG_NAMELEN, addressBytes);
                header.set(JAVA_LONG, MSG_IOV, vector.address());
                header.set(JAVA_LONG, MSG_IOVLEN, 1);
            }
            int sent = calls.sendNow(fd, headers, count);
            for (int i = 0; i < sent; i++) {
                sources[first + i].position(sources[first + i].limit());
            }
            return sent >= 0 ? sent : nothingSent(calls, -sent);
        }
    }

    /** To a copy of {@code source}, which is looked at once: another thread may move it. */
    private static void point(MemorySegment vector, ByteBuffer source, Arena arena) {
        MemorySegment bytes = FdAttempts.memory(source, source.position());
        MemorySegment copy = arena.allocate(Math.max(1, bytes.byteSize())).copyFrom(bytes);
        vector.set(JAVA_LONG, 0, copy.address());
        vector.set(JAVA_LONG, IOV_LEN, bytes.byteSize());
    }

    private static int nothingSent(SocketCalls calls, int errno) throws IOException {
        if (calls.isToWait(errno) || calls.isInterruption(errno)) {
            return 0;
        }
        throw SocketErrors.ofDatagram(calls.failure(errno));
    }

    /** The peer's sockaddr; what has come before is dropped, an error too: mostly it is from others. */
    static byte[] connect(SocketCalls calls, int fd, int family, SocketAddress peer) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SockAddr.MAX_BYTES, 8);
            int length = SockAddr.encode(peer, family, address);
            FdOptions.check(calls, calls.connect(fd, address, length));
            dropWhatCame(calls, fd, arena.allocate(1));
            return address.asSlice(0, length).toArray(JAVA_BYTE);
        }
    }

    private static void dropWhatCame(SocketCalls calls, int fd, MemorySegment target) {
        int dropped = 0;
        int result;
        do {
            result = calls.receiveNow(fd, target);
        } while ((result >= 0 || !calls.isToWait(-result)) && ++dropped < MOST_DROPPED);
    }

    /** An error that the former peer's machine has told is nobody's any more. */
    static void disconnect(SocketCalls calls, int fd) throws IOException {
        FdOptions.check(calls, calls.disconnect(fd));
        FdOptions.getInt(calls, fd, SOL_SOCKET, SO_ERROR);
    }
}
