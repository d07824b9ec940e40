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
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Closing again and again, while others wait: a number, a port or a place in a table that comes back is a new one. */
class CloseStormContractTest extends Contract {
    private static final int TABLE = 32;
    private static final int BYTES = 16;

    private final Seed seed = new Seed();

    // ---- descriptors and places that come back ----

    @Test
    void inATableOfThirtyTwoNoSocketEverReadsTheBytesOfAnother() throws Exception {
        churn(500, Duration.ZERO);
    }

    @Stress
    @Test
    void forAMinuteInATableOfThirtyTwoNoSocketEverReadsTheBytesOfAnother() throws Exception {
        churn(0, Duration.ofMinutes(1));
    }

    /** Sockets with a parked read come and go at random; each byte that is sent names the one it is for. */
    private void churn(int leastRounds, Duration leastTime) throws Exception {
        CarrierLoop small = closeLater(flavor.start(flavor.options().withMaxInFlight(TABLE)));
        SplittableRandom random = seed.tell(flavor + ", sockets that come and go").random(0);
        Reader[] readers = new Reader[TABLE - 2];   // a connect needs a place, and so does a close
        long end = System.nanoTime() + leastTime.toNanos();
        int round = 0;
        long bytes = 0;
        for (; round < leastRounds || System.nanoTime() - end < 0; round++) {
            int place = random.nextInt(readers.length);
            Reader old = readers[place];
            readers[place] = new Reader(small, (byte) round, random.nextBoolean());
            if (old != null) {
                bytes += old.end(random.nextBoolean());
            }
        }
        for (Reader left : readers) {
            bytes += left.end(true);
        }
        System.out.printf("%s: %d sockets, %d operations, %d bytes awaited, 0 wrong, seed %s%n", flavor, round,
                small.stats().submitted(), bytes, seed);
        assertThat(small.stats().staleTokens()).as("seed %s, round %s", seed, round).isZero();
        small.close();
    }

    /** A socket whose thread reads bytes, each of which has to be the socket's own. */
    private static final class Reader {
        private final byte id;
        private final Outside connection;
        private final LoopRig.Running<Integer> read;

        Reader(CarrierLoop loop, byte id, boolean parksFirst) throws IOException {
            this.id = id;
            this.connection = Outside.of(loop);
            connection.far().setSoLinger(true, 0);
            this.read = LoopRig.startOn(loop, this::read);
            if (parksFirst) {
                LoopRig.awaitParkedInCall(read.thread());
            }
        }

        private int read() throws IOException {
            byte[] target = new byte[BYTES];
            int done = 0;
            while (done < BYTES) {
                int count = connection.near().read(target, done, BYTES - done);
                for (int i = 0; i < BYTES; i++) {
                    assertThat(target[i]).isEqualTo(i < done + count ? id : 0);
                }
                done += count;
            }
            return done;
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
        CarrierLoop other = anotherLoop();
        List<Function<Runnable, Thread>> starters = List.of(loop::startVirtualThread, Thread.ofVirtual()::start,
                Thread.ofPlatform()::start, other::startVirtualThread);
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
