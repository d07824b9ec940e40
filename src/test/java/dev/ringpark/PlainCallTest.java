package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.op.StackRoom;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A plain call that a close waits for, on a thread with hardly any stack left. */
@Timeout(180)
class PlainCallTest {
    private static final int STACK_BYTES = 256 * 1024;
    private static final int ATTEMPTS = 150;
    private static final int HOT = 50_000;

    private volatile boolean begun;
    private volatile TcpSocket socket;

    /**
     * At many depths near the end of the stack: somewhere there is enough for the call, and not for its end. What looks
     * for stack is compiled before, and so takes little itself, while the end of a call has never been run.
     */
    @Test
    void aCloseHearsOfItsEndHoweverLittleStackIsLeft() throws Exception {
        for (int i = 0; i < HOT; i++) {
            StackRoom.require();
        }
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withName("plain").withBackend("selector"))) {
            CompletableFuture<Integer> deepest = onASmallStack(() -> deepest(0));
            int bottom = deepest.get(20, TimeUnit.SECONDS);
            int begunCalls = 0;
            for (int i = 0; i < ATTEMPTS; i++) {
                int depth = bottom - 4 * i;
                begunCalls += attempt(loop, depth) ? 1 : 0;
            }
            assertThat(begunCalls).as("calls that were begun").isPositive();
        }
    }

    private boolean attempt(CarrierLoop loop, int depth) throws Exception {
        begun = false;
        socket = TcpSocket.open(loop, StandardProtocolFamily.INET);
        CompletableFuture<Integer> caller = onASmallStack(() -> dive(depth));
        Thread closer = Thread.ofPlatform().daemon().start(() -> closeOnceBegun(caller));
        caller.get(20, TimeUnit.SECONDS);
        assertThat(closer.join(Duration.ofSeconds(20))).as("closed, with a call from depth %s", depth).isTrue();
        boolean was = begun;
        socket.close();
        return was;
    }

    private void closeOnceBegun(CompletableFuture<Integer> caller) {
        while (!begun && !caller.isDone()) {
            Thread.onSpinWait();
        }
        try {
            if (begun) {
                socket.close();
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private int dive(int depth) throws Exception {
        if (depth > 0) {
            return dive(depth - 1) + 1;
        }
        socket.plain(handle -> {
            begun = true;
            while (handle.isOpen()) {
                Thread.onSpinWait();
            }
            return null;
        });
        return 0;
    }

    @SuppressWarnings("InfiniteRecursion")   // until the stack ends, which is what it measures
    private static int deepest(int depth) {
        try {
            return deepest(depth + 1);
        } catch (StackOverflowError e) {
            return depth;
        }
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
