package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/**
 * A program of its own: starts a loop, tells what was chosen, sends a message through it and back. Knows the public API
 * alone, so that it can be a module, too.
 */
public final class Probe {
    private Probe() {}

    /** Tells one fact a line; with more than one loop, one after the other, each tells its own. */
    public static void main(String[] args) {
        for (int left = Integer.getInteger("probe.loops", 1); left > 0; left--) {
            tryOne();
        }
    }

    private static void tryOne() {
        try (CarrierLoop loop = CarrierLoop.start()) {
            tell("backend", loop.backend().name());
            loop.backend().refused().forEach((name, reason) -> tell("refused " + name, reason));
            tell("mode", loop.mode().mode().label());
            tell("reason", loop.mode().reason());
            tell("carrier", loop.run(() -> Thread.currentThread().toString()).contains("ForkJoin") ? "jdk" : "loop");
            tell("echo", loop.run(() -> echo(loop, "there and back")));
        } catch (Exception e) {
            tell("failed", e.toString());
        }
    }

    private static String echo(CarrierLoop loop, String message) throws IOException {
        InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (TcpListener listener = TcpListener.bind(loop, loopback)) {
            loop.startVirtualThread(() -> serveOne(listener));
            try (TcpSocket client = TcpSocket.connect(loop, listener.getLocalAddress())) {
                client.out().write(message.getBytes(StandardCharsets.UTF_8));
                client.shutdownOutput();
                return new String(client.in().readAllBytes(), StandardCharsets.UTF_8);
            }
        }
    }

    private static void serveOne(TcpListener listener) {
        try (TcpSocket peer = listener.accept()) {
            peer.copyTo(peer);
        } catch (IOException e) {
            tell("failed", e.toString());
        }
    }

    private static void tell(String fact, String value) {
        System.out.println(fact + ": " + value);
    }
}
