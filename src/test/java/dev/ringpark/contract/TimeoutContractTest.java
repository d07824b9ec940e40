package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.StreamListener;
import dev.ringpark.StreamSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Timeouts: not early, not much late, and no byte lost. */
class TimeoutContractTest extends Contract {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final Duration ENOUGH = Duration.ofMillis(400);   // for a connect on a busy machine
    private static final Duration LONG = Duration.ofMinutes(5);

    // ---- each call ----

    @Test
    void aReadTimesOutAndTheSocketStaysOpen() throws Exception {
        Streams pair = streams();
        assertTimesOut("Read timed out", () -> pair.near().read(new byte[1], 0, 1, SHORT));
        assertTimesOut("Read timed out", () -> pair.near().read(ByteBuffer.allocate(1), SHORT));
        assertTimesOut("Read timed out", () -> pair.near().read(ByteBuffer.allocateDirect(1), SHORT));
        assertTimesOut("Read timed out", () -> pair.near().read(Arena.global().allocate(1), SHORT));
        assertTimesOut("Read timed out", () -> pair.near().read(Arena.ofAuto().allocate(1), SHORT));
        assertTimesOut("Read timed out", () -> pair.near().read(Flow.halves(new byte[8]), 0, 2, SHORT));

        assertPasses(pair);
    }

    @Test
    void theDefaultReadTimeoutHoldsForEveryReadWithoutOneOfItsOwn() throws Exception {
        Streams pair = streams();
        StreamSocket socket = pair.near();
        assertThat(socket.setReadTimeout(SHORT)).isSameAs(socket);
        assertTimesOut("Read timed out", () -> socket.read(new byte[1], 0, 1));
        assertTimesOut("Read timed out", () -> socket.read(ByteBuffer.allocateDirect(1)));
        assertTimesOut("Read timed out", () -> socket.read(new ByteBuffer[] {ByteBuffer.allocate(1)}));
        assertTimesOut("Read timed out", () -> socket.in().read());

        Call<Integer> unlimited = parked(() -> socket.read(new byte[1], 0, 1, Duration.ZERO));
        assertTimesOut("Read timed out", () -> socket.read(new byte[1], 0, 1));
        assertThat(unlimited.isDone()).isFalse();
        call(() -> pair.far().write(new byte[1], 0, 1)).result();
        assertThat(unlimited.result()).isEqualTo(1);
        socket.setReadTimeout(Duration.ZERO);
        assertPasses(pair);
    }

    @Test
    void aWriteTimesOutAndTheSocketStaysOpenAndTheCountsAreTrue() throws Exception {
        Streams pair = streams();
        StreamSocket socket = pair.near();
        long done = writeUntilTimeout(0, source -> socket.write(source, 0, source.length, SHORT));
        done = writeUntilTimeout(done, source -> socket.write(ByteBuffer.wrap(source), SHORT));
        done = writeUntilTimeout(done, source -> socket.write(ByteBuffer.wrap(source).asReadOnlyBuffer(), SHORT));
        done = writeUntilTimeout(done, source -> socket.write(Flow.direct(source), SHORT));
        done = writeUntilTimeout(done, source -> (int) socket.write(MemorySegment.ofArray(source), SHORT));
        done = writeUntilTimeout(done, source -> (int) socket.write(Flow.halves(source), 0, 2, SHORT));
        socket.setWriteTimeout(SHORT);
        done = writeUntilTimeout(done, source -> socket.write(source, 0, source.length));
        done = writeUntilTimeout(done, source -> (int) socket.write(new ByteBuffer[] {ByteBuffer.wrap(source)}));

        assertThat(socket.isOpen()).isTrue();
        call(() -> socket.shutdownOutput()).result();
        assertThat(call(Flow.readAll(pair.far())).result()).isEqualTo(done);
    }

    @FunctionalInterface
    private interface Write {
        int of(byte[] source) throws Exception;
    }

    /** Writes the sequence from {@code start} on; where it stands when a write has timed out, by the counts. */
    private long writeUntilTimeout(long start, Write write) throws Exception {
        return call(() -> {
            for (long done = start; ; ) {
                long callStart = System.nanoTime();
                try {
                    done += write.of(Sequence.bytes(done, 1 << 16));
                } catch (SocketTimeoutException e) {
                    assertThat(e).hasMessage("Write timed out");
                    assertThat(Duration.ofNanos(System.nanoTime() - callStart)).isBetween(SHORT, SHORT.plusSeconds(2));
                    return done;
                }
            }
        }).result();
    }

