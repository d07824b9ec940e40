package dev.ringpark.bench.demo;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.OptionalLong;

/** The JDK's virtual threads and java.net.Socket. */
public final class JdkStack implements Stack {
    private static final int BACKLOG = 4096;

    private final ServerSocket listener;

    public JdkStack() throws IOException {
        listener = new ServerSocket(0, BACKLOG, InetAddress.getLoopbackAddress());
    }

    @Override
    public String name() {
        return "jdk";
    }

    @Override
    public String details() {
        return "java.net.Socket on the JDK's virtual threads";
    }

    @Override
    public SocketAddress serve(Handler handler, Tally tally) {
        Thread.startVirtualThread(() -> tally.watch(() -> acceptAll(handler, tally), () -> !listener.isClosed()));
        return listener.getLocalSocketAddress();
    }

    private void acceptAll(Handler handler, Tally tally) throws IOException {
        while (true) {
            var connection = new Tcp(listener.accept());
            Thread.startVirtualThread(() -> tally.watch(() -> handler.handle(connection)));
        }
    }

    @Override
    public Thread startClient(Runnable task) {
        return Thread.startVirtualThread(task);
    }

    @Override
    public Connection connect(SocketAddress server) throws IOException {
        var socket = new Socket();
        socket.connect(server);
        return new Tcp(socket);
    }

    @Override
    public OptionalLong systemCalls() {
        return OptionalLong.empty();
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private static final class Tcp implements Connection {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Tcp(Socket socket) throws IOException {
            this.socket = socket;
            socket.setTcpNoDelay(true);
            in = socket.getInputStream();
            out = socket.getOutputStream();
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return in.read(target, offset, length);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            out.write(source, offset, length);
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
