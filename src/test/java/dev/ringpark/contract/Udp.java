package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.UdpSocket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;

/** Two sockets for datagrams on this machine, each connected to the other. */
record Udp(UdpSocket near, UdpSocket far) {
    static Udp connected(CarrierLoop loop) throws IOException {
        UdpSocket near = bound(loop);
        UdpSocket far = bound(loop);
        near.connect(address(far));
        far.connect(address(near));
        return Held.hold(new Udp(near, far));
    }

    static UdpSocket bound(CarrierLoop loop) throws IOException {
        return Held.hold(UdpSocket.bind(loop, Loopback.anyPort()));
    }

    static InetSocketAddress address(UdpSocket socket) throws IOException {
        return (InetSocketAddress) socket.getLocalAddress();
    }

    /** The port of {@code socket} on this machine, whatever address it is bound to. */
    static InetSocketAddress local(UdpSocket socket) throws IOException {
        return Loopback.port(address(socket).getPort());
    }

    /** Has a port that nobody else gets, and at which nobody hears: its socket hears one peer, who never sends. */
    static DatagramSocket deaf() throws IOException {
        DatagramSocket socket = new DatagramSocket(Loopback.anyPort());
        socket.connect(Loopback.port(1));
        return socket;
    }
}
