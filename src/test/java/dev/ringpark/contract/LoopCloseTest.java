package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.LoopEnd;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Closing a loop ends every call that is parked on one of its sockets, soon and with the exception that says so. */
@ParameterizedClass(name = "{0}")
@EnumSource(Flavor.class)
class LoopCloseTest {
    private static final int MANY = 1_000;
    private static final Duration BOUND = Duration.ofSeconds(5);   // takes tens of milliseconds; machines are busy

    @Parameter
    Flavor flavor;

    private LoopRig rig;
    private LoopRig peers;
    private OpenDescriptors before;
    private long mappingsBefore;

    @BeforeEach
    void open() throws Exception {
        WarmUp.once();
        before = new OpenDescriptors();
        mappingsBefore = mappings();
        rig = new LoopRig(flavor, flavor.options().withName("closed"));
        peers = new LoopRig(flavor, flavor.options().withName("peers"));
    }

    @AfterEach
    void closeAndLookWhatIsLeft() {
        if (peers == null) {
            return;   // skipped
        }
        rig.close();
        peers.close();
        before.assertNoMore();
        Eventually.until(() -> mappings() <= mappingsBefore, "unmapped all queues");
        Eventually.until(LoopCloseTest::hasNoLoopThread, "ended the threads of both loops");
    }

    /** The queues that are mapped into this process, where the system tells. */
    private static long mappings() {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.isReadable(maps)) {
            return 0;
        }
        try {
            return Files.readAllLines(maps).stream().filter(line -> line.contains("io_uring")).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean hasNoLoopThread() {
        return Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("closed-loop") || thread.getName().equals("peers-loop"));
    }

    @Test
    void aThousandParkedReadersAllEndWithAnAsynchronousClose() throws Exception {
        List<LoopRig.Running<Integer>> readers = new ArrayList<>();
        try (TcpListener listener = TcpListener.bind(rig.loop, LoopRig.loopback())) {
            for (int i = 0; i < MANY; i++) {
                LoopRig.Pair pair = LoopRig.pair(listener, peers.loop);
                readers.add(rig.start(() -> pair.near().read(new byte[1], 0, 1)));
            }
        }
        readers.forEach(reader -> LoopRig.awaitParkedInCall(reader.thread()));

        long startNanos = System.nanoTime();
        LoopEnd end = rig.loop.close(BOUND);
        for (LoopRig.Running<Integer> reader : readers) {
            assertThatThrownBy(reader::await).isExactlyInstanceOf(AsynchronousCloseException.class);
        }

        assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(BOUND);
        assertThat(end.isComplete()).as("%s", end).isTrue();
    }

    @Test
    void aThousandThreadsThatWaitInEveryWayEndAsTheTableOfExceptionsSays() throws Exception {
        try (Blackhole blackhole = new Blackhole()) {
            List<LoopRig.Running<?>> closed = new ArrayList<>();
            List<Socket> ofTheJdk = new ArrayList<>();
            for (int i = 0; i < MANY / 10; i++) {
                LoopRig.Pair pair = LoopRig.pair(rig.loop, peers.loop);
                LoopRig.Mixed slow = rig.slow();
                ofTheJdk.add(slow.far());
                TcpListener listener = TcpListener.bind(rig.loop, LoopRig.loopback());
                TcpSocket knocking = TcpSocket.open(rig.loop, StandardProtocolFamily.INET);
                // The second and third of each wait for their turn.
                closed.addAll(threeTimes(() -> pair.near().read(new byte[1], 0, 1)));
                closed.addAll(threeTimes(listener::accept));
                closed.add(rig.start(Flow.writeTooMuch(slow.near())));
                closed.add(rig.start(() -> knocking.connect(blackhole.address())));
            }
            closed.forEach(each -> LoopRig.awaitParkedInCall(each.thread()));
            List<LoopRig.Running<Integer>> sleepers = startSleepers();

            long startNanos = System.nanoTime();
            rig.loop.close();

            for (LoopRig.Running<?> each : closed) {
                assertThatThrownBy(each::await).isExactlyInstanceOf(AsynchronousCloseException.class);
            }
            assertThat(Duration.ofNanos(System.nanoTime() - startNanos)).isLessThan(BOUND);
            for (LoopRig.Running<?> sleeper : sleepers) {
                assertThatThrownBy(sleeper::await).isExactlyInstanceOf(ClosedChannelException.class);
            }
            for (Socket each : ofTheJdk) {
                each.close();
            }
        }
    }

