package dev.ringpark.contract;

import java.net.InetAddress;
import java.net.InetSocketAddress;

/** Addresses of this machine. */
final class Loopback {
    private Loopback() {}

    static InetSocketAddress port(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), port);
    }

    static InetSocketAddress anyPort() {
        return port(0);
    }

    static InetSocketAddress ipv6(int port) {
        return new InetSocketAddress(InetAddress.ofLiteral("::1"), port);
    }
}
