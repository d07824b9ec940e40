package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.StreamListener;
import dev.ringpark.StreamSocket;
import java.net.ConnectException;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/** Closing: whoever waits is told, whoever comes later is refused, and nothing is left. */
class CloseContractTest extends Contract {
    /** What "within milliseconds" may be on a busy machine. */
    private static final Duration SOON = Duration.ofSeconds(2);

    // ---- calls that wait ----

    @Test
    void closeEndsAParkedRead() throws Exception {
        StreamSocket socket = streams().near();
        assertEndedByClose(socket, parked(() -> socket.read(new byte[1], 0, 1)));
    }

    @Test
    void closeEndsAParkedReadIntoADirectBuffer() throws Exception {
        StreamSocket socket = streams().near();
        assertEndedByClose(socket, parked(() -> socket.read(ByteBuffer.allocateDirect(1))));
    }

    @Test
    void closeEndsAParkedWrite() throws Exception {
        StreamSocket socket = streams().near();
        assertEndedByClose(socket, parked(Flow.writeTooMuch(socket)));
    }

    @Test
    void closeEndsAParkedConnect() throws Exception {
        SocketAddress silent = silentAddress();
        StreamSocket socket = family().open(loop);
        assertEndedByClose(socket, parked(() -> family().connect(socket, silent)));
        assertThat(socket.isConnected()).isFalse();
    }