    private List<LoopRig.Running<?>> threeTimes(Callable<?> call) {
        return List.of(rig.start(call), rig.start(call), rig.start(call));
    }

    /** Nothing ends a sleep but its time: they find their socket closed when they wake. */
    private List<LoopRig.Running<Integer>> startSleepers() throws Exception {
        List<LoopRig.Running<Integer>> sleepers = new ArrayList<>();
        for (int i = 0; i < MANY / 5; i++) {
            LoopRig.Pair pair = LoopRig.pair(rig.loop, peers.loop);
            sleepers.add(rig.start(() -> {
                while (pair.near().isOpen()) {
                    LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
                }
                return pair.near().read(new byte[1], 0, 1);
            }));
        }
        sleepers.forEach(sleeper -> LoopRig.awaitWaiting(sleeper.thread()));
        return sleepers;
    }

    @Test
    void parkedCallsOfPlatformThreadsAndAcceptsEndToo() throws Exception {
        LoopRig.Pair pair = LoopRig.pair(rig.loop, peers.loop);
        TcpListener listener = TcpListener.bind(rig.loop, LoopRig.loopback());
        List<LoopRig.Running<?>> parked = List.of(
                LoopRig.startPlatform(() -> pair.near().read(new byte[1], 0, 1)),
                LoopRig.startPlatform(listener::accept),
                peers.start(listener::accept),
                rig.start(listener::accept));
        parked.forEach(call -> LoopRig.awaitParkedInCall(call.thread()));

        rig.loop.close();

        for (LoopRig.Running<?> call : parked) {
            assertThatThrownBy(call::await).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    void afterTheCloseEverySocketIsClosedAndSaysSo() throws Exception {
        LoopRig.Pair pair = LoopRig.pair(rig.loop, peers.loop);

        rig.loop.close();

        assertThat(pair.near().isOpen()).isFalse();
        assertThatThrownBy(() -> pair.near().read(new byte[1], 0, 1)).isExactlyInstanceOf(ClosedChannelException.class);
        assertThatThrownBy(() -> pair.near().getLocalAddress()).isExactlyInstanceOf(ClosedChannelException.class);
        assertThat(pair.far().read(new byte[1], 0, 1)).isEqualTo(-1);
        pair.near().close();
    }

    @Test
    void aThreadThatGoesOnWithItsNextSocketFindsThatClosedTooAndEnds() throws Exception {
        LoopRig.Pair first = LoopRig.pair(rig.loop, peers.loop);
        LoopRig.Pair second = LoopRig.pair(rig.loop, peers.loop);
        LoopRig.Running<Integer> stubborn = rig.start(() -> {
            try {
                return first.near().read(new byte[1], 0, 1);
            } catch (AsynchronousCloseException e) {
                rig.loop.close();
                return second.near().read(new byte[1], 0, 1);
            }
        });
        LoopRig.awaitParkedInCall(stubborn.thread());

        rig.loop.close();

        assertThatThrownBy(stubborn::await).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void bytesWrittenBeforeTheCloseArrive() throws Exception {
        LoopRig.Pair pair = LoopRig.pair(rig.loop, peers.loop);
        pair.near().out().write(new byte[100_000]);

        rig.loop.close();

        assertThat(pair.far().in().readAllBytes()).hasSize(100_000);
    }
}
