package dev.ringpark.internal.backend.uring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import dev.ringpark.process.KernelVersion;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Traffic of every kind over a small pool of buffers in which canaries sit: none is hurt, and none gets out. */
@Timeout(60)
class PoolCanariesTest {
    private static final int BUFFERS = 16;
    private static final int BUFFER_BYTES = 512;
    private static final int MOST = 300;   // bytes of one transfer; what lies behind is the canaries'
    private static final int CONNECTIONS = 30;
    private static final int STREAM_BYTES = 15_000;
    private static final int USED_ROUNDS = 50;   // which is enough

    private final AtomicInteger rounds = new AtomicInteger();
    private volatile boolean isOver;
    private CarrierLoop loop;

    /** Carried, so that a thread of the loop runs between its polls. */
    @BeforeEach
    void start() throws IOException {
        Assumptions.assumeTrue(KernelVersion.isAtLeast(6, 1), "before Linux 6.1 a ring may work between two polls");
        try {
            loop = CarrierLoop.start(LoopOptions.defaults().withName("canaries").withBackend("io_uring")
                    .withMode(LoopMode.CARRIED).withBuffers(BUFFER_BYTES, BUFFERS));
        } catch (IOException e) {
            String reason = String.valueOf(e.getMessage());
            Assumptions.assumeFalse(reason.startsWith("the forced"), reason);
            throw e;
        }
    }

    @AfterEach
    void close() {
        if (loop != null) {
            loop.close();
        }
    }

    @Test
    void nobodyReadsOrWritesABufferThatIsNotHisOwn() throws Exception {
        FutureTask<Void> watch = start(this::watch);
        int seed = 0;
        while (rounds.get() <= USED_ROUNDS && !watch.isDone()) {   // a wave may pass between two busy looks
            List<Future<?>> traffic = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connect(new Random(seed++), traffic);
            }
            for (Future<?> each : traffic) {
                each.get(45, TimeUnit.SECONDS);
            }
        }
        isOver = true;
        watch.get(45, TimeUnit.SECONDS);

        assertThat(rounds).as("rounds in which buffers were used").hasValueGreaterThan(USED_ROUNDS);
    }

    /** Until the traffic is over; counts how often there had been some between two looks. */
    @SuppressWarnings("ThreadPriorityCheck")   // the loop turns meanwhile
    private Void watch() throws ReflectiveOperationException {
        Canaries canaries = Canaries.in(loop);
        canaries.fill();
        while (!isOver) {
            Thread.yield();
            canaries.check(MOST);
            if (canaries.isUsed()) {
                rounds.incrementAndGet();
            }
            canaries.fill();
        }
        return null;
    }

    /** A stream one way, through buffers of the system that are soon full, and small ones back that mostly time out. */
    private void connect(Random random, List<Future<?>> traffic) throws Exception {
        InetSocketAddress anyPort = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
        try (TcpListener listener = TcpListener.bind(loop, anyPort)) {
            TcpSocket near = TcpSocket.open(loop, StandardProtocolFamily.INET)
                    .setOption(StandardSocketOptions.SO_SNDBUF, 4_096).connect(listener.getLocalAddress());
            TcpSocket far = listener.accept();
            long seed = random.nextLong();
            traffic.add(start(() -> writeStream(near, new Random(seed), (int) seed)));
            traffic.add(start(() -> readStream(far, new Random(~seed), (int) seed)));
            traffic.add(start(() -> readInVain(near)));
        }
    }

    private Void writeStream(TcpSocket socket, Random random, int key) throws IOException {
        byte[] piece = new byte[MOST];
        for (int done = 0; done < STREAM_BYTES; ) {
            int length = Math.min(1 + random.nextInt(MOST), STREAM_BYTES - done);
            for (int i = 0; i < length; i++) {
                piece[i] = at(key, done + i);
            }
            done += tryWrite(socket, piece, length);
        }
        socket.shutdownOutput();
        return null;
    }

    /** A write that times out has moved nothing. */
    private static int tryWrite(TcpSocket socket, byte[] piece, int length) throws IOException {
        try {
            return socket.write(piece, 0, length, Duration.ofMillis(1));
        } catch (SocketTimeoutException tryAgain) {
            return 0;
        }
    }

    private Void readStream(TcpSocket socket, Random random, int key) throws IOException {
        byte[] piece = new byte[MOST];
        int done = 0;
        for (int count = 0; count >= 0; done += Math.max(count, 0)) {
            count = socket.read(piece, 0, 1 + random.nextInt(MOST));
            check(piece, count, key, done);
        }
        assertThat(done).isEqualTo(STREAM_BYTES);
        socket.close();
        return null;
    }

    private static void check(byte[] piece, int count, int key, int start) {
        for (int i = 0; i < count; i++) {
            if (piece[i] != at(key, start + i)) {
                throw new AssertionError("byte " + (start + i) + " is " + piece[i] + ", not " + at(key, start + i));
            }
        }
    }

    /** Never gets a byte: each is a read that is cancelled. */
    private Void readInVain(TcpSocket socket) throws IOException {
        byte[] piece = new byte[MOST];
        while (true) {
            try {
                assertThat(socket.read(piece, 0, MOST, Duration.ofMillis(1))).isEqualTo(-1);
                socket.close();
                return null;
            } catch (SocketTimeoutException again) {
                assertThat(piece).containsOnly(0);
            }
        }
    }

    private static byte at(int key, int index) {
        return (byte) ((key + index) * 31 ^ index >>> 8);
    }

    private <T> FutureTask<T> start(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        loop.startVirtualThread(task);
        return task;
    }
}
