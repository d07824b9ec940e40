package dev.ringpark.internal.os.bsd;

import static dev.ringpark.internal.os.bsd.BsdAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringpark.internal.os.linux.SockAddr;
import dev.ringpark.internal.os.linux.SocketAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.NetworkInterface;
import java.net.SocketException;

/** Joins and leaves groups, by the older options, which are the ones whose layouts both systems have alike. */
final class BsdMembership {
    private BsdMembership() {}

    /** Whether an option of Linux's is one of those that come with a struct group_req. */
    static boolean isMeant(int level, int name) {
        return (level == SocketAbi.IPPROTO_IP || level == SocketAbi.IPPROTO_IPV6)
                && (name == SocketAbi.MCAST_JOIN_GROUP || name == SocketAbi.MCAST_LEAVE_GROUP);
    }

    /** Says a struct group_req in the system's words; 0, or minus its errno. */
    static int set(BsdLibc libc, MemorySegment state, int fd, int level, boolean joins, MemorySegment request) {
        MemorySegment group = request.asSlice(SocketAbi.GR_GROUP);
        int index = request.get(JAVA_INT, 0);
        try (Arena arena = Arena.ofConfined()) {
            if (level == SocketAbi.IPPROTO_IP) {
                byte[] address = ipv4(index);
                MemorySegment ours = arena.allocate(IP_MREQN_BYTES, 4);
                MemorySegment.copy(group, 4, ours, 0, 4);
                MemorySegment.copy(address, 0, ours, JAVA_BYTE, IMR_ADDRESS, address.length);
                ours.set(JAVA_INT, IMR_IFINDEX, index);
                return address.length == 0 ? -EADDRNOTAVAIL : libc.setsockopt(state, fd, level,
                        joins ? IP_ADD_MEMBERSHIP : IP_DROP_MEMBERSHIP, ours.address(), IP_MREQN_BYTES);
            }
            MemorySegment ours = arena.allocate(IPV6_MREQ_BYTES, 4);
            MemorySegment.copy(group, 8, ours, 0, 16);
            ours.set(JAVA_INT, IPV6MR_IFINDEX, index);
            return libc.setsockopt(state, fd, level, joins ? IPV6_JOIN_GROUP : IPV6_LEAVE_GROUP,
                    ours.address(), IPV6_MREQ_BYTES);
        }
    }

    /**
     * The first address of an interface, empty if it has none or has gone. macOS reads no further than that, nor does
     * FreeBSD when a group is left: without it they would take an interface of their own choice.
     */
    private static byte[] ipv4(int index) {
        try {
            NetworkInterface via = NetworkInterface.getByIndex(index);
            return via == null ? new byte[0] : SockAddr.firstIpv4(via);
        } catch (SocketException gone) {
            return new byte[0];
        }
    }
}
