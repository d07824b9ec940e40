package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.op.StackRoom;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A plain call that a close waits for, on a thread with hardly any stack left. */
@Timeout(180)
class PlainCallTest {
    private static final int STACK_BYTES = 256 * 1024;
    private static final int BEGUN_CALLS = 80;
    private static final int STRIDE = 16;
    private static final int DEEPER_THAN_ANY = 1 << 20;
    private static final int HOT = 50_000;

    private volatile boolean begun;
    private volatile @Nullable TcpSocket socket;

    /**
     * At each depth near the one where calls begin: somewhere there is enough for the call, and not for its end. What
     * looks for stack is compiled before, and so takes little itself, while the end of a call has hardly been run. So
     * are the dives themselves, or their frames would shrink from one to the next.
     */
    @Test
    void aCloseHearsOfItsEndHoweverLittleStackIsLeft() throws Exception {
        for (int i = 0; i < HOT; i++) {
            StackRoom.require();
        }
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withName("plain").withBackend("selector"))) {
            int depth = bottom();
            while (depth > 0 && !attempt(loop, depth)) {
                depth -= STRIDE;
            }
            int begunCalls = 0;
            for (depth += STRIDE; depth > 0 && begunCalls < BEGUN_CALLS; depth--) {
                begunCalls += attempt(loop, depth) ? 1 : 0;
            }
            assertThat(begunCalls).as("calls that were begun").isEqualTo(BEGUN_CALLS);
        }
    }

    /** How deep one can dive once dives are compiled, which they are long before it is found the last time. */
    private int bottom() throws Exception {
        int bottom = 0;
        for (int i = 0; i < 3; i++) {
            bottom = 0;
            for (int step = DEEPER_THAN_ANY; step > 0; step /= 2) {
                bottom += isWithinReach(bottom + step) ? step : 0;
            }
        }
        return bottom;
    }

    private boolean isWithinReach(int depth) throws Exception {
        return onASmallStack(() -> dive(depth)).get(20, TimeUnit.SECONDS) >= 0;
    }

    private boolean attempt(CarrierLoop loop, int depth) throws Exception {
        begun = false;
        TcpSocket opened = TcpSocket.open(loop, StandardProtocolFamily.INET);
        socket = opened;
        CompletableFuture<Integer> caller = onASmallStack(() -> dive(depth));
        Thread closer = Thread.ofPlatform().daemon().start(() -> closeOnceBegun(opened, caller));
        caller.get(20, TimeUnit.SECONDS);
        assertThat(closer.join(Duration.ofSeconds(20))).as("closed, with a call from depth %s", depth).isTrue();
        boolean was = begun;
        opened.close();
        return was;
    }

    private void closeOnceBegun(TcpSocket opened, CompletableFuture<Integer> caller) {
        while (!begun && !caller.isDone()) {
            Thread.onSpinWait();
        }
        try {
            if (begun) {
                opened.close();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private int dive(int depth) throws Exception {
        if (depth > 0) {
            return dive(depth - 1) + 1;
        }
        TcpSocket called = socket;
        if (called == null) {
            return 0;
        }
        called.plain(handle -> {
            begun = true;
            while (handle.isOpen()) {
                Thread.onSpinWait();
            }
            return null;
        });
        return 0;
    }

    private interface Body {
        int run() throws Exception;
    }

    /** What {@code body} returns; -1 if it ran out of stack. */
    private static CompletableFuture<Integer> onASmallStack(Body body) {
        CompletableFuture<Integer> result = new CompletableFuture<>();
        List<Integer> outcome = new ArrayList<>();
        Thread thread = new Thread(null, () -> {
            try {
                outcome.add(body.run());
            } catch (StackOverflowError e) {
                outcome.add(-1);
            } catch (Throwable e) {
                result.completeExceptionally(e);
                return;
            }
            result.complete(outcome.getFirst());
        }, "small", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return result;
    }
}
