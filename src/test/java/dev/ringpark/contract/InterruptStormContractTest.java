package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
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
    private boolean parked;   // the present call, when its interrupt came
    private int interrupted;
    private int unharmed;
    private int waited;   // of the interrupted: those whose call was parked when its interrupt came

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

    /** What an interrupted read has not told of has touched nothing, and the byte is where the system resets for it. */
    private void interruptReads(int rounds) throws Exception {
        LeftUnread leftUnread = new LeftUnread();
        for (int round = 0; round < rounds; round++) {
            Outside connection = Outside.of(loop);
            Target target = Target.some(random, 2);
            Call<Integer> read = begin(() -> connection.near().read(target.buffer()));
            storm(read, () -> connection.far().getOutputStream().write(42));
            if (endedWell(round, read, connection.near())) {
                target.assertHas(new byte[] {42}, round(round));
                connection.near().close();
                connection.reset();
            } else {
                leftUnread.add(connection, target, round(round));
            }
        }
        leftUnread.end(round(rounds));
        assertBothHappened(rounds);
    }

    /** What a write says it has written has come, and nothing else. Most find the connection full. */
    private void interruptWrites(int rounds) throws Exception {
        for (int round = 0; round < rounds; round++) {
            try (SlowConnection connection = new SlowConnection()) {
                boolean isFull = random.nextInt(4) > 0;
                long before = isFull ? connection.fill() : 0;
                int length = 1 + random.nextInt(20_000);
                ByteBuffer bytes = random.nextBoolean()
                        ? ByteBuffer.wrap(Sequence.bytes(before, length))
                        : Flow.direct(Sequence.bytes(before, length));
                Call<Integer> write = begin(() -> connection.near().write(bytes));
                storm(write, connection::drainSome, isFull);
                int count = endedWell(round, write, connection.near()) ? write.result() : 0;
                assertThat(bytes.position()).as(round(round)).isEqualTo(count);
                long written = before + count;
                connection.near().close();
                assertThat(connection.drain()).as(round(round)).isEqualTo(written);
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
        Blackhole nobody = closeLater(new Blackhole());
        Call<Integer> acceptor = call(() -> acceptAll(listener));
        for (int round = 0; round < rounds; round++) {
            try (TcpSocket socket = TcpSocket.open(loop, StandardProtocolFamily.INET)) {
                socket.setOption(StandardSocketOptions.SO_LINGER, 0);   // or the ports would run out
                boolean inVain = random.nextBoolean();
                Call<TcpSocket> connect =
                        begin(() -> socket.connect(inVain ? nobody.address() : listener.getLocalAddress()));
                storm(connect, () -> { }, inVain);
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

    /** One that holds some tens of kilobytes, and a peer that takes them in small pieces. */
    private final class SlowConnection implements AutoCloseable {
        private static final int SMALL = 4096;

        private final TcpSocket near;
        private final Socket far;
        private long drained;

        SlowConnection() throws IOException {
            try (ServerSocket listener = new ServerSocket()) {
                listener.setReceiveBufferSize(SMALL);
                listener.bind(Loopback.anyPort());
                near = TcpSocket.open(loop, StandardProtocolFamily.INET);
                near.setOption(StandardSocketOptions.SO_SNDBUF, SMALL);
                near.connect(listener.getLocalSocketAddress());
                far = listener.accept();
                far.setSoLinger(true, 0);
                far.setSoTimeout((int) Eventually.LONG_SECONDS * 1000);
            }
        }

        TcpSocket near() {
            return near;
        }

        /** Until there is no room at present; how many bytes that were. */
        long fill() throws IOException {
            long done = 0;
            int count = 1;
            while (count > 0) {
                count = near.tryWrite(ByteBuffer.wrap(Sequence.bytes(done, SMALL)));
                done += count;
            }
            return done;
        }

        /** What is there of a few pieces. */
        void drainSome() throws IOException {
            InputStream in = far.getInputStream();
            for (int left = random.nextInt(8); left > 0 && in.available() > 0; left--) {
                check(in.readNBytes(Math.min(in.available(), SMALL)));
            }
        }

        private void check(byte[] came) {
            Sequence.check(came, came.length, drained);
            drained += came.length;
        }

        /** To the end; how much has come in all. */
        long drain() throws IOException {
            check(far.getInputStream().readAllBytes());
            return drained;
        }

        @Override
        public void close() throws IOException {
            near.close();
            far.close();
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws IOException;
    }

    /** What the call waits for and the interrupt, one after the other, each after a time of its own. */
    private void storm(Call<?> call, Action arrival) throws IOException {
        storm(call, arrival, true);
    }

    /** The same; if the call has to wait, half of them are interrupted when they do. */
    private void storm(Call<?> call, Action arrival, boolean hasToWait) throws IOException {
        boolean waits = hasToWait && random.nextBoolean();
        parked = waits && waits(call);
        boolean arrivesFirst = !waits && random.nextBoolean();
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

    /** Returns when it does; or, as the kernel may find some room after all, when it has ended. */
    private static boolean waits(Call<?> call) {
        Eventually.until(() -> call.isDone() || call.thread().getState() == Thread.State.WAITING, "waits: " + call);
        return !call.isDone();
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
            waited += parked ? 1 : 0;
        }
        return open;
    }

    private String round(int number) {
        return "seed " + seed + ", round " + number;
    }

    private void assertBothHappened(int rounds) {
        String what = flavor + ": " + interrupted + " interrupted, " + waited + " of them as they waited, " + unharmed
                + " unharmed, seed " + seed;
        System.out.println(what);
        assertThat(waited).as(what).isGreaterThan(rounds / 10);
        assertThat(unharmed).as(what).isPositive();
        assertThat(interrupted + unharmed).as(what).isEqualTo(rounds);
        interrupted = 0;
        waited = 0;
        unharmed = 0;
    }
}
