package dev.ringpark.bench.peer;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;

/** Where a server is, as the scripts write it: a port on this machine, or the path of a Unix socket. */
public final class Addresses {
    private Addresses() {}

    public static boolean isPath(String where) {
        return where.contains("/");
    }

    public static SocketAddress of(String where) {
        return isPath(where)
                ? UnixDomainSocketAddress.of(where)
                : new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(where));
    }
}
