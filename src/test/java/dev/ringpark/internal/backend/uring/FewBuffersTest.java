package dev.ringpark.internal.backend.uring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** More reads of arrays get their bytes at one moment than there are buffers: nobody fails, nothing is lost. */
@Timeout(60)
class FewBuffersTest {
    private static final int READERS = 20;
    private static final int BUFFER_BYTES = 512;
    private static final int SENT_BYTES = 700;   // more than a buffer: each reader comes twice

    private CarrierLoop loop;
    private final List<Socket> peers = new ArrayList<>();

    /** Carried, so that a thread of the loop keeps it from its poll while it writes to all. */
    @BeforeEach
    void start() throws IOException {
        LoopOptions options = LoopOptions.defaults().withName("few").withBackend("io_uring")
                .withMode(LoopMode.CARRIED).withBuffers(BUFFER_BYTES, 2);
        try {
            loop = CarrierLoop.start(options);
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            Assumptions.assumeFalse(reason.startsWith("the forced"), reason);
            throw e;
        }
    }

    @AfterEach
    void close() throws IOException {
        if (loop != null) {
            loop.close();
        }
        for (Socket peer : peers) {
            peer.close();
        }
    }

    private <T> FutureTask<T> start(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        loop.startVirtualThread(task);
        return task;
    }

    @Test
    void twentyParkedReadersThatGetTheirBytesTogetherShareTwoBuffers() throws Exception {
        List<FutureTask<byte[]>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            TcpSocket socket = connect();
            readers.add(start(() -> readAll(socket)));
        }

        start(() -> {
            awaitParkedReaders();   // this thread has run after theirs, so they have asked
            for (int i = 0; i < READERS; i++) {
                peers.get(i).getOutputStream().write(content(i));
                peers.get(i).shutdownOutput();
            }
            return null;
        }).get(30, TimeUnit.SECONDS);

        for (int i = 0; i < READERS; i++) {
            assertThat(readers.get(i).get(30, TimeUnit.SECONDS)).isEqualTo(content(i));
        }
    }

    /** Gives way until every read is with the kernel, and so is nobody's who could still run before the poll. */
    @SuppressWarnings("ThreadPriorityCheck")   // the loop turns meanwhile
    private void awaitParkedReaders() {
        while (loop.stats().submitted() - loop.stats().completed() < READERS) {
            Thread.yield();
        }
        Thread.yield();
    }

    private TcpSocket connect() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TcpSocket socket = TcpSocket.connect(loop, listener.getLocalSocketAddress());
            peers.add(listener.accept());
            return socket;
        }
    }

    private static byte[] content(int reader) {
        byte[] bytes = new byte[SENT_BYTES];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) (reader * 31 + i);
        }
        return bytes;
    }

    private static byte[] readAll(TcpSocket socket) throws IOException {
        byte[] all = new byte[2 * SENT_BYTES];
        int done = 0;
        for (int count = 0; count >= 0; count = socket.read(all, done, all.length - done)) {
            assertThat(count).isLessThanOrEqualTo(BUFFER_BYTES);
            done += count;
        }
        return Arrays.copyOf(all, done);
    }
}
