package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Threads and sockets that nobody knows but the loop that waits for them: the collector leaves them alone. */
class AbandonedThreadsContractTest extends Contract {
    private static final int MANY = 50;
    private static final int COLLECTIONS = 5;

    @Test
    void parkedReadersNobodyKnowsAnswerAfterTheCollectorHasRun() throws Exception {
        List<Socket> peers = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            peers.add(peerOfAnAbandonedEcho());
        }
        awaitAllParked(MANY);
        collect();
        for (int i = 0; i < MANY; i++) {
            peers.get(i).getOutputStream().write(i);
        }
        for (int i = 0; i < MANY; i++) {
            assertThat(peers.get(i).getInputStream().read()).isEqualTo(i);
            assertThat(peers.get(i).getInputStream().read()).isEqualTo(-1);
        }
    }

    private Socket peerOfAnAbandonedEcho() throws IOException {
        Outside connection = Outside.of(loop);
        TcpSocket near = connection.near();
        loop.startVirtualThread(() -> echoOne(near));
        return closeLater(connection.far());
    }

    private static void echoOne(TcpSocket socket) {
        byte[] one = new byte[1];
        try (socket) {
            socket.write(one, 0, socket.read(one, 0, 1));
        } catch (IOException e) {
            throw new AssertionError(e);   // its peer waits in vain
        }
    }

    @Test
    void aParkedAcceptNobodyKnowsTakesConnectionsAfterTheCollectorHasRun() throws Exception {
        int port = portOfAnAbandonedListener();
        awaitAllParked(1);
        collect();
        try (Socket peer = new Socket(Loopback.anyPort().getAddress(), port)) {
            peer.setSoTimeout((int) Eventually.LONG_SECONDS * 1000);
            peer.getOutputStream().write(7);
            assertThat(peer.getInputStream().read()).isEqualTo(7);
        }
    }

    private int portOfAnAbandonedListener() throws IOException {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        loop.startVirtualThread(() -> acceptOne(listener));
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private static void acceptOne(TcpListener listener) {
        try (listener) {
            echoOne(listener.accept());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void sleepersNobodyKnowsWakeAfterTheCollectorHasRun() throws Exception {
        AtomicInteger awake = new AtomicInteger();
        for (int i = 0; i < MANY; i++) {
            loop.startVirtualThread(() -> {
                LockSupport.parkNanos(50_000_000);
                awake.incrementAndGet();
            });
        }
        collect();
        Eventually.until(() -> awake.get() == MANY, "all have woken");
    }

    private void awaitAllParked(int count) {
        Eventually.until(() -> loop.stats().submitted() - loop.stats().completed() == count, "all wait");
    }

    private static void collect() {
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }
    }
}
