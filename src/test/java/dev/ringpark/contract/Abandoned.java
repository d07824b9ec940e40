package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of its own, to be started with {@code jdk.trackAllThreads=false}: parks threads that nobody has, each with
 * a socket that nobody else has, lets the collector run, and tells how many of them go on.
 */
public final class Abandoned {
    private static final int EACH = 50;

    private final CarrierLoop loop;
    private final ServerSocket listener;
    private final AtomicInteger wentOn = new AtomicInteger();
    private final CountDownLatch ended = new CountDownLatch(3 * EACH);

    private Abandoned(CarrierLoop loop, ServerSocket listener) {
        this.loop = loop;
        this.listener = listener;
    }

    /** Tells one fact. */
    public static void main(String[] args) throws Exception {
        try (CarrierLoop loop = CarrierLoop.start();
                ServerSocket listener = new ServerSocket(0, EACH, Loopback.anyPort().getAddress())) {
            new Abandoned(loop, listener).run();
        }
    }

    private void run() throws Exception {
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < EACH; i++) {
            start(this::readTwiceAtOnce);
            start(this::sleepAndRead);
            peers.add(listener.accept());
            peers.add(listener.accept());
        }
        Eventually.until(() -> loop.stats().submitted() - loop.stats().completed() >= EACH, "reads");
        for (int i = 0; i < 5; i++) {
            System.gc();
            loop.run(() -> 1);
        }
        for (Socket peer : peers) {
            peer.getOutputStream().write(new byte[2]);
        }
        boolean all = ended.await(Eventually.LONG_SECONDS, TimeUnit.SECONDS);
        System.out.println("of " + 3 * EACH + " went on: " + wentOn + (all ? "" : ", and some are lost"));
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
