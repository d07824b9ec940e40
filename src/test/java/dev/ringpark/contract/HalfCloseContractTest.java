package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.StreamSocket;
import java.lang.foreign.MemorySegment;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;

/** The end of one direction, and life after it. */
class HalfCloseContractTest extends Contract {
    private static final long MUCH = 4 << 20;

    // ---- output ----

    @Test
    void theEndOfTheStreamIsReadAgainAndAgainAndClosesNothing() throws Exception {
        Streams pair = streams();
        pair.far().shutdownOutput();
        for (int i = 0; i < 3; i++) {
            assertAtEnd(pair.near());
        }
        assertThat(pair.near().isOpen()).isTrue();
        call(() -> pair.near().write(Sequence.bytes(5), 0, 5)).result();
        assertThat(call(() -> Flow.read(pair.far(), 5, 5)).result()).isEqualTo(5);
    }

    private void assertAtEnd(StreamSocket socket) throws Exception {
        List<Callable<? extends Number>> reads = List.of(
                () -> socket.read(new byte[1], 0, 1), () -> socket.read(ByteBuffer.allocate(1)),
                () -> socket.read(ByteBuffer.allocateDirect(1)), () -> socket.read(MemorySegment.ofArray(new byte[1])),
                () -> socket.read(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1)}),
                () -> socket.in().read(), () -> socket.in().read(new byte[1]));
        for (Callable<? extends Number> read : reads) {
            assertThat(call(read).result().longValue()).isEqualTo(-1);
        }
        assertThat(call(() -> socket.read(new byte[0], 0, 0)).result()).isZero();
        assertThat(call(() -> socket.in().readAllBytes()).result()).isEmpty();
    }

    @Test
    void theEndOfTheStreamEndsAParkedReadAndTouchesNoTarget() throws Exception {
        Streams pair = streams();
        ByteBuffer target = ByteBuffer.allocateDirect(8).position(3);
        Call<Integer> read = parked(() -> pair.near().read(target));
        pair.far().shutdownOutput();

        assertThat(read.result()).isEqualTo(-1);
        assertThat(target.position()).isEqualTo(3);
    }

    @Test
    void whatWasWrittenBeforeTheShutdownArrives() throws Exception {
        Streams pair = streams();
        call(() -> {
            pair.near().out().write(Sequence.bytes(100_000));
            return pair.near().shutdownOutput();
        }).result();
        assertThat(call(Flow.readAll(pair.far())).result()).isEqualTo(100_000);
    }

    @Test
    void aPeerThatHasEndedItsOutputStillReceives() throws Exception {
        Streams pair = streams();
        pair.far().shutdownOutput();
        assertThat(call(Flow.readAll(pair.near())).result()).isZero();

        Call<Long> write = call(() -> Flow.writeAll(pair.near(), ByteBuffer.wrap(Sequence.bytes((int) MUCH))));
        assertThat(call(Flow.readAll(pair.far())).result()).isEqualTo(MUCH);
        assertThat(write.result()).isEqualTo(MUCH);
    }

    @Test
    void everyWriteAfterShutdownOutputIsRefusedAndReadingGoesOn() throws Exception {
        Streams pair = streams();
        StreamSocket socket = pair.near();
        assertThat(socket.shutdownOutput()).isSameAs(socket);
        List<Callable<?>> writes = List.of(
                () -> socket.write(new byte[1], 0, 1), () -> socket.write(ByteBuffer.allocate(1)),
                () -> socket.write(ByteBuffer.allocateDirect(1)),
                () -> socket.write(MemorySegment.ofArray(new byte[1])),
                () -> socket.write(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1)}),
                () -> {
                    socket.out().write(1);
                    return "written";
                });
        for (Callable<?> write : writes) {
            assertThat(failureOf(write)).isExactlyInstanceOf(ClosedChannelException.class);
        }
        assertThat(socket.isOpen()).isTrue();
        assertPasses(pair);
    }

    @Test
    void shuttingDownTwiceIsShuttingDownOnce() throws Exception {
        Streams pair = streams();
        for (int i = 0; i < 2; i++) {
            call(() -> pair.near().shutdownOutput()).result();
            call(() -> pair.near().shutdownInput()).result();
        }
        assertAtEnd(pair.far());
        assertAtEnd(pair.near());
        assertThat(pair.near().isOpen()).isTrue();
    }

    @Test
    void bothSidesMayShutDownAtOnce() throws Exception {
        for (int round = 0; round < 20; round++) {
            Streams pair = streams();
            CyclicBarrier start = new CyclicBarrier(2);
            Call<Long> near = call(() -> shutDownAndRead(pair.near(), start));
            Call<Long> far = call(Thread.ofVirtual()::start, () -> shutDownAndRead(pair.far(), start));

            assertThat(near.result()).isEqualTo(10);
            assertThat(far.result()).isEqualTo(10);
        }
    }

    private static long shutDownAndRead(StreamSocket socket, CyclicBarrier start) throws Exception {
        socket.write(Sequence.bytes(10), 0, 10);
        start.await();
        socket.shutdownOutput();
        return Flow.read(socket, Long.MAX_VALUE, 10);
    }

    @Test
    void shutdownOutputEndsAParkedWrite() throws Exception {
        Streams pair = streams();
        Call<Void> write = parked(Flow.writeTooMuch(pair.near()));
        pair.near().shutdownOutput();

        assertThat(write.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Broken pipe");
        assertThat(pair.near().isOpen()).isTrue();
        assertPasses(pair);
    }

    @Test
    void aPeerThatResetsAfterTheShutdownEndsAParkedReadWithConnectionReset() throws Exception {
        Outside connection = outside();
        connection.near().shutdownOutput();
        Call<Integer> read = parked(() -> connection.near().read(new byte[1], 0, 1));
        connection.reset();

        assertThat(read.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
        assertThat(connection.near().isOpen()).isTrue();
    }

    // ---- input ----

    @Test
    void shutdownInputEndsParkedReadsWithTheEndOfTheStream() throws Exception {
        StreamSocket socket = streams().near();
        List<Call<Integer>> reads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            reads.add(parked(() -> socket.read(new byte[1], 0, 1)));
        }
        assertThat(socket.shutdownInput()).isSameAs(socket);

        for (Call<Integer> read : reads) {
            assertThat(read.result()).isEqualTo(-1);
        }
        assertThat(socket.isOpen()).isTrue();
    }

    @Test
    void shutdownInputEndsAParkedReadIntoADirectBuffer() throws Exception {
        StreamSocket socket = streams().near();
        Call<Integer> read = parked(() -> socket.read(ByteBuffer.allocateDirect(1)));
        socket.shutdownInput();

        assertThat(read.result()).isEqualTo(-1);
    }

    @Test
    void nothingIsReadAfterShutdownInputAndWritingGoesOn() throws Exception {
        Streams pair = streams();
        call(() -> pair.far().write(Sequence.bytes(5), 0, 5)).result();
        pair.near().shutdownInput();
        call(() -> pair.far().write(Sequence.bytes(5), 0, 5)).result();
        assertAtEnd(pair.near());
        assertThat(pair.near().available()).isZero();

        call(() -> pair.near().write(Sequence.bytes(5), 0, 5)).result();
        assertThat(call(() -> Flow.read(pair.far(), 5, 5)).result()).isEqualTo(5);
    }

    // ---- nothing left to shut down ----

    @Test
    void aConnectionThatWasResetMayBeShutDownAndStaysReset() throws Exception {
        Outside connection = outside();
        StreamSocket socket = connection.near();
        connection.reset();
        assertThat(failureOf(() -> socket.read(new byte[1], 0, 1))).hasMessage("Connection reset");

        call(() -> socket.shutdownOutput()).result();
        assertThat(failureOf(() -> socket.read(new byte[1], 0, 1))).hasMessage("Connection reset");
        call(() -> socket.shutdownInput()).result();
        assertThat(socket.isOpen()).isTrue();
    }
}
