package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import dev.ringpark.internal.os.linux.SockAddr;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;

/** What a socket for datagrams does at once, beside its options: udp(7), connect(2). */
final class FdDatagrams {
    /** More than a receive buffer of any sensible size holds: a peer that sends without a pause ends it there. */
    private static final int MOST_DROPPED = 100_000;

    private FdDatagrams() {}

    /** As the JDK has it: what others of this machine have joined is not ours, and IPv6 goes no farther than IPv4. */
    static void prepare(int fd, int family) throws IOException {
        FdMulticast.hearOwnGroupsOnly(fd, family);
        if (family == AF_INET6) {
            FdOptions.setInt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, 1);
        }
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
