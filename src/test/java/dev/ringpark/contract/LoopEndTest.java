package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.groups.Tuple.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.LoopEnd;
import dev.ringpark.PendingOperation;
import dev.ringpark.TcpListener;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Closing a loop with limited patience. */
class LoopEndTest extends RiggedLoop {
    private static final LoopEnd COMPLETE = new LoopEnd(true, List.of());

    private final AtomicBoolean letGo = new AtomicBoolean();

    @AfterEach
    void letGoOfALoopThatIsHeldUp() {
        letGo.set(true);
    }

    @Test
    void aLoopThatEndsInTimeIsCompletelyClosed() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Running<Integer> reader = rig.start(() -> pair.near().read(new byte[1], 0, 1));
        LoopRig.awaitParkedInCall(reader.thread());

        LoopEnd end = rig.loop.close(LoopRig.FAR);

        assertThat(end).isEqualTo(COMPLETE);
        assertThat(rig.loop.isOpen()).isFalse();
        assertThat(pair.near().isOpen()).isFalse();
        assertThatThrownBy(reader::await).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(rig.loop.close(Duration.ZERO)).isEqualTo(COMPLETE);
    }

    @Test
    void oneOfItsOwnThreadsGetsAnAnswerToo() throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Running<Integer> reader = rig.start(() -> pair.near().read(new byte[1], 0, 1));
        LoopRig.awaitParkedInCall(reader.thread());

        LoopRig.Running<LoopEnd> closer = rig.start(() -> rig.loop.close(LoopRig.FAR));

        assertThat(closer.await()).isEqualTo(COMPLETE);
        assertThat(pair.far().getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void negativePatienceIsRefusedAndTheLoopStaysOpen() {
        assertThatThrownBy(() -> rig.loop.close(Duration.ofNanos(-1))).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("timeout is PT-0.000000001S; it must not be negative");
        assertThat(rig.loop.isOpen()).isTrue();
    }

    @Test
    void aThreadThatHoldsTheLoopUpIsNotWaitedForAndWhatItHoldsUpIsNamed() throws Exception {
        assumeTrue(LoopRig.isCarried(flavor), "threads that are handed over cannot hold the loop up");
        LoopRig.Mixed pair = rig.mixed();
        TcpListener listener = TcpListener.bind(rig.loop, LoopRig.loopback());
        LoopRig.Running<Integer> reader = rig.start(() -> pair.near().read(new byte[1], 0, 1));
        LoopRig.Running<?> acceptor = rig.start(listener::accept);
        LoopRig.awaitParkedInCall(reader.thread());
        LoopRig.awaitParkedInCall(acceptor.thread());
        Thread computing = computeOnTheLoop();

        LoopEnd end = rig.loop.close(Duration.ofMillis(20));

        assertThat(end.isComplete()).isFalse();
        assertThat(end.pending()).extracting(PendingOperation::kind, PendingOperation::thread).containsExactly(
                tuple("read", reader.thread()),
                tuple("accept", acceptor.thread()));
        assertThatThrownBy(() -> listener.getLocalAddress()).as("refused from the start")
                .isInstanceOf(ClosedChannelException.class);
        letGo.set(true);
        assertThat(rig.loop.close(LoopRig.FAR)).isEqualTo(COMPLETE);
        LoopRig.join(computing);
        assertThatThrownBy(reader::await).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThatThrownBy(acceptor::await).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void noPatienceAtAllMeansNoWait() throws Exception {
        assumeTrue(LoopRig.isCarried(flavor), "threads that are handed over cannot hold the loop up");
        Thread computing = computeOnTheLoop();

        LoopRig.Running<LoopEnd> closer = LoopRig.startPlatform(() -> rig.loop.close(Duration.ZERO));

        assertThat(closer.await()).isEqualTo(new LoopEnd(false, List.of()));
        assertThat(rig.loop.isOpen()).isFalse();
        letGo.set(true);
        assertThat(rig.loop.close(LoopRig.FAR)).isEqualTo(COMPLETE);
        LoopRig.join(computing);
    }

    private Thread computeOnTheLoop() throws InterruptedException {
        CountDownLatch computes = new CountDownLatch(1);
        Thread thread = rig.loop.startVirtualThread(() -> {
            computes.countDown();
            while (!letGo.get()) {
                Thread.onSpinWait();
            }
        });
        computes.await();
        return thread;
    }
}
