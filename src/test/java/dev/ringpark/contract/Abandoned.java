package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of its own, to be started with {@code jdk.trackAllThreads=false}: parks threads that nobody has, each with
 * a socket or listener that nobody else has, lets the collector run, and tells how many of them go on.
 */
public final class Abandoned {
    private static final int EACH = 50;
    private static final int KINDS = 5;             // of threads
    private static final int BUFFER_BYTES = 4096;   // of a connection, on either side
    private static final int MUCH = 1 << 20;        // more than it has room for

    private final CarrierLoop loop;
    private final ServerSocket listener;
    private final Queue<Integer> ports = new ConcurrentLinkedQueue<>();   // of those who accept
    private final AtomicInteger wentOn = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(KINDS * EACH);

    private Abandoned(CarrierLoop loop, ServerSocket listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /** Tells one fact. */
    public static void main(String[] args) throws Exception {
        try (CarrierLoop loop = CarrierLoop.start();
                ServerSocket listener = new ServerSocket(0, EACH, Loopback.anyPort().getAddress())) {
            listener.setReceiveBufferSize(BUFFER_BYTES);
            new Abandoned(loop, listener).run();
        }
    }

    private void run() throws Exception {
        List<Socket> peers = peersOf(this::readTwiceAtOnce);
        peers.addAll(peersOf(this::sleepAndRead));
        List<Socket> targets = peersOf(this::writeMuch);
        for (int i = 0; i < EACH; i++) {
            start(this::acceptOne);
        }
        Eventually.until(() -> ports.size() == EACH, "listeners");
        Eventually.until(() -> loop.stats().submitted() - loop.stats().completed() >= 3 * EACH, "waits in the queue");
        for (int i = 0; i < 5; i++) {
            System.gc();
            loop.run(() -> 1);
        }
        for (Socket peer : peers) {
            peer.getOutputStream().write(new byte[2]);
        }
        for (int port : ports) {
            new Socket(Loopback.anyPort().getAddress(), port).close();
        }
        for (Socket target : targets) {
            target.getInputStream().readNBytes(MUCH);
        }
        boolean all = ended.await(Eventually.LONG_SECONDS, TimeUnit.SECONDS);
        System.out.println("of " + KINDS * EACH + " went on: " + wentOn + (all ? "" : ", and some are lost"));
    }

    /** What those have connected to who take {@code step}. */
    private List<Socket> peersOf(Step step) throws IOException {
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            start(step);
            peers.add(listener.accept());
        }
        return peers;
    }

    private void start(Step step) {
        loop.startVirtualThread(() -> {
            try {
                step.take();
                wentOn.incrementAndGet();
            } catch (IOException e) {
                System.out.println(e);
            } finally {
                ended.countDown();
            }
        });
    }

    private void readTwiceAtOnce() throws IOException {
        TcpSocket socket = connect();
        start(() -> read(socket));   // one of them waits for its turn
        read(socket);
    }

    private void sleepAndRead() throws IOException {
        TcpSocket socket = connect();
        LockSupport.parkNanos(Duration.ofMillis(500).toNanos());
        read(socket);
    }

    private void writeMuch() throws IOException {
        connect().setOption(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES).write(new byte[MUCH], 0, MUCH);
    }

    private void acceptOne() throws IOException {
        TcpListener own = TcpListener.bind(loop, Loopback.anyPort());
        ports.add(((InetSocketAddress) own.getLocalAddress()).getPort());
        own.accept().close();
    }

    private TcpSocket connect() throws IOException {
        return TcpSocket.connect(loop, listener.getLocalSocketAddress());
    }

    private void read(TcpSocket socket) throws IOException {
        if (socket.read(new byte[1], 0, 1) != 1) {
            throw new IOException("the end of the stream");
        }
    }

    /** What one thread does. */
    @FunctionalInterface
    private interface Step {
        void take() throws IOException;
    }
}
