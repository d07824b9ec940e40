package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopEnd;
import dev.ringpark.LoopGroup;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/**
 * Loops that end in the midst of all that can be asked of them, by threads of every kind: who asks hears of the end,
 * as he was promised, and nothing is left.
 */
class EndStormContractTest extends Contract {
    private static final int WORKERS = 20;
    private static final int CHOICES = 8;
    private static final int BYTES = 16;
    private static final int MOST_SPINS = 40_000;   // some two milliseconds
    private static final Duration MILLISECOND = Duration.ofMillis(1);
    private static final LoopEnd COMPLETE = new LoopEnd(true, List.of());

    private final Seed seed = new Seed();
    private final SplittableRandom random = seed.random(0);
    private final AtomicInteger asked = new AtomicInteger();

    @Test
    void loopsClosedUnderTrafficTellEachThreadAndLeaveNothing() throws Exception {
        endUnderTraffic(6);
    }

    @Stress
    @Test
    void hundredsOfLoopsClosedUnderTrafficTellEachThreadAndLeaveNothing() throws Exception {
        endUnderTraffic(300);
    }

    /** Now a loop by itself, now two of a group. */
    private void endUnderTraffic(int rounds) throws Exception {
        seed.tell(flavor + ", loops that end under traffic");
        for (int round = 0; round < rounds; round++) {
            OpenDescriptors before = new OpenDescriptors();
            LoopGroup group = closeLater(LoopGroup.start(1 + round % 2, flavor.options()));
            endUnderTraffic(group, "seed " + seed + ", round " + round);
            before.assertNoMore();
        }
        System.out.println(flavor + ": " + rounds + " times loops closed under traffic, which had asked " + asked
                + " things, seed " + seed);
    }

    private void endUnderTraffic(LoopGroup group, String when) throws Exception {
        List<Function<Runnable, Thread>> starters = starters(group);
        TcpListener listener = TcpListener.bind(group.next(), Loopback.anyPort(), WORKERS);
        SocketAddress server = Objects.requireNonNull(listener.getLocalAddress());
        List<Call<Exception>> calls = new ArrayList<>();
        calls.add(call(starters.getFirst(), () -> endOf(() -> serve(group, listener))));
        CountDownLatch begun = new CountDownLatch(WORKERS);
        for (int i = 0; i < WORKERS; i++) {
            Worker worker = new Worker(group.next(), server, random.split());
            calls.add(call(starters.get(i % starters.size()), () -> endOf(() -> worker.work(begun))));
        }
        assertThat(begun.await(Eventually.LONG_SECONDS, TimeUnit.SECONDS)).as(when).isTrue();
        spin();

        close(group, starters.get(random.nextInt(starters.size())));

        for (Call<Exception> each : calls) {
            assertThat(each.result()).as(when).matches(EndStormContractTest::isPromised, "tells of the end");
        }
        for (CarrierLoop ended : group.loops()) {   // whom the last echoes may still ask, in vain
            Eventually.until(() -> ended.stats().completed() == ended.stats().submitted(),
                    () -> "ended all that was asked: " + ended.stats() + ", " + when);
            assertThat(ended.stats().staleTokens()).as("%s, %s", when, ended).isZero();
        }
    }

    /** Threads of the loops, the JDK's of both kinds, those of a loop that lives on. */
    private List<Function<Runnable, Thread>> starters(LoopGroup group) {
        return List.of(group.loops().getFirst()::startVirtualThread, group.loops().getLast()::startVirtualThread,
                Thread.ofVirtual()::start, Thread.ofPlatform()::start, loop::startVirtualThread);
    }

    /** Whoever closes first: once another thread has waited for the same, too, all has ended. */
    private void close(LoopGroup group, Function<Runnable, Thread> starter) throws Exception {
        boolean alone = group.loops().size() == 1;
        Call<LoopEnd> first = call(starter, () -> alone
                ? group.loops().getFirst().close(LoopRig.FAR) : group.close(LoopRig.FAR));
        assertThat(first.result(LoopRig.FAR.toSeconds()).pending()).isEmpty();
        assertThat(group.close(LoopRig.FAR)).isEqualTo(COMPLETE);
    }

    private void spin() {
        for (int left = random.nextInt(MOST_SPINS); left > 0; left--) {
            Thread.onSpinWait();
        }
    }

    // ---- what comes to its end ----

    @FunctionalInterface
    private interface Endless {
        void run() throws Exception;
    }

    private static Exception endOf(Endless work) {
        try {
            work.run();
        } catch (Exception e) {
            return e;
        }
        throw new AssertionError("it ended by itself");
    }

    /** What the loop's own calls promise, and what TCP tells of a peer that has heard of the end before. */
    private static boolean isPromised(Exception end) {
        return switch (end) {
            case ClosedChannelException closed -> true;
            case IllegalStateException late -> String.valueOf(late.getMessage()).startsWith("the loop is closed: ");
            case ConnectException refused -> "Connection refused".equals(refused.getMessage());
            case SocketException cut -> List.of("Connection reset", "Broken pipe").contains(cut.getMessage());
            default -> end instanceof EOFException;
        };
    }

    private static void serve(LoopGroup group, TcpListener listener) throws IOException {
        while (true) {
            TcpSocket socket = listener.accept();
            group.loops().getLast().startVirtualThread(() -> endOf(() -> echo(socket)));
        }
    }

    private static void echo(TcpSocket socket) throws IOException {
        try (socket) {
            socket.in().transferTo(socket.out());
        }
        throw new EOFException();
    }

    /** One who asks for this and that, until that fails. */
    private final class Worker {
        private final CarrierLoop own;
        private final SocketAddress server;
        private final SplittableRandom random;
        private TcpSocket socket;
        private Target given;   // to a read, lately

        Worker(CarrierLoop own, SocketAddress server, SplittableRandom random) throws IOException {
            this.own = own;
            this.server = server;
            this.random = random;
            this.socket = TcpSocket.connect(own, server);
            this.given = Target.some(random, BYTES);
        }

        void work(CountDownLatch begun) throws Exception {
            while (true) {
                ask(random.nextInt(CHOICES));
                asked.incrementAndGet();
                begun.countDown();
            }
        }

        private void ask(int choice) throws Exception {
            switch (choice) {
                case 0, 1 -> echo();
                case 2 -> connectAnew();
                case 3 -> readInVain();
                case 4 -> TcpListener.bind(own, Loopback.anyPort()).close();
                case 5 -> own.startVirtualThread(Thread::yield).join();
                case 6 -> own.sleep(MILLISECOND);
                default -> assertThat(own.offload(() -> choice)).isEqualTo(choice);
            }
        }

        private void echo() throws IOException {
            byte[] question = new byte[BYTES];
            random.nextBytes(question);
            socket.out().write(question);
            byte[] answer = socket.in().readNBytes(BYTES);
            if (answer.length < BYTES) {
                throw new EOFException();
            }
            assertThat(answer).isEqualTo(question);
        }

        private void connectAnew() throws IOException {
            socket.close();
            socket = TcpSocket.connect(own, server);
        }

        private void readInVain() throws IOException {
            Target target = Target.some(random, BYTES);
            given.assertUntouched("timed out a while ago");
            given = target;
            try {
                int count = socket.read(target.buffer(), MILLISECOND);
                assertThat(count).as("bytes that nobody has asked for").isEqualTo(-1);
                throw new EOFException();
            } catch (SocketTimeoutException expected) {
                target.assertUntouched("timed out");
            }
        }
    }
}
