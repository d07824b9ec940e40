package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** A thread that waits where it cannot leave its carrier hangs neither itself nor its loop. */
class LoopPinnedTest extends RiggedLoop {
    /** Makes {@code call} where its thread cannot leave its carrier; here in a class initialiser. */
    <T> T pin(Callable<T> call) throws Exception {
        return LoopPinnedCall.make(call);
    }

    @Test
    void aReadWhilePinnedGetsItsBytes() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        byte[] target = new byte[10];
        LoopRig.Running<Integer> reader = startPinned(() -> pair.near().read(target, 0, 10));

        pair.far().getOutputStream().write(new byte[] {1, 2, 3});

        assertThat(reader.await()).isEqualTo(3);
        assertThat(target).startsWith(1, 2, 3);
        assertOthersGoOn();
    }

    /** In handed-over mode they hold all carriers there are. */
    @Test
    void asManyAsThereAreProcessorsReadWhilePinned() throws Exception {
        List<LoopRig.Mixed> pairs = new ArrayList<>();
        List<LoopRig.Running<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            LoopRig.Mixed pair = rig.mixed();
            pairs.add(pair);
            readers.add(rig.start(() -> pin(() -> pair.near().read(new byte[1], 0, 1))));
        }
        for (LoopRig.Mixed pair : pairs) {
            pair.far().getOutputStream().write(1);
        }

        for (LoopRig.Running<Integer> reader : readers) {
            assertThat(reader.await()).isEqualTo(1);
        }
        assertOthersGoOn();
    }

    @Test
    void aWriteWhilePinnedWaitsForASlowPeer() throws Exception {
        LoopRig.Mixed pair = rig.slow();
        LoopRig.Running<Void> writer = startPinned(() -> {
            pair.near().out().write(new byte[500_000]);
            pair.near().shutdownOutput();
            return null;
        });

        InputStream in = pair.far().getInputStream();

        assertThat(in.skip(Long.MAX_VALUE)).isEqualTo(500_000);
        writer.await();
        assertOthersGoOn();
    }

    @Test
    void anAcceptAndAConnectWhilePinnedWork() throws Exception {
        TcpListener listener = TcpListener.bind(rig.loop, LoopRig.loopback());
        LoopRig.Running<TcpSocket> acceptor = startPinned(listener::accept);
        Socket client = new Socket();
        client.connect((InetSocketAddress) listener.getLocalAddress());
        assertThat(acceptor.await().isOpen()).isTrue();
        client.close();

        TcpSocket connected = rig.start(() -> pin(
                () -> TcpSocket.connect(rig.loop, listener.getLocalAddress()))).await();
        assertThat(connected.isConnected()).isTrue();
        assertOthersGoOn();
    }

    @Test
    void aPinnedReadTimesOut() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        long start = System.nanoTime();

        LoopRig.Running<Integer> reader =
                rig.start(() -> pin(() -> pair.near().read(new byte[1], 0, 1, Duration.ofMillis(50))));

        assertThatThrownBy(reader::await).isInstanceOf(SocketTimeoutException.class);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(50).toNanos());
        assertThat(pair.near().isOpen()).isTrue();
        assertOthersGoOn();
    }

    @Test
    void aPinnedReadIsInterrupted() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Running<Boolean> reader = startPinned(() -> {
            assertThatThrownBy(() -> pair.near().read(new byte[1], 0, 1))
                    .isInstanceOf(ClosedByInterruptException.class);
            return Thread.currentThread().isInterrupted();
        });

        reader.thread().interrupt();

        assertThat(reader.await()).isTrue();
        assertOthersGoOn();
    }

    @Test
    void aPinnedReadEndsWhenAnotherThreadClosesItsSocket() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Running<Integer> reader = startPinned(() -> pair.near().read(new byte[1], 0, 1));

        pair.near().close();

        assertThatThrownBy(reader::await).isInstanceOf(AsynchronousCloseException.class);
        assertOthersGoOn();
    }

    @Test
    void aPinnedReadEndsWhenTheLoopIsClosed() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Running<Integer> reader = startPinned(() -> pair.near().read(new byte[1], 0, 1));

        rig.loop.close();

        assertThatThrownBy(reader::await).isInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void whileAThreadIsPinnedPlatformThreadsUseTheLoop() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Pair other = rig.pair();
        LoopRig.Running<Integer> reader = startPinned(() -> pair.near().read(new byte[1], 0, 1));

        LoopRig.Running<Integer> far = LoopRig.startPlatform(() -> other.far().read(new byte[5], 0, 5));
        assertThat(LoopRig.startPlatform(() -> other.near().write(new byte[5], 0, 5)).await()).isEqualTo(5);
        assertThat(far.await()).isEqualTo(5);

        assertThat(reader.result().isDone()).isFalse();
        pair.far().getOutputStream().write(1);
        assertThat(reader.await()).isEqualTo(1);
    }

    @Test
    void whatBecameReadyMeanwhileRunsAfterwards() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Mixed second = rig.mixed();
        LoopRig.Running<Integer> parked = rig.start(() -> second.near().read(new byte[1], 0, 1));
        LoopRig.awaitParkedInCall(parked.thread());
        LoopRig.Running<Integer> reader = startPinned(() -> pair.near().read(new byte[1], 0, 1));
        LoopRig.Running<String> late = rig.start(() -> "late");

        second.far().getOutputStream().write(1);
        pair.far().getOutputStream().write(1);

        assertThat(reader.await()).isEqualTo(1);
        assertThat(parked.await()).isEqualTo(1);
        assertThat(late.await()).isEqualTo("late");
    }

    @Test
    void whatAPinnedThreadComputesBeforeItsCallIsATurnThatTakesLong() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        pair.far().getOutputStream().write(1);

        rig.start(() -> pin(() -> {
            compute(Duration.ofMillis(50));
            return pair.near().read(new byte[1], 0, 1);
        })).await();

        assertThat(rig.loop.stats().longestTurn()).isPositive();
        assumeTrue(LoopRig.isCarried(flavor), "what threads do between their calls is no part of this loop's turn");
        assertThat(rig.loop.stats().longestTurn()).isGreaterThanOrEqualTo(Duration.ofMillis(50));
    }

    private static void compute(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        while (System.nanoTime() - end < 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void aPinnedReadWaitsForItsTurnBehindAnotherThreadAndDrivesThatOnesReadMeanwhile() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        long before = rig.loop.stats().submitted();
        LoopRig.Running<Byte> first = LoopRig.startPlatform(() -> readByte(pair));
        LoopRig.until(() -> rig.loop.stats().submitted() > before, () -> "nothing submitted: " + rig.loop.stats());
        LoopRig.Running<Byte> pinned = rig.start(() -> pin(() -> readByte(pair)));
        LoopRig.until(() -> isWaitingForTurn(pinned.thread()), () -> "does not wait: " + pinned.thread());

        pair.far().getOutputStream().write(new byte[] {1, 2});

        assertThat(first.await()).isEqualTo((byte) 1);
        assertThat(pinned.await()).isEqualTo((byte) 2);
        assertOthersGoOn();
    }

    @Test
    void aPinnedReadThatWaitsForItsTurnBehindAThreadOfItsLoopTimesOut() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        long before = rig.loop.stats().submitted();
        LoopRig.Running<Byte> first = rig.start(() -> readByte(pair));
        LoopRig.until(() -> rig.loop.stats().submitted() > before, () -> "nothing submitted: " + rig.loop.stats());

        LoopRig.Running<Integer> pinned = rig.start(() -> pin(
                () -> pair.near().read(new byte[1], 0, 1, Duration.ofMillis(50))));

        assertThatThrownBy(pinned::await).isInstanceOf(SocketTimeoutException.class);
        pair.far().getOutputStream().write(1);
        assertThat(first.await()).isEqualTo((byte) 1);
        assertOthersGoOn();
    }

    private static byte readByte(LoopRig.Mixed pair) throws IOException {
        byte[] target = new byte[1];
        assertThat(pair.near().read(target, 0, 1)).isEqualTo(1);
        return target[0];
    }

    private static boolean isWaitingForTurn(Thread thread) {
        return Arrays.stream(thread.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals("awaitTurn"));
    }

    /** Returns once the call is the loop's. */
    private <T> LoopRig.Running<T> startPinned(Callable<T> call) {
        long before = rig.loop.stats().submitted();
        LoopRig.Running<T> pinned = rig.start(() -> pin(call));
        LoopRig.until(() -> rig.loop.stats().submitted() > before, () -> "nothing submitted: " + rig.loop.stats());
        return pinned;
    }

    private void assertOthersGoOn() throws Exception {
        LoopRig.Pair pair = rig.pair();
        LoopRig.Running<Integer> reader = rig.start(() -> pair.far().read(new byte[5], 0, 5));
        LoopRig.Running<Integer> writer = rig.start(() -> pair.near().write(new byte[5], 0, 5));
        assertThat(writer.await()).isEqualTo(5);
        assertThat(reader.await()).isEqualTo(5);
    }
}
