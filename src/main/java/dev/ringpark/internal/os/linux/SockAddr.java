package dev.ringpark.internal.os.linux;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import dev.ringpark.internal.os.AbstractName;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.channels.UnsupportedAddressTypeException;
import org.jspecify.annotations.Nullable;

/**
 * Addresses in and out of struct sockaddr_in and sockaddr_in6 (ip(7), ipv6(7)), and, by {@link SockAddrUn},
 * sockaddr_un.
 */
public final class SockAddr {
    /** Room for each family. */
    public static final int MAX_BYTES = SocketAbi.SOCKADDR_UN_BYTES;

    private static final ValueLayout.OfShort BIG_ENDIAN_PORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SockAddr() {}

    /** The first IPv4 address of an interface, by which the older options know it; empty if it has none. */
    public static byte[] firstIpv4(NetworkInterface via) {
        return via.inetAddresses().filter(Inet4Address.class::isInstance).findFirst()
                .map(InetAddress::getAddress).orElse(new byte[0]);
    }

    /** Throws if {@code address} is one that no sockaddr can hold, with paths of {@code mostPathBytes} at most. */
    public static void requireFits(SocketAddress address, int mostPathBytes) throws SocketException {
        SockAddrUn.requireFits(address, mostPathBytes);
    }

    /**
     * Writes {@code address} as a socket of {@code family} wants it: an IPv4 address goes into an AF_INET6 socket in
     * its mapped form (::ffff:a.b.c.d).
     *
     * @return the length in bytes
     * @throws UnsupportedAddressTypeException if such a socket has no address like this
     */
    public static int encode(SocketAddress address, int family, MemorySegment target) {
        requireFamily(address, family);
        return family == SocketAbi.AF_UNIX
                ? SockAddrUn.encode(address, target)
                : encode((InetSocketAddress) address, family, target);
    }

    /** Who calls has looked already; but what is cut off an address unseen leads to another. */
    private static void requireFamily(SocketAddress address, int family) {
        boolean fits = switch (family) {
            case SocketAbi.AF_UNIX -> address instanceof UnixDomainSocketAddress || address instanceof AbstractName;
            case SocketAbi.AF_INET -> ip(address) instanceof Inet4Address;
            default -> ip(address) != null;
        };
        if (!fits) {
            throw new UnsupportedAddressTypeException();
        }
    }

    private static @Nullable InetAddress ip(SocketAddress address) {
        return address instanceof InetSocketAddress inet ? inet.getAddress() : null;
    }

    private static int encode(InetSocketAddress address, int family, MemorySegment target) {
        InetAddress ip = address.getAddress();
        target.asSlice(0, SocketAbi.SOCKADDR_IN6_BYTES).fill((byte) 0);
        target.set(JAVA_SHORT_UNALIGNED, 0, (short) family);
        target.set(BIG_ENDIAN_PORT, 2, (short) address.getPort());
        byte[] bytes = ip.getAddress();
        if (family == SocketAbi.AF_INET) {
            MemorySegment.copy(bytes, 0, target, JAVA_BYTE, 4, 4);
            return SocketAbi.SOCKADDR_IN_BYTES;
        }
        switch (ip) {
            case Inet4Address v4 when !v4.isAnyLocalAddress() -> {
                target.set(JAVA_SHORT_UNALIGNED, 18, (short) -1);
                MemorySegment.copy(bytes, 0, target, JAVA_BYTE, 20, 4);
            }
            case Inet6Address v6 -> {
                MemorySegment.copy(bytes, 0, target, JAVA_BYTE, 8, 16);
                target.set(JAVA_INT_UNALIGNED, 24, v6.getScopeId());
            }
            default -> { }   // the IPv4 wildcard on a dual-stack socket is the IPv6 one: sixteen zeros
        }
        return SocketAbi.SOCKADDR_IN6_BYTES;
    }

    /**
     * Reads the {@code source.byteSize()} bytes that the kernel wrote; a mapped IPv4 address comes back as an
     * {@link Inet4Address}.
     */
    public static SocketAddress decode(MemorySegment source) {
        int family = Short.toUnsignedInt(source.get(JAVA_SHORT_UNALIGNED, 0));
        return family == SocketAbi.AF_UNIX ? SockAddrUn.decode(source) : decode(source, family);
    }

    private static InetSocketAddress decode(MemorySegment source, int family) {
        int port = Short.toUnsignedInt(source.get(BIG_ENDIAN_PORT, 2));
        try {
            if (family == SocketAbi.AF_INET) {
                return new InetSocketAddress(InetAddress.getByAddress(bytes(source, 4, 4)), port);
            }
            byte[] bytes = bytes(source, 8, 16);
            int scope = source.get(JAVA_INT_UNALIGNED, 24);
            InetAddress ip = scope == 0
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, scope);
            return new InetSocketAddress(ip, port);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("4 or 16 bytes are always an address", impossible);
        }
    }

    private static byte[] bytes(MemorySegment source, long offset, int count) {
        byte[] bytes = new byte[count];
        MemorySegment.copy(source, JAVA_BYTE, offset, bytes, 0, count);
        return bytes;
    }
}
