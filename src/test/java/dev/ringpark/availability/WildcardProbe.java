package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.StandardProtocolFamily;

/** A program of its own, to be started with a preference for IPv6: binds sockets of each family to any address. */
public final class WildcardProbe {
    private WildcardProbe() {}

    /** Tells where each was bound to. */
    public static void main(String[] args) throws IOException {
        try (CarrierLoop loop = CarrierLoop.start()) {
            for (StandardProtocolFamily family : StandardProtocolFamily.values()) {
                if (family != StandardProtocolFamily.UNIX) {
                    System.out.println(family + " " + TcpListener.open(loop, family).bind(null).getLocalAddress());
                    System.out.println(family + " " + TcpSocket.open(loop, family).bind(null).getLocalAddress());
                }
            }
        }
    }
}
