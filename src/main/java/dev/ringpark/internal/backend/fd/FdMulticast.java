package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.linux.SockAddr;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import org.jspecify.annotations.Nullable;

/**
 * Groups, and the options that concern them: ip(7), ipv6(7), RFC 3678. A socket of both families sends by the IPv4
 * option to an IPv4 group and by the IPv6 option to others, so it has both set.
 */
final class FdMulticast {
    private static final int MOST_HOPS = 255;

    private FdMulticast() {}

    // ---- options ----

    static boolean isOption(SocketOption<?> option) {
        return option == StandardSocketOptions.IP_MULTICAST_IF || option == StandardSocketOptions.IP_MULTICAST_TTL
                || option == StandardSocketOptions.IP_MULTICAST_LOOP;
    }

    static <T> void set(SocketCalls calls, int fd, int family, SocketOption<T> option, T value) throws IOException {
        if (value instanceof NetworkInterface via) {
            setInterface(calls, fd, family, via);
        } else if (value instanceof Boolean on) {
            setBoth(calls, fd, family, IP_MULTICAST_LOOP, IPV6_MULTICAST_LOOP, on ? 1 : 0);
        } else if (value instanceof Integer hops) {
            if (hops < 0 || hops > MOST_HOPS) {
                throw new IllegalArgumentException("Invalid TTL/hop value: " + hops);
            }
            setBoth(calls, fd, family, IP_MULTICAST_TTL, IPV6_MULTICAST_HOPS, hops);
        }
    }

    static @Nullable Object get(SocketCalls calls, int fd, int family, SocketOption<?> option) throws IOException {
        if (option == StandardSocketOptions.IP_MULTICAST_IF) {
            return family == AF_INET6 ? interface6(calls, fd) : interface4(calls, fd);
        }
        boolean isLoop = option == StandardSocketOptions.IP_MULTICAST_LOOP;
        int number = family == AF_INET6
                ? FdOptions.getInt(calls, fd, IPPROTO_IPV6, isLoop ? IPV6_MULTICAST_LOOP : IPV6_MULTICAST_HOPS)
                : FdOptions.getInt(calls, fd, IPPROTO_IP, isLoop ? IP_MULTICAST_LOOP : IP_MULTICAST_TTL);
        if (isLoop) {
            return number != 0;
        }
        return number;
    }

    private static void setBoth(SocketCalls calls, int fd, int family, int name4, int name6, int number)
            throws IOException {
        if (family == AF_INET6) {
            FdOptions.setInt(calls, fd, IPPROTO_IPV6, name6, number);
        }
        if (takesIpv4Options(calls, family)) {
            FdOptions.setInt(calls, fd, IPPROTO_IP, name4, number);
        }
    }

    private static void setInterface(SocketCalls calls, int fd, int family, NetworkInterface via) throws IOException {
        int index = index(via);
        if (family == AF_INET6) {
            FdOptions.setInt(calls, fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, index);
        }
        if (!takesIpv4Options(calls, family)) {
            return;
        }
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(IP_MREQN_BYTES, 4);
            byte[] address = SockAddr.firstIpv4(via);   // the system tells this one when it is asked, not the index
            MemorySegment.copy(address, 0, request, JAVA_BYTE, IMR_ADDRESS, address.length);
            request.set(JAVA_INT, IMR_IFINDEX, index);
            FdOptions.check(calls, calls.setsockopt(fd, IPPROTO_IP, IP_MULTICAST_IF, request));
        }
    }

    private static boolean takesIpv4Options(SocketCalls calls, int family) {
        return family == AF_INET || calls.isLinux();
    }

    private static @Nullable NetworkInterface interface6(SocketCalls calls, int fd) throws IOException {
        int index = FdOptions.getInt(calls, fd, IPPROTO_IPV6, IPV6_MULTICAST_IF);
        return index == 0 ? null : NetworkInterface.getByIndex(index);
    }

    private static @Nullable NetworkInterface interface4(SocketCalls calls, int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(4, 4);
            FdOptions.check(calls, calls.getsockopt(
                    fd, IPPROTO_IP, IP_MULTICAST_IF, address, arena.allocateFrom(JAVA_INT, 4)));
            InetAddress known = InetAddress.getByAddress(address.toArray(JAVA_BYTE));
            return known.isAnyLocalAddress() ? null : NetworkInterface.getByInetAddress(known);
        }
    }

    /** By default Linux gives a socket what any other on the machine has joined, if the port is the same. */
    static void hearOwnGroupsOnly(SocketCalls calls, int fd, int family) throws IOException {
        setIfKnown(calls, fd, IPPROTO_IP, IP_MULTICAST_ALL);
        if (family == AF_INET6) {
            setIfKnown(calls, fd, IPPROTO_IPV6, IPV6_MULTICAST_ALL);
        }
    }

    private static void setIfKnown(SocketCalls calls, int fd, int level, int name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int result = calls.setsockopt(fd, level, name, arena.allocateFrom(JAVA_INT, 0));
            if (calls.errno(-result) != Errno.ENOPROTOOPT) {
                FdOptions.check(calls, result);
            }
        }
    }

    // ---- membership ----

    static void join(SocketCalls calls, int fd, InetAddress group, NetworkInterface via, @Nullable InetAddress source)
            throws IOException {
        request(calls, fd, source == null ? MCAST_JOIN_GROUP : MCAST_JOIN_SOURCE_GROUP, group, via, source);
    }

    static void leave(SocketCalls calls, int fd, InetAddress group, NetworkInterface via, @Nullable InetAddress source)
            throws IOException {
        request(calls, fd, source == null ? MCAST_LEAVE_GROUP : MCAST_LEAVE_SOURCE_GROUP, group, via, source);
    }

    private static void request(SocketCalls calls, int fd, int name, InetAddress group, NetworkInterface via,
            @Nullable InetAddress source) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment request = arena.allocate(source == null ? GROUP_REQ_BYTES : GROUP_SOURCE_REQ_BYTES, 8);
            request.set(JAVA_INT, 0, index(via));
            put(group, request.asSlice(GR_GROUP));
            if (source != null) {
                put(source, request.asSlice(GSR_SOURCE));
            }
            FdOptions.check(calls, calls.setsockopt(fd, level(group), name, request));
        }
    }

    /** Also for a socket of both families: what concerns an IPv4 group is asked of IPv4. */
    private static int level(InetAddress group) {
        return group instanceof Inet4Address ? IPPROTO_IP : IPPROTO_IPV6;
    }

    private static void put(InetAddress address, MemorySegment target) {
        int family = address instanceof Inet4Address ? AF_INET : AF_INET6;
        SockAddr.encode(new InetSocketAddress(address, 0), family, target);
    }

    private static int index(NetworkInterface via) throws SocketException {
        int index = via.getIndex();
        if (index < 0) {
            throw new SocketException("Network interface cannot be identified: " + via.getName());
        }
        return index;
    }
}
