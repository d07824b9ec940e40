package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/**
 * A program of its own, to be started in a network of its own that has four kinds of ways into nothing, without the
 * privilege to bind low ports: tells what a connect along each of them, and a bind, ends with.
 */
public final class NetworkErrors {
    private static final int HTTP_PORT = 80;

    private NetworkErrors() {}

    /** Takes a backend and a mode; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (CarrierLoop loop = CarrierLoop.start(options)) {
            connect(loop, "nobody answers", "192.0.2.1");
            connect(loop, "unreachable", "198.51.100.1");
            connect(loop, "no way", "224.0.0.1");
            connect(loop, "forbidden", "203.0.113.1");
            bind(loop);
        }
    }

    private static void connect(CarrierLoop loop, String fact, String address) throws Exception {
        TcpSocket socket = TcpSocket.open(loop);
        InetSocketAddress peer = new InetSocketAddress(InetAddress.ofLiteral(address), HTTP_PORT);
        Throwable failure = new Call<>(loop, loop::startVirtualThread, () -> socket.connect(peer)).failure();
        System.out.println(fact + ": " + failure + ", open: " + socket.isOpen());
    }

    private static void bind(CarrierLoop loop) throws Exception {
        TcpListener listener = TcpListener.open(loop);
        InetSocketAddress low = new InetSocketAddress(InetAddress.getLoopbackAddress(), HTTP_PORT);
        Throwable failure = new Call<>(loop, loop::startVirtualThread, () -> listener.bind(low)).failure();
        System.out.println("privileged: " + failure + ", open: " + listener.isOpen());
        System.out.println("another port: " + (listener.bind(Loopback.anyPort()).getLocalAddress() != null));
    }
}
