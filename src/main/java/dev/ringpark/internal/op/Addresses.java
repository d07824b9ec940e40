package dev.ringpark.internal.op;

import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProtocolFamily;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Objects;

/** Internet addresses as callers give them, with the JDK's refusals. */
public final class Addresses {
    private Addresses() {}

    /** {@code address}, if a socket can use it that reaches IPv4 only, or both. */
    public static InetSocketAddress checked(SocketAddress address, boolean ipv4Only) {
        InetSocketAddress checked = inet(address);
        if (ipv4Only && checked.getAddress() instanceof Inet6Address) {
            throw new UnsupportedAddressTypeException();
        }
        return checked;
    }

    /** {@code address}, if it is a resolved Internet address. */
    public static InetSocketAddress inet(SocketAddress address) {
        Objects.requireNonNull(address, "address");
        if (!(address instanceof InetSocketAddress inet)) {
            throw new UnsupportedAddressTypeException();
        }
        if (inet.isUnresolved()) {
            throw new UnresolvedAddressException();
        }
        return inet;
    }

    /** {@code address}, if {@code socket} can use it. */
    public static InetSocketAddress checked(SocketAddress address, Handle socket) {
        InetSocketAddress checked = inet(address);
        requireFamily(checked.getAddress(), socket);
        return checked;
    }

    /** Refuses an address of a family that {@code socket} does not reach. */
    public static void requireFamily(InetAddress address, Handle socket) {
        boolean isOther = address instanceof Inet4Address ? socket.isIpv6Only() : socket.isIpv4Only();
        if (isOther) {
            throw new UnsupportedAddressTypeException();
        }
    }

    /** Any address and port of the family of {@code socket}. */
    public static InetSocketAddress any(Handle socket) {
        return new InetSocketAddress(InetAddress.ofLiteral(socket.isIpv4Only() ? "0.0.0.0" : "::"), 0);
    }

    /** {@code target} as a datagram of {@code socket} can be sent there. */
    public static InetSocketAddress destination(SocketAddress target, Handle socket) throws SocketException {
        InetSocketAddress address = reachable(checked(target, socket));
        if (address.getPort() == 0) {
            throw new SocketException("Can't send to port 0");
        }
        return address;
    }

    /** The family {@code address} belongs to. */
    public static ProtocolFamily familyOf(InetSocketAddress address) {
        boolean ipv4 = address.getAddress() instanceof Inet4Address;
        return ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
    }

    /** {@code family}, if it is IPv4 or IPv6. */
    public static ProtocolFamily checkedFamily(ProtocolFamily family) {
        Objects.requireNonNull(family, "family");
        if (family != StandardProtocolFamily.INET && family != StandardProtocolFamily.INET6) {
            throw new UnsupportedOperationException("Protocol family not supported: " + family.name());
        }
        return family;
    }

    /** The address to connect to: the wildcard stands for this machine, as in the JDK. */
    public static InetSocketAddress reachable(InetSocketAddress address) {
        if (!address.getAddress().isAnyLocalAddress()) {
            return address;
        }
        boolean ipv6 = address.getAddress() instanceof Inet6Address;
        return new InetSocketAddress(InetAddress.ofLiteral(ipv6 ? "::1" : "127.0.0.1"), address.getPort());
    }
}
