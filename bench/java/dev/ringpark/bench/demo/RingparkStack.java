package dev.ringpark.bench.demo;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.stream.LongStream;

/** Ringpark with one loop for the server and one for the clients. */
public final class RingparkStack implements Stack {
    private final CarrierLoop serverLoop;
    private final CarrierLoop clientLoop;
    private final TcpListener listener;

    public RingparkStack() throws IOException {
        serverLoop = CarrierLoop.start();
        clientLoop = CarrierLoop.start();
        listener = TcpListener.bind(serverLoop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @Override
    public String name() {
        return "ringpark";
    }

    @Override
    public String details() {
        return serverLoop.backend() + ", " + serverLoop.mode();
    }

    @Override
    public SocketAddress serve(Handler handler, Tally tally) throws IOException {
        serverLoop.startVirtualThread(() -> tally.watch(() -> acceptAll(handler, tally), listener::isOpen));
        return Objects.requireNonNull(listener.getLocalAddress());
    }

    private void acceptAll(Handler handler, Tally tally) throws IOException {
        while (true) {
            var connection = new Tcp(listener.accept());
            serverLoop.startVirtualThread(() -> tally.watch(() -> handler.handle(connection)));
        }
    }

    @Override
    public Thread startClient(Runnable task) {
        return clientLoop.startVirtualThread(task);
    }

    @Override
    public Connection connect(SocketAddress server) throws IOException {
        return new Tcp(TcpSocket.connect(clientLoop, server));
    }

    /** Waits and wake-ups of both loops: with a ring, all that reads and writes cost. */
    @Override
    public OptionalLong systemCalls() {
        if (!serverLoop.backend().name().equals("io_uring")) {
            return OptionalLong.empty(); // the others call the kernel for each read and write besides
        }
        return OptionalLong.of(LongStream.of(calls(serverLoop), calls(clientLoop)).sum());
    }

    private static long calls(CarrierLoop loop) {
        var stats = loop.stats();
        return stats.enters() + stats.wakeups();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        clientLoop.close();
        serverLoop.close();
    }

    private static final class Tcp implements Connection {
        private final TcpSocket socket;

        Tcp(TcpSocket socket) throws IOException {
            this.socket = socket;
            socket.setOption(StandardSocketOptions.TCP_NODELAY, true);
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            return socket.read(target, offset, length);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            for (int done = 0; done < length; ) {
                done += socket.write(source, offset + done, length - done);
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }
}
