package dev.ringpark.bench.peer;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;

/** java.net.Socket and its streams, a thread for each connection: virtual or platform, as the builder says. */
final class SocketEcho implements EchoServer {
    private final Thread.Builder threads;

    SocketEcho(Thread.Builder threads) {
        this.threads = threads;
    }

    @Override
    public void serve(SocketAddress address, int bufferBytes) throws IOException {
        if (!(address instanceof InetSocketAddress)) {
            throw new IOException("java.net.Socket has no Unix sockets: " + address);
        }
        try (var listener = new ServerSocket()) {
            listener.setReuseAddress(true);
            listener.bind(address, BACKLOG);
            while (true) {
                Socket socket = listener.accept();
                threads.start(() -> echo(socket, bufferBytes));
            }
        }
    }

    private static void echo(Socket socket, int bufferBytes) {
        try (socket) {
            socket.setTcpNoDelay(true);
            var in = socket.getInputStream();
            var out = socket.getOutputStream();
            var buffer = new byte[bufferBytes];
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException e) {
            BrokenConnections.report(e);
        }
    }
}
