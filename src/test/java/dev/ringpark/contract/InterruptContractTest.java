package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.StreamListener;
import dev.ringpark.StreamSocket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** Interrupts: they close what is waited on, as a channel's do, and nobody swallows them. */
class InterruptContractTest extends Contract {
    private static final Duration LONG = Duration.ofMinutes(5);

    // ---- while parked ----

    @Test
    void interruptWhileParkedInReadClosesTheSocketAndKeepsTheStatus() throws Exception {
        Streams pair = streams();
        assertClosedByInterrupt(parked(() -> pair.near().read(new byte[1], 0, 1)));
        assertClosed(pair);
    }

    @Test
    void interruptWhileParkedInAReadWithATimeoutClosesTheSocketAndKeepsTheStatus() throws Exception {
        Streams pair = streams();
        assertClosedByInterrupt(parked(() -> pair.near().read(ByteBuffer.allocateDirect(1), LONG)));
        assertClosed(pair);
    }

    @Test
    void interruptWhileParkedInWriteClosesTheSocketAndKeepsTheStatus() throws Exception {
        Streams pair = streams();
        assertClosedByInterrupt(parked(Flow.writeTooMuch(pair.near())));
        assertThat(pair.near().isOpen()).isFalse();
    }

    @Test
    void interruptWhileParkedInAcceptClosesTheListenerAndKeepsTheStatus() throws Exception {
        StreamListener listener = listener();
        assertClosedByInterrupt(parked(listener::accept));
        assertThat(listener.isOpen()).isFalse();
    }

    @Test
    void interruptWhileParkedInConnectClosesTheSocketAndKeepsTheStatus() throws Exception {
        SocketAddress silent = silentAddress();
        StreamSocket socket = family().open(loop);
        assertClosedByInterrupt(parked(() -> family().connect(socket, silent, LONG)));
        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void interruptOfAReaderThatWaitsForItsTurnClosesTheSocketForTheOneWhoseTurnItIs() throws Exception {
        Streams pair = streams();
        Call<Integer> first = parked(() -> pair.near().read(new byte[1], 0, 1));
        Call<Integer> second = parked(() -> pair.near().read(new byte[1], 0, 1));

        assertClosedByInterrupt(second);
        assertThat(first.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(first.endedInterrupted()).isFalse();
        assertClosed(pair);
    }

    @Test
    void interruptOfAReaderEndsTheOthersOfTheSocketWithAnAsynchronousClose() throws Exception {
        Streams pair = streams();
        Call<Integer> first = parked(() -> pair.near().read(new byte[1], 0, 1));
        Call<Integer> second = parked(() -> pair.near().read(new byte[1], 0, 1));
        Call<Void> writer = parked(Flow.writeTooMuch(pair.near()));

        assertClosedByInterrupt(first);
        assertThat(second.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(writer.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    private static void assertClosedByInterrupt(Call<?> parked) throws Exception {
        long start = System.nanoTime();
        parked.thread().interrupt();
        assertThat(parked.failure()).isExactlyInstanceOf(ClosedByInterruptException.class).hasNoSuppressedExceptions();
        assertThat(parked.endedInterrupted()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }

    private void assertClosed(Streams pair) throws Exception {
        assertThat(pair.near().isOpen()).isFalse();
        assertThat(call(Flow.readAll(pair.far())).result()).isZero();
    }

    // ---- before ----

    @Test
    void aThreadThatIsInterruptedAlreadyClosesTheSocketEvenIfItNeedNotWait() throws Exception {
        Streams reading = streams();
        call(() -> reading.far().write(new byte[1], 0, 1)).result();
        assertClosedAtOnce(() -> reading.near().read(new byte[1], 0, 1));
        assertThat(reading.near().isOpen()).isFalse();

        StreamSocket writing = streams().near();
        assertClosedAtOnce(() -> writing.write(new byte[1], 0, 1));
        assertThat(writing.isOpen()).isFalse();
    }

    @Test
    void aThreadThatIsInterruptedAlreadyNeitherConnectsNorAccepts() throws Exception {
        StreamListener listener = listener();
        StreamSocket socket = family().open(loop);
        SocketAddress address = listener.getLocalAddress();

        assertClosedAtOnce(() -> family().connect(socket, address));
        assertThat(socket.isOpen()).isFalse();
        assertClosedAtOnce(listener::accept);
        assertThat(listener.isOpen()).isFalse();
    }

    private void assertClosedAtOnce(Callable<?> body) throws Exception {
        Call<?> call = call(() -> {
            Thread.currentThread().interrupt();
            return body.call();
        });
        assertThat(call.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(call.endedInterrupted()).isTrue();
    }

    @Test
    void onAClosedSocketAnInterruptedThreadIsToldThatItIsClosed() throws Exception {
        StreamSocket socket = streams().near();
        socket.close();
        Call<?> call = call(() -> {
            Thread.currentThread().interrupt();
            return socket.read(new byte[1], 0, 1);
        });
        assertThat(call.failure()).isExactlyInstanceOf(ClosedChannelException.class);
        assertThat(call.endedInterrupted()).isTrue();
    }

    // ---- what is not interrupted ----

    @Test
    void closeIsNotInterruptible() throws Exception {
        Streams pair = streams();
        Call<Integer> read = parked(() -> pair.near().read(new byte[1], 0, 1));
        Call<Boolean> close = call(() -> {
            Thread.currentThread().interrupt();
            pair.near().close();
            return pair.near().isOpen();
        });
        assertThat(close.result()).isFalse();
        assertThat(close.endedInterrupted()).isTrue();
        assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void callsThatDoNotBlockTakeNoNoticeOfAnInterrupt() throws Exception {
        StreamSocket socket = streams().near();
        Call<Object> call = call(() -> {
            Thread.currentThread().interrupt();
            socket.shutdownOutput();
            return socket.getRemoteAddress();
        });
        assertThat(call.result()).isNotNull();
        assertThat(call.endedInterrupted()).isTrue();
        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void aCallThatEndedBeforeTheInterruptKeepsItsResult() throws Exception {
        Streams pair = streams();
        CountDownLatch ended = new CountDownLatch(1);
        Call<Integer> read = parked(() -> {
            int count = pair.near().read(new byte[8], 0, 8);
            ended.countDown();
            while (!Thread.currentThread().isInterrupted()) {
                LockSupport.park();
            }
            return count;
        });
        call(() -> pair.far().write(new byte[3], 0, 3)).result();
        assertThat(ended.await(Eventually.LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
        read.thread().interrupt();

        assertThat(read.result()).isEqualTo(3);
        assertThat(read.endedInterrupted()).isTrue();
        assertThat(pair.near().isOpen()).isTrue();
    }

    @Test
    void aReadThatBytesAndAnInterruptReachTogetherTellsTheirCountOrHasTouchedNothing() throws Exception {
        for (int round = 0; round < 100; round++) {
            Streams pair = streams();
            byte[] target = new byte[8];
            Call<Integer> read = parked(() -> pair.near().read(target, 0, 8));
            call(() -> pair.far().write(new byte[] {1, 2, 3}, 0, 3));
            read.thread().interrupt();
            read.awaitEnd();
            // Either came first: the count and an open socket, or the exception and a closed one.
            if (pair.near().isOpen()) {
                assertThat(read.result()).isEqualTo(3);
                assertThat(target).containsExactly(1, 2, 3, 0, 0, 0, 0, 0);
            } else {
                assertThat(read.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
                assertThat(target).containsOnly(0);
            }
            pair.near().close();
            pair.far().close();
        }
    }
}
