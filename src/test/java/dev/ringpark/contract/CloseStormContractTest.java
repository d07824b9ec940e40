package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Closing again and again, while others wait: a number, a port or a place in a table that comes back is a new one. */
class CloseStormContractTest extends Contract {
    private static final int TABLE = 32;
    private static final int BYTES = 16;
    private static final int CHURNERS = 6;
    private static final int READERS = 4;   // of each of them; with a connect or close of each the table is full
    private static final int IDS = 40;      // of each of them, all in all fewer than a byte has values

    private final Seed seed = new Seed();

    // ---- descriptors and places that come back ----

    @Test
    void inATableOfThirtyTwoNoSocketEverReadsTheBytesOfAnother() throws Exception {
        churn(100, Duration.ZERO);
    }

    @Stress
    @Test
    void forAMinuteInATableOfThirtyTwoNoSocketEverReadsTheBytesOfAnother() throws Exception {
        churn(0, Duration.ofMinutes(1));
    }

    /**
     * Sockets with a parked read come and go at random, at the hands of threads of every kind: what one of them closes
     * comes back to another at once. Each byte that is sent names the socket it is for.
     */
    private void churn(int leastRounds, Duration leastTime) throws Exception {
        CarrierLoop small = closeLater(flavor.start(flavor.options().withMaxInFlight(TABLE)));
        seed.tell(flavor + ", sockets that come and go");
        List<Function<Runnable, Thread>> starters = starters(small);
        long end = System.nanoTime() + leastTime.toNanos();
        List<Call<Churn>> calls = new ArrayList<>();
        for (int i = 0; i < CHURNERS; i++) {
            Churn churn = new Churn(small, i, seed.random(i));
            calls.add(call(starters.get(i % starters.size()), () -> churn.goOn(leastRounds, end)));
        }
        long sockets = 0;
        long bytes = 0;
        for (Call<Churn> each : calls) {
            Churn churn = each.result(leastTime.toSeconds() + LoopRig.FAR.toSeconds());
            sockets += churn.sockets;
            bytes += churn.bytes;
        }
        System.out.printf("%s: %d sockets, %d operations, %d bytes awaited, 0 wrong, seed %s%n", flavor, sockets,
                small.stats().submitted(), bytes, seed);
        assertThat(small.stats().staleTokens()).as("seed %s", seed).isZero();
        small.close();
    }

    /** Threads of {@code one}, the JDK's of both kinds, another loop's. */
    private List<Function<Runnable, Thread>> starters(CarrierLoop one) throws IOException {
        return List.of(one::startVirtualThread, Thread.ofVirtual()::start, Thread.ofPlatform()::start,
                anotherLoop()::startVirtualThread);
    }

    /** One who opens and closes. */
    private static final class Churn {
        private final CarrierLoop loop;
        private final int first;
        private final SplittableRandom random;
        private final Queue<Reader> ended = new ArrayDeque<>();
        private long sockets;
        private long bytes;

        Churn(CarrierLoop loop, int number, SplittableRandom random) {
            this.loop = loop;
            this.first = number * IDS;
            this.random = random;
        }

        Churn goOn(int leastRounds, long end) throws Exception {
            Reader[] readers = new Reader[READERS];
            for (; sockets < leastRounds || System.nanoTime() - end < 0; sockets++) {
                int place = random.nextInt(READERS);
                if (readers[place] != null) {
                    bytes += end(readers[place], random.nextBoolean());
                }
                byte id = (byte) (first + sockets % IDS);
                readers[place] = new Reader(loop, id, Target.some(random, BYTES), random.nextBoolean());
            }
            for (Reader left : readers) {
                bytes += end(left, true);
            }
            ended.forEach(Reader::assertOwn);
            return this;
        }

        /** What it has read into is looked at again a while later. */
        private int end(Reader reader, boolean answer) throws Exception {
            int count = reader.end(answer);
            ended.add(reader);
            if (ended.size() > 4 * READERS) {
                ended.remove().assertOwn();
            }
            return count;
        }
    }

    /** A socket whose thread reads bytes, each of which has to be the socket's own. */
    private static final class Reader {
        private final byte id;
        private final Target target;
        private final Outside connection;
        private final LoopRig.Running<Integer> read;

        Reader(CarrierLoop loop, byte id, Target target, boolean parksFirst) throws IOException {
            this.id = id;
            this.target = target;
            this.connection = Outside.of(loop);
            connection.far().setSoLinger(true, 0);
            this.read = LoopRig.startOn(loop, this::read);
            if (parksFirst) {
                LoopRig.awaitParkedInCall(read.thread());
            }
        }

        private int read() throws IOException {
            while (target.buffer().hasRemaining()) {
                assertThat(connection.near().read(target.buffer())).isPositive();
                assertOwn();
            }
            return BYTES;
        }

        private void assertOwn() {
            byte[] own = new byte[target.buffer().position()];
            Arrays.fill(own, id);
            target.assertHas(own, "bytes of " + id);
        }

        /** Either it gets what it waits for, and tells how much, or is closed with a part of that on its way. */
        int end(boolean answer) throws Exception {
            byte[] own = new byte[answer ? BYTES : BYTES - 1];
            Arrays.fill(own, id);
            connection.write(own);
            if (answer) {
                assertThat(read.await()).isEqualTo(BYTES);
                connection.near().close();
            } else {
                connection.near().close();
                assertThatThrownBy(read::await).isInstanceOf(ClosedChannelException.class);
                assertOwn();
            }
            connection.far().close();
            return answer ? BYTES : 0;
        }
    }

    // ---- listeners ----

    @Test
    void aListenerClosedUnderAcceptsRefusesConnectionsAndItsPortIsFreeAtOnce() throws Exception {
        closeListeners(50);
    }

    @Stress
    @Test
    void twoThousandListenersClosedUnderAcceptsRefuseConnectionsAndTheirPortIsFreeAtOnce() throws Exception {
        closeListeners(2000);
    }

    private void closeListeners(int rounds) throws Exception {
        InetSocketAddress address = ownAddress();
        for (int round = 0; round < rounds; round++) {
            TcpListener listener = TcpListener.bind(loop, address);
            Call<TcpSocket> accept = parked(listener::accept);
            listener.close();
            assertThat(accept.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertRefused(address);
        }
        System.out.println(flavor + ": " + rounds + " listeners closed under accepts, their port free at once");
    }

    private static void assertRefused(InetSocketAddress address) {
        assertThatThrownBy(() -> new Socket(address.getAddress(), address.getPort()).close())
                .isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
    }

    // ---- many who close ----

    @Test
    void sixteenThreadsOfEveryKindCloseOneSocket() throws Exception {
        closeBySixteen(5);
    }

    @Stress
    @Test
    void sixteenThreadsOfEveryKindCloseOneSocketAFewHundredTimes() throws Exception {
        closeBySixteen(300);
    }

    private void closeBySixteen(int rounds) throws Exception {
        List<Function<Runnable, Thread>> starters = starters(loop);
        for (int round = 0; round < rounds; round++) {
            TcpSocket socket = pair().near();
            Call<Integer> read = parked(() -> socket.read(new byte[1], 0, 1));
            CyclicBarrier start = new CyclicBarrier(16);
            List<Call<Boolean>> closers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                closers.add(call(starters.get(i % starters.size()), () -> {
                    start.await();
                    socket.close();
                    return socket.isOpen();
                }));
            }
            for (Call<Boolean> closer : closers) {
                assertThat(closer.result()).isFalse();
            }
            assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
        System.out.println(flavor + ": " + rounds + " sockets closed by 16 threads each");
    }
}
