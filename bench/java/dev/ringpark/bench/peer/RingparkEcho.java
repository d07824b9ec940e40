package dev.ringpark.bench.peer;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;

/** Ringpark on one loop, a virtual thread for each connection. */
final class RingparkEcho implements EchoServer {
    private volatile CarrierLoop loop;

    @Override
    public void serve(InetSocketAddress address, int bufferBytes) throws Exception {
        try (var started = CarrierLoop.start();
                var listener = TcpListener.bind(started, address, BACKLOG)) {
            loop = started;
            started.run(() -> acceptAll(started, listener, bufferBytes));
        }
    }

    @Override
    public String statistics() {
        return loop == null ? "not started" : loop.stats().toString();
    }

    private static Void acceptAll(CarrierLoop loop, TcpListener listener, int bufferBytes) throws IOException {
        while (true) {
            TcpSocket socket = listener.accept();
            loop.startVirtualThread(() -> echo(socket, bufferBytes));
        }
    }

    private static void echo(TcpSocket socket, int bufferBytes) {
        try (socket) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            EchoBuffers.echo(socket, EchoBuffers.allocate(bufferBytes));
        } catch (IOException e) {
            BrokenConnections.report(e);
        }
    }
}
