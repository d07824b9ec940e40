package dev.ringpark.bench.peer;

import dev.ringpark.CarrierLoop;
import dev.ringpark.StreamListener;
import dev.ringpark.StreamSocket;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import dev.ringpark.UnixListener;
import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;

/** Ringpark on one loop, a virtual thread for each connection. */
final class RingparkEcho implements EchoServer {
    private volatile CarrierLoop loop;

    @Override
    public void serve(SocketAddress address, int bufferBytes) throws Exception {
        try (var started = CarrierLoop.start();
                var listener = listen(started, address)) {
            loop = started;
            started.run(() -> acceptAll(started, listener, bufferBytes));
        }
    }

    private static StreamListener listen(CarrierLoop loop, SocketAddress address) throws IOException {
        return address instanceof UnixDomainSocketAddress
                ? UnixListener.bind(loop, address, BACKLOG)
                : TcpListener.bind(loop, address, BACKLOG);
    }

    @Override
    public String statistics() {
        return loop == null ? "not started" : loop.stats().toString();
    }

    private static Void acceptAll(CarrierLoop loop, StreamListener listener, int bufferBytes) throws IOException {
        while (true) {
            StreamSocket socket = listener.accept();
            loop.startVirtualThread(() -> echo(socket, bufferBytes));
        }
    }

    private static void echo(StreamSocket socket, int bufferBytes) {
        try (socket) {
            if (socket instanceof TcpSocket) {
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            EchoBuffers.echo(socket, EchoBuffers.allocate(bufferBytes));
        } catch (IOException e) {
            BrokenConnections.report(e);
        }
    }
}
