package dev.ringpark.bench.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Blocking SocketChannels, a virtual thread for each connection. */
final class ChannelEcho implements EchoServer {
    @Override
    public void serve(InetSocketAddress address, int bufferBytes) throws IOException {
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(address, BACKLOG);
            while (true) {
                SocketChannel socket = listener.accept();
                Thread.startVirtualThread(() -> echo(socket, bufferBytes));
            }
        }
    }

    private static void echo(SocketChannel socket, int bufferBytes) {
        try (socket) {
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            EchoBuffers.echo(socket, EchoBuffers.allocate(bufferBytes));
        } catch (IOException e) {
            BrokenConnections.report(e);
        }
    }
}