    @Test
    void closeEndsAReadAndAWriteAndThoseWhoWaitForTheirTurn() throws Exception {
        StreamSocket socket = streams().near();
        List<Call<?>> calls = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            calls.add(parked(() -> socket.read(new byte[1], 0, 1)));
            calls.add(parked(Flow.writeTooMuch(socket)));
        }
        assertEndedByClose(socket, calls.toArray(Call<?>[]::new));
    }

    private static void assertEndedByClose(StreamSocket socket, Call<?>... calls) throws Exception {
        long start = System.nanoTime();
        socket.close();
        for (Call<?> call : calls) {
            assertThat(call.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(call.endedInterrupted()).isFalse();
        }
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(SOON);
        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void closeFromAThreadOfTheLoopEndsAParkedRead() throws Exception {
        StreamSocket socket = streams().near();
        Call<Integer> read = parked(() -> socket.read(new byte[1], 0, 1));

        call(() -> {
            socket.close();
            return null;
        }).result();
        assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    // ---- listeners ----

    @Test
    void closingAListenerEndsItsAcceptsAndConnectingIsRefused() throws Exception {
        StreamListener listener = listener();
        SocketAddress address = listener.getLocalAddress();
        Call<StreamSocket> first = parked(listener::accept);
        Call<StreamSocket> second = parked(listener::accept);

        listener.close();
        assertThat(first.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(second.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(listener.isOpen()).isFalse();
        assertThatThrownBy(() -> SocketChannel.open(address)).isExactlyInstanceOf(ConnectException.class);
    }

    @Test
    void connectionsNobodyAcceptedAreResetWhenTheListenerIsClosed() throws Exception {
        StreamListener listener = listener();
        SocketChannel peer = channelTo(listener);
        listener.close();

        assertThat(callToRead(peer).failure()).hasMessage("Connection reset");
    }

    // ---- afterwards ----

    @Test
    void everyLaterCallOnASocketIsRefused() throws Exception {
        StreamSocket socket = streams().near();
        socket.close();
        SocketAddress address = ownAddressOfFamily();

        List<Callable<?>> later = List.of(
                () -> socket.read(new byte[1], 0, 1), () -> socket.read(new byte[0], 0, 0),
                () -> socket.read(ByteBuffer.allocate(1)), () -> socket.read(ByteBuffer.allocateDirect(1)),
                () -> socket.read(new byte[1], 0, 1, Duration.ofSeconds(1)), () -> socket.in().read(),
                () -> socket.write(new byte[1], 0, 1), () -> socket.write(new byte[0], 0, 0),
                () -> socket.write(ByteBuffer.allocate(1)), () -> socket.write(ByteBuffer.allocateDirect(1)),
                () -> socket.write(new ByteBuffer[] {ByteBuffer.allocate(1)}),
                () -> family().connect(socket, address), () -> socket.bind(address),
                socket::shutdownInput, socket::shutdownOutput, socket::available,
                socket::getLocalAddress, socket::getRemoteAddress,
                () -> socket.getOption(StandardSocketOptions.SO_RCVBUF),
                () -> socket.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 16));
        for (Callable<?> call : later) {
            assertThat(failureOf(call)).isExactlyInstanceOf(ClosedChannelException.class).hasMessage(null);
        }
        assertThat(socket.isConnected()).isTrue();
        assertThat(socket.toString()).contains("closed");
    }

    @Test
    void oneThatWasNeverConnectedHasNoPeerAndIsClosedAllTheSame() throws Exception {
        StreamSocket socket = family().open(loop);
        assertThat(socket.getRemoteAddress()).isNull();
        socket.close();

        assertThat(failureOf(socket::getRemoteAddress)).isExactlyInstanceOf(ClosedChannelException.class);
        assertThat(socket.toString()).contains("closed");
    }

    @Test
    void everyLaterCallOnAListenerIsRefused() throws Exception {
        StreamListener listener = listener();
        listener.close();
        SocketAddress address = ownAddressOfFamily();

        List<Callable<?>> later = List.of(
                listener::accept, () -> listener.accept(Duration.ofSeconds(1)), () -> listener.bind(address),
                listener::getLocalAddress, () -> listener.getOption(StandardSocketOptions.SO_RCVBUF),
                () -> listener.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 16));
        for (Callable<?> call : later) {
            assertThat(failureOf(call)).isExactlyInstanceOf(ClosedChannelException.class).hasMessage(null);
        }
        assertThat(listener.toString()).contains("closed");
    }

    @Test
    void closingTwiceIsClosingOnce() throws Exception {
        Streams pair = streams();
        StreamListener listener = listener();
        for (int i = 0; i < 2; i++) {
            pair.near().close();
            listener.close();
        }
        assertThat(pair.near().isOpen()).isFalse();
        assertThat(call(Flow.readAll(pair.far())).result()).isZero();
    }

    @Test
    void manyThreadsMayCloseAtOnceWhileOthersReadAndWrite() throws Exception {
        for (int round = 0; round < 20; round++) {
            StreamSocket socket = streams().near();
            Call<Integer> read = parked(() -> socket.read(new byte[1], 0, 1));
            Call<Void> write = call(Flow.writeTooMuch(socket));
            CyclicBarrier start = new CyclicBarrier(8);
            List<Call<Boolean>> closers = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                closers.add(call(() -> close(socket, start)));
                closers.add(call(Thread.ofPlatform()::start, () -> close(socket, start)));
            }
            for (Call<Boolean> closer : closers) {
                assertThat(closer.result()).isFalse();
            }
            assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(write.failure()).isInstanceOf(ClosedChannelException.class);
        }
    }

    private static boolean close(StreamSocket socket, CyclicBarrier start) throws Exception {
        start.await();
        socket.close();
        return socket.isOpen();
    }

    @Test
    void aSocketCanBeClosedAfterAReadHasTimedOut() throws Exception {
        Streams pair = streams();
        assertThat(failureOf(() -> pair.near().read(new byte[1], 0, 1, Duration.ofMillis(5))))
                .isExactlyInstanceOf(SocketTimeoutException.class);
        pair.near().close();

        assertThat(call(Flow.readAll(pair.far())).result()).isZero();
    }

    @Test
    void whatWasWrittenBeforeTheCloseArrives() throws Exception {
        Streams pair = streams();
        call(() -> {
            pair.near().out().write(Sequence.bytes(100_000));
            pair.near().close();
            return null;
        }).result();
        assertThat(call(Flow.readAll(pair.far())).result()).isEqualTo(100_000);
    }

    @Test
    void ofTheWritesThatWereAskedForEachIsDoneOrEndedAndThePeerGetsWhatTheDoneOnesCount() throws Exception {
        Streams pair = streams();
        int asked = 50;
        List<Call<Long>> writers = new ArrayList<>();
        for (int i = 0; i < asked; i++) {
            writers.add(call(() -> writeUntilClosed(pair.near())));
        }
        Eventually.until(() -> writers.stream().allMatch(each -> each.thread().getState() == Thread.State.WAITING),
                "all wait for room, or for their turn");
        // A thread waits as soon as it has asked: only a byte at the other end tells that the loop has taken it in.
        assertThat(call(() -> pair.far().in().read()).result()).isZero();
        pair.near().close();

        long written = 0;
        for (Call<Long> writer : writers) {
            written += writer.result();
        }
        assertThat(1 + call(() -> pair.far().in().skip(Long.MAX_VALUE)).result()).isEqualTo(written);
        assertThat(loop.stats().submitted()).isEqualTo(loop.stats().completed());
    }

    private static long writeUntilClosed(StreamSocket socket) throws Exception {
        ByteBuffer source = ByteBuffer.wrap(Flow.TOO_MUCH);   // or the first might be done before the last begins
        try {
            while (source.hasRemaining()) {
                socket.write(source);
            }
        } catch (ClosedChannelException expected) {
            assertThat(socket.isOpen()).isFalse();
        }
        return source.position();
    }

    @Test
    void aReusedDescriptorNeverMeetsAnOldOperation() throws Exception {
        StreamListener listener = listener();   // one for all, as making a file takes longer than a round
        for (int round = 0; round < 200; round++) {
            byte id = (byte) round;
            Streams pair = streamsTo(listener);
            byte[] old = new byte[16];
            Callable<Integer> body = () -> pair.near().read(old, 0, old.length);
            Call<Integer> read = round % 2 == 0 ? parked(body) : call(body);   // in the kernel's hands, and on its way
            pair.near().close();
            Streams next = streamsTo(listener);
            call(() -> next.far().write(new byte[] {id}, 0, 1)).result();
            byte[] target = new byte[16];
            assertThat(call(() -> next.near().read(target, 0, target.length)).result()).isEqualTo(1);
            assertThat(target[0]).isEqualTo(id);
            assertThat(read.failure()).isInstanceOf(ClosedChannelException.class);
            assertThat(old).containsOnly(0);
            next.near().close();
        }
    }
}