    @Test
    void aStreamsWriteTimesOutAsAWhole() throws Exception {
        Streams pair = streams();
        pair.near().setWriteTimeout(SHORT);
        assertTimesOut("Write timed out", Flow.writeTooMuch(pair.near()));
        assertThat(pair.near().isOpen()).isTrue();
    }

    @Test
    void aWriteThatMovedSomeBytesInItsTimeReturnsHowMany() throws Exception {
        Streams pair = streams();
        byte[] source = Sequence.bytes(32 << 20);
        int written = call(() -> pair.near().write(Flow.direct(source), SHORT)).result();
        assertThat(written).isBetween(1, source.length - 1);

        call(() -> pair.near().shutdownOutput()).result();
        assertThat(call(Flow.readAll(pair.far())).result()).isEqualTo(written);
    }

    @Test
    void anAcceptTimesOutAndTheListenerStaysOpen() throws Exception {
        StreamListener listener = listener();
        assertTimesOut("Accept timed out", () -> listener.accept(SHORT));
        assertThat(listener.setAcceptTimeout(SHORT)).isSameAs(listener);
        assertTimesOut("Accept timed out", listener::accept);

        SocketChannel peer = channelTo(listener);
        StreamSocket accepted = call(() -> listener.accept()).result();
        assertThat(accepted.getRemoteAddress()).isEqualTo(peer.getLocalAddress());
        new Foreign(accepted, peer).write(Sequence.bytes(4));
        assertThat(call(() -> Flow.read(accepted, 4, 4)).result()).isEqualTo(4);
    }

    @Test
    void aConnectTimesOutAndTheSocketIsClosed() throws Exception {
        SocketAddress silent = silentAddress();
        StreamSocket socket = family().open(loop);
        assertTimesOut("Connect timed out", () -> family().connect(socket, silent, SHORT));
        assertThat(socket.isOpen()).isFalse();
        assertTimesOut("Connect timed out", () -> family().connect(loop, silent, SHORT));
    }

    @Test
    void aConnectInTimeHoldsWhenItsTimeIsOver() throws Exception {
        StreamListener listener = listener();
        StreamSocket socket = call(() -> family().connect(loop, listener.getLocalAddress(), ENOUGH)).result();
        Streams pair = new Streams(socket, listener.accept());

        // The time of both is over then.
        assertTimesOut(ENOUGH, "Read timed out", () -> socket.read(new byte[1], 0, 1, ENOUGH));
        assertPasses(pair);
    }

    @Test
    void timeSpentWaitingForTheTurnCounts() throws Exception {
        Streams pair = streams();
        Call<Integer> first = parked(() -> pair.near().read(new byte[1], 0, 1));
        assertTimesOut("Read timed out", () -> pair.near().read(new byte[1], 0, 1, SHORT));
        assertThat(first.isDone()).isFalse();
        Call<Void> writer = parked(Flow.writeTooMuch(pair.near()));
        assertTimesOut("Write timed out", () -> pair.near().write(new byte[1], 0, 1, SHORT));

        assertThat(writer.isDone()).isFalse();
        assertThat(pair.near().isOpen()).isTrue();
    }

    @Test
    void aReaderThatGaveUpItsPlaceInTheQueueHoldsNobodyUp() throws Exception {
        Streams pair = streams();
        Call<Integer> first = parked(() -> pair.near().read(new byte[1], 0, 1));
        Call<Integer> second = call(() -> pair.near().read(new byte[1], 0, 1, SHORT));
        Call<Integer> third = parked(() -> pair.near().read(new byte[1], 0, 1));
        assertThat(second.failure()).isExactlyInstanceOf(SocketTimeoutException.class);

        call(() -> pair.far().write(new byte[2], 0, 2)).result();
        assertThat(first.result()).isEqualTo(1);
        assertThat(third.result()).isEqualTo(1);
    }

    private void assertTimesOut(String message, Callable<?> body) throws Exception {
        assertTimesOut(SHORT, message, body);
    }

    private void assertTimesOut(Duration timeout, String message, Callable<?> body) throws Exception {
        long start = System.nanoTime();
        Call<?> call = call(body);
        assertThat(call.failure()).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage(message);
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(timeout, timeout.plusSeconds(2));
        assertThat(call.endedInterrupted()).isFalse();
    }

    // ---- races ----

    @Test
    void timeoutsThatRaceArrivalsLoseDoubleAndSwapNoByte() throws Exception {
        Streams pair = streams();
        int reads = 500;
        Call<Long> writer = call(() -> writeNowAndThen(pair.far(), reads));
        Call<Long> reader = call(() -> readWithTimeouts(pair.near(), ByteBuffer.allocate(64)));

        assertThat(writer.result()).isEqualTo(reader.result());
    }

