package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.Channel;
import java.nio.channels.ClosedByInterruptException;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Interrupts at random moments: before a call, on its way in, while it waits, on its way out, after it. Each call ends
 * with its result, or with the exception, the status kept and the channel closed; never with both, never with neither.
 */
class InterruptStormContractTest extends Contract {
    private static final int SOME = 250;
    private static final int MANY = 25_000;   // of each kind: a hundred thousand in all
    private static final int MOST_SPINS = 3_000;   // some tens of nanoseconds each: about as long as a call takes

    private final Seed seed = new Seed();
    private final SplittableRandom random = seed.random(0);
    private int interrupted;
    private int unharmed;

    @BeforeEach
    void tellTheSeed() {
        seed.tell(flavor + ", interrupts at random moments");
    }

    // ---- the four calls ----

    @Test
    void readsInterruptedAtRandomMomentsEndOneWayOrTheOther() throws Exception {
        interruptReads(SOME);
    }

    @Test
    void writesInterruptedAtRandomMomentsEndOneWayOrTheOther() throws Exception {
        interruptWrites(SOME);
    }

    @Test
    void acceptsInterruptedAtRandomMomentsEndOneWayOrTheOther() throws Exception {
        interruptAccepts(SOME);
    }

    @Test
    void connectsInterruptedAtRandomMomentsEndOneWayOrTheOther() throws Exception {
        interruptConnects(SOME);
    }

    @Stress
    @Test
    void aHundredThousandInterruptsAtRandomMomentsLoseAndBreakNothing() throws Exception {
        interruptReads(MANY);
        interruptWrites(MANY);
        interruptAccepts(MANY);
        interruptConnects(MANY);
    }

    private void interruptReads(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            try (Connection connection = new Connection()) {
                byte[] target = new byte[2];
                Call<Integer> read = begin(() -> connection.near().read(target, 0, 2));
                storm(read, () -> connection.far().getOutputStream().write(42));
                if (endedWell(round, read, connection.near())) {
                    assertThat(target).as(round(round)).containsExactly(42, 0);
                } else {
                    assertThat(target).as(round(round)).containsOnly(0);
                }
            }
        }
        assertBothHappened(rounds);
    }

    /** What a write says it has written has come, and nothing else. */
    private void interruptWrites(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            try (Connection connection = new Connection()) {
                int length = 1 + random.nextInt(200_000);
                Call<Integer> write = begin(() -> connection.near().write(Sequence.bytes(length), 0, length));
                storm(write, () -> { });
                int written = endedWell(round, write, connection.near()) ? write.result() : 0;
                connection.near().close();
                byte[] came = connection.far().getInputStream().readAllBytes();
                assertThat(came.length).as(round(round)).isEqualTo(written);
                Sequence.check(came, came.length, 0);
            }
        }
        assertBothHappened(rounds);
    }

    /** Each round has a listener of its own, for an interrupt closes it. */
    private void interruptAccepts(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            try (TcpListener listener = TcpListener.bind(loop, Loopback.anyPort()); Socket peer = new Socket()) {
                InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
                Call<TcpSocket> accept = begin(() -> listener.accept());
                peer.setSoLinger(true, 0);
                storm(accept, () -> connectQuietly(peer, address));
                if (endedWell(round, accept, listener)) {
                    assertThat(accept.result().getRemoteAddress()).as(round(round))
                            .isEqualTo(peer.getLocalSocketAddress());
                    accept.result().close();
                }
            }
        }
        assertBothHappened(rounds);
    }

    private static void connectQuietly(Socket peer, InetSocketAddress address) throws IOException {
        try {
            peer.connect(address);
        } catch (IOException closedMeanwhile) {
            assertThat(closedMeanwhile).isInstanceOf(SocketException.class).message().startsWith("Connection re");
        }
    }

    private void interruptConnects(int rounds) throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort(), 1000);
        Call<Integer> acceptor = call(() -> acceptAll(listener));
        for (int round = 0; round < rounds; round++) {
            try (TcpSocket socket = TcpSocket.open(loop)) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);   // or the ports would run out
                Call<TcpSocket> connect = begin(() -> socket.connect(listener.getLocalAddress()));
                storm(connect, () -> { });
                if (endedWell(round, connect, socket)) {
                    assertThat(socket.isConnected()).as(round(round)).isTrue();
                }
            }
        }
        listener.close();
        acceptor.awaitEnd();
        assertBothHappened(rounds);
    }

    private static int acceptAll(TcpListener listener) throws IOException {
        while (true) {
            listener.accept().close();
        }
    }

    // ---- one round ----

    /** Unlike those of the contract, it is not remembered: there are a hundred thousand of them. */
    private <T> Call<T> begin(Callable<T> body) {
        return new Call<>(loop, loop::startVirtualThread, body);
    }

    /** Two sockets that leave nothing behind when they are closed. */
    private final class Connection implements AutoCloseable {
        private final Outside outside = Outside.of(loop);

        Connection() throws IOException {
            outside.far().setSoLinger(true, 0);
        }

        TcpSocket near() {
            return outside.near();
        }

        Socket far() {
            return outside.far();
        }

        @Override
        public void close() throws IOException {
            outside.near().close();
            outside.far().close();
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    /** What the call waits for and the interrupt, one after the other, each after a time of its own. */
    private void storm(Call<?> call, Action arrival) throws IOException {
        boolean arrivesFirst = random.nextBoolean();
        spin();
        if (arrivesFirst) {
            arrival.run();
            spin();
        }
        call.thread().interrupt();
        if (!arrivesFirst) {
            spin();
            arrival.run();
        }
    }

    private void spin() {
        for (int left = random.nextInt(MOST_SPINS); left > 0; left--) {
            Thread.onSpinWait();
        }
    }

    /** Whether the call has its result; else it was interrupted, as it should be. */
    private boolean endedWell(int round, Call<?> call, Channel channel) throws Exception {
        call.awaitEnd();
        boolean open = channel.isOpen();
        if (open) {
            call.result();
            unharmed++;
        } else {
            assertThat(call.failure()).as(round(round)).isExactlyInstanceOf(ClosedByInterruptException.class)
                    .hasNoSuppressedExceptions();
            assertThat(call.endedInterrupted()).as(round(round)).isTrue();
            interrupted++;
        }
        return open;
    }

    private String round(int number) {
        return "seed " + seed + ", round " + number;
    }

    private void assertBothHappened(int rounds) {
        String what = flavor + ": " + interrupted + " interrupted, " + unharmed + " unharmed, seed " + seed;
        System.out.println(what);
        assertThat(interrupted).as(what).isPositive();
        assertThat(unharmed).as(what).isPositive();
        assertThat(interrupted + unharmed).as(what).isEqualTo(rounds);
        interrupted = 0;
        unharmed = 0;
    }
}
