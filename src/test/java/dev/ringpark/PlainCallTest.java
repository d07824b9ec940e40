package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Eventually;
import dev.ringpark.contract.SmallStack;
import dev.ringpark.internal.op.StackRoom;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A plain call that a close waits for, and hardly any stack or memory left to say that it has ended. */
@Timeout(180)
class PlainCallTest {
    private static final int BEGUN_CALLS = 80;
    private static final int STRIDE = 16;
    private static final int HOT = 50_000;

    private volatile boolean begun;
    private volatile boolean mayEnd;

    /**
     * At each depth near the one where calls begin: somewhere there is enough for the call, and not for its end. What
     * looks for stack is compiled before, and so takes little itself, while the end of a call has hardly been run.
     */
    @Test
    void aCloseHearsOfItsEndHoweverLittleStackIsLeft() throws Exception {
        for (int i = 0; i < HOT; i++) {
            StackRoom.require();
        }
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withName("plain").withBackend("selector"))) {
            int above = 0;
            while (!attempt(loop, above)) {
                above += STRIDE;
            }
            int begunCalls = 0;
            for (above = Math.max(0, above - STRIDE); begunCalls < BEGUN_CALLS; above++) {
                begunCalls += attempt(loop, above) ? 1 : 0;
            }
        }
    }

    @Test
    void aCloseHearsOfItsEndAlsoIfNoMemoryIsLeft() throws Exception {
        Finished run = Jvm.withFullAccess().and("-Xmx16m").run(FullHeapProbe.class, CarrierLoop.class);

        assertThat(run.out()).as("what the probe said: %s", run).isEqualTo("closed\n");
    }

    /** Whether a call began so many frames above the last; then it ended well behind a close, and its loop slept. */
    private boolean attempt(CarrierLoop loop, int above) throws Exception {
        begun = false;
        mayEnd = false;
        try (TcpSocket socket = TcpSocket.open(loop, StandardProtocolFamily.INET)) {
            CompletableFuture<Boolean> caller = SmallStack.runAbove(above, () -> callPlain(socket));
            Eventually.until(() -> begun || caller.isDone(), "begun, or refused");
            if (!begun) {
                assertThat(caller.get()).as("found enough stack").isFalse();
            } else {
                Thread closer = Thread.ofPlatform().daemon().start(() -> close(socket));
                awaitSleepWithAClose(loop, closer);
                assertThat(caller.get(20, TimeUnit.SECONDS)).as("has ended as it should").isTrue();
                assertThat(closer.join(Duration.ofSeconds(20))).as("closed, with a call from %s", above).isTrue();
            }
            return begun;
        }
    }

    private void awaitSleepWithAClose(CarrierLoop loop, Thread closer) {
        try {
            Eventually.until(() -> closer.getState() == Thread.State.WAITING, "waits for the call");
            Eventually.until(() -> !loop.door().hasMail() && loop.door().gate().isAsleep(), "asleep with the close");
        } finally {
            mayEnd = true;
        }
    }

    private void callPlain(TcpSocket socket) throws Exception {
        socket.plain(handle -> {
            begun = true;
            while (!mayEnd) {
                Thread.onSpinWait();
            }
            return null;
        });
    }

    private static void close(TcpSocket socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
