package dev.ringpark.bench.peer;

import java.io.IOException;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;

/** Blocking SocketChannels, a virtual thread for each connection. */
final class ChannelEcho implements EchoServer {
    @Override
    public void serve(SocketAddress address, int bufferBytes) throws IOException {
        try (var listener = open(address)) {
            listener.bind(address, BACKLOG);
            while (true) {
                SocketChannel socket = listener.accept();
                Thread.startVirtualThread(() -> echo(socket, bufferBytes));
            }
        }
    }

    private static ServerSocketChannel open(SocketAddress address) throws IOException {
        return address instanceof UnixDomainSocketAddress
                ? ServerSocketChannel.open(StandardProtocolFamily.UNIX)
                : ServerSocketChannel.open();
    }

    private static void echo(SocketChannel socket, int bufferBytes) {
        try (socket) {
            if (socket.supportedOptions().contains(StandardSocketOptions.TCP_NODELAY)) {
                socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
            }
            EchoBuffers.echo(socket, EchoBuffers.allocate(bufferBytes));
        } catch (IOException e) {
            BrokenConnections.report(e);
        }
    }
}
