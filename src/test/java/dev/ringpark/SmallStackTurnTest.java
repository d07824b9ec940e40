package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Eventually;
import dev.ringpark.contract.OpenDescriptors;
import dev.ringpark.contract.SmallStack;
import dev.ringpark.internal.jdk.VirtualThreads;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A platform thread with hardly any stack left has a turn that one the loop carries waits for, and the loop sleeps by
 * the time it gives it on. It begins while the loop is awake, as then nothing has asked how much stack it has.
 */
@Timeout(300)
class SmallStackTurnTest {
    private static final int CLOSE_BY = 100;   // frames above the last: below that every one is tried
    private static final int STRIDE = 16;
    private static final int MUCH = 4_000;
    private static final int ENOUGH = 20;      // calls in a row that had the stack they need
    private static final long LONG_SECONDS = 20;

    /** What has a turn. */
    private interface Turn extends AutoCloseable {
        /** Waits for the turn, and in it for something to come. */
        void call() throws IOException;

        /** Has come what one call waits for, unless what has the turn is closed. */
        void bring() throws IOException;

        @Override
        void close() throws IOException;
    }

    private volatile Thread caller;
    private volatile boolean released;

    @BeforeEach
    void lookForCarriedLoops() {
        String refusal = VirtualThreads.refusal();
        Assumptions.assumeTrue(refusal == null, refusal);
    }

    @Test
    void whoWaitsForItsTurnToReadGetsIt() throws Exception {
        try (CarrierLoop loop = start(); TcpListener listener = listener(loop)) {
            eachDepth(loop, () -> new Reading(listener));
        }
    }

    @Test
    void whoWaitsForItsTurnToAcceptGetsItAndNoConnectionIsLost() throws Exception {
        try (CarrierLoop loop = start()) {
            eachDepth(loop, () -> new Accepting(loop));
        }
    }

    private static CarrierLoop start() throws IOException {
        return CarrierLoop.start(LoopOptions.defaults().withName("turn").withMode(LoopMode.CARRIED));
    }

    private static TcpListener listener(CarrierLoop loop) throws IOException {
        return TcpListener.bind(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    private static Socket connect(TcpListener listener) throws IOException {
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        return new Socket(address.getAddress(), address.getPort());
    }

    /** Makes the next one. */
    @FunctionalInterface
    private interface Turns {
        Turn next() throws IOException;
    }

    private void eachDepth(CarrierLoop loop, Turns turns) throws Exception {
        assertThat(attempt(loop, turns, MUCH)).as("all is loaded and linked").isTrue();
        int left = ENOUGH;
        for (int above = 0; left > 0; above += above < CLOSE_BY ? 1 : STRIDE) {
            OpenDescriptors descriptors = new OpenDescriptors();
            boolean hadEnough = attempt(loop, turns, above);
            descriptors.assertNoMore();
            left = hadEnough ? left - 1 : ENOUGH;
        }
    }

    /** Whether a call from so many frames above the last came to its end; whoever waited behind it then does. */
    private boolean attempt(CarrierLoop loop, Turns turns, int above) throws Exception {
        caller = null;
        released = false;
        try (Turn turn = turns.next()) {
            Thread busy = loop.startVirtualThread(this::spin);
            CompletableFuture<Boolean> first = SmallStack.runAbove(above, () -> callFrom(turn));
            Eventually.until(() -> first.isDone() || isParked(caller), "waits, or had too little stack for that");
            CompletableFuture<Boolean> second = new CompletableFuture<>();
            Thread waiter = loop.startVirtualThread(() -> callNext(turn, second));
            released = true;
            busy.join();
            Eventually.until(() -> second.isDone() || (isParked(waiter) && isAsleep(loop)), "all wait");

            turn.bring();
            boolean hadEnough = first.get(LONG_SECONDS, TimeUnit.SECONDS);
            turn.bring();
            assertThat(second).as("the next, behind a call from %s above", above)
                    .succeedsWithin(Duration.ofSeconds(LONG_SECONDS));
            return hadEnough;
        }
    }

    private void spin() {
        while (!released) {
            Thread.onSpinWait();
        }
    }

    private void callFrom(Turn turn) throws IOException {
        caller = Thread.currentThread();
        turn.call();
    }

    private static boolean isParked(Thread thread) {
        return thread != null && thread.getState() == Thread.State.WAITING;
    }

    private static boolean isAsleep(CarrierLoop loop) {
        return loop.door().gate().isAsleep() && !loop.door().hasMail();
    }

    /** True if it got its turn; false if the first had to close what it had it of. */
    private static void callNext(Turn turn, CompletableFuture<Boolean> outcome) {
        try {
            turn.call();
            outcome.complete(true);
        } catch (ClosedChannelException e) {
            outcome.complete(false);
        } catch (Throwable e) {
            outcome.completeExceptionally(e);
        }
    }

    private static final class Reading implements Turn {
        private final Socket far;
        private final TcpSocket near;

        Reading(TcpListener listener) throws IOException {
            far = connect(listener);
            near = listener.accept();
        }

        @Override
        public void call() throws IOException {
            assertThat(near.read(new byte[1], 0, 1)).isEqualTo(1);
        }

        @Override
        public void bring() throws IOException {
            if (near.isOpen()) {
                far.getOutputStream().write(1);
            }
        }

        @Override
        public void close() throws IOException {
            near.close();
            far.close();
        }
    }

    private static final class Accepting implements Turn {
        private final TcpListener listener;
        private final Queue<TcpSocket> accepted = new ConcurrentLinkedQueue<>();

        Accepting(CarrierLoop loop) throws IOException {
            listener = listener(loop);
        }

        @Override
        public void call() throws IOException {
            accepted.add(listener.accept());
        }

        @Override
        public void bring() throws IOException {
            if (listener.isOpen()) {
                connect(listener).close();
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
            for (TcpSocket each : accepted) {
                each.close();
            }
        }
    }
}