    @Test
    void timeoutsThatRaceArrivalsInADirectBufferLoseDoubleAndSwapNoByte() throws Exception {
        Streams pair = streams();
        Call<Long> writer = call(Thread.ofPlatform()::start, () -> writeNowAndThen(pair.far(), 300));
        Call<Long> reader = call(() -> readWithTimeouts(pair.near(), ByteBuffer.allocateDirect(64)));

        assertThat(writer.result()).isEqualTo(reader.result());
    }

    /** Pauses are of the timeouts' length, on purpose: they shall meet. */
    private static long writeNowAndThen(StreamSocket socket, int times) throws Exception {
        long done = 0;
        for (int i = 0; i < times; i++) {
            int count = 1 + i % 7;
            done += socket.write(Sequence.bytes(done, count), 0, count);
            Thread.sleep(Duration.ofNanos(600_000 + i % 16 * 50_000L));
        }
        socket.shutdownOutput();
        return done;
    }

    private static long readWithTimeouts(StreamSocket socket, ByteBuffer target) throws Exception {
        byte[] content = new byte[target.capacity()];
        for (long done = 0; ; ) {
            try {
                int count = socket.read(target.clear(), Duration.ofMillis(1));
                if (count < 0) {
                    return done;
                }
                target.flip().get(content, 0, count);
                Sequence.check(content, count, done);
                done += count;
            } catch (SocketTimeoutException expected) {
                assertThat(target.position()).isZero();
            }
        }
    }

    @Test
    void acceptsThatRaceArrivalsLoseNoConnection() throws Exception {
        StreamListener listener = listener();
        SplittableRandom random = new Seed().tell(flavor + ", accepts that race arrivals").random(0);
        int connections = 150;
        Call<Integer> server = call(() -> acceptWithTimeouts(listener, connections));
        for (int i = 0; i < connections; i++) {
            Thread.sleep(Duration.ofNanos(random.nextLong(2_000_000)));
            try (SocketChannel peer = channelTo(listener)) {
                assertThat(callToRead(peer).result()).isEqualTo(i);
            }
        }
        assertThat(server.result()).as("timeouts").isGreaterThan(connections / 10);
    }

    /** How often it has timed out. */
    private static int acceptWithTimeouts(StreamListener listener, int connections) throws Exception {
        int timeouts = 0;
        for (int done = 0; done < connections; ) {
            try (StreamSocket accepted = listener.accept(Duration.ofMillis(1))) {
                accepted.write(new byte[] {(byte) done}, 0, 1);
                done++;
            } catch (SocketTimeoutException expected) {
                assertThat(listener.isOpen()).isTrue();
                timeouts++;
            }
        }
        return timeouts;
    }

    // ---- lengths ----

    @Test
    void hugeTimeoutsAreNoLimit() throws Exception {
        Streams pair = streams();
        Duration forever = Duration.ofSeconds(Long.MAX_VALUE);
        pair.near().setReadTimeout(forever);
        Call<Integer> read = parked(() -> pair.near().read(new byte[1], 0, 1, forever));
        Call<Integer> next = parked(() -> pair.near().read(new byte[1], 0, 1));

        call(() -> pair.far().write(new byte[2], 0, 2, LONG)).result();
        assertThat(read.result()).isEqualTo(1);
        assertThat(next.result()).isEqualTo(1);
    }

    @Test
    void aNanosecondIsATimeoutToo() throws Exception {
        Streams pair = streams();
        assertThat(failureOf(() -> pair.near().read(new byte[1], 0, 1, Duration.ofNanos(1))))
                .isExactlyInstanceOf(SocketTimeoutException.class);
        assertPasses(pair);
    }

    @Test
    void negativeTimeoutsAreRefusedWithTheirValueAndChangeNothing() throws Exception {
        Streams pair = streams();
        StreamListener listener = listener();
        Duration negative = Duration.ofMillis(-1);
        Callable<?>[] calls = {() -> pair.near().read(new byte[1], 0, 1, negative),
            () -> pair.near().read(ByteBuffer.allocate(1), negative),
            () -> pair.near().write(new byte[1], 0, 1, negative), () -> pair.near().setReadTimeout(negative),
            () -> pair.near().write(ByteBuffer.allocate(1), negative), () -> pair.near().setWriteTimeout(negative),
            () -> listener.accept(negative), () -> listener.setAcceptTimeout(negative),
            () -> family().connect(loop, listener.getLocalAddress(), negative)};
        for (Callable<?> call : calls) {
            assertThatThrownBy(call::call).isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("timeout is PT-0.001S; it must not be negative");
        }
        assertPasses(pair);
    }
}
