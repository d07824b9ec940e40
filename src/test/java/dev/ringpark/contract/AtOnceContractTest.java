package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.StreamSocket;
import dev.ringpark.TcpSocket;
import java.lang.foreign.Arena;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Reads and writes that do not wait. */
class AtOnceContractTest extends Contract {
    private static final int MUCH = 1 << 20;
    private static final int ARENAS = 50;

    private int tryRead(StreamSocket socket, ByteBuffer target) throws Exception {
        return call(() -> socket.tryRead(target)).result();
    }

    /** Tries again and again, and so never parks. */
    private int readOnceThereIsSomething(StreamSocket socket, ByteBuffer target) throws Exception {
        return call(() -> {
            int count = 0;
            while (count == 0) {
                count = socket.tryRead(target);
            }
            return count;
        }).result();
    }

    private int tryWrite(StreamSocket socket, ByteBuffer source) throws Exception {
        return call(() -> socket.tryWrite(source)).result();
    }

    @Test
    void whatHasComeIsReadAndNothingIsWaitedFor() throws Exception {
        Foreign foreign = foreign();
        for (ByteBuffer target : List.of(ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10))) {
            assertThat(tryRead(foreign.near(), target)).isZero();
            foreign.write(new byte[] {1, 2, 3});
            assertThat(readOnceThereIsSomething(foreign.near(), target)).isEqualTo(3);
            assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        }
        foreign.close();
        ByteBuffer target = ByteBuffer.allocate(1);
        assertThat(readOnceThereIsSomething(foreign.near(), target)).isEqualTo(-1);
        assertThat(tryRead(foreign.near(), target)).as("again").isEqualTo(-1);
        assertThat(call(() -> foreign.near().read(target)).result()).isEqualTo(-1);
    }

    @Test
    void whatThereIsRoomForIsWritten() throws Exception {
        Streams streams = streams();
        for (ByteBuffer source : List.of(ByteBuffer.allocate(MUCH), ByteBuffer.allocateDirect(MUCH))) {
            source.put(0, Sequence.bytes(MUCH));
            int last = 1;
            while (source.hasRemaining() && last > 0) {
                last = tryWrite(streams.near(), source);
            }
            int written = source.position();
            assertThat(written).isPositive();
            byte[] target = new byte[written];
            call(() -> streams.far().in().readNBytes(target, 0, written)).result();
            Sequence.check(target, written, 0);
        }
    }

    @Test
    void noRoomMeansNothingAndNobodyWhoWritesIsOvertaken() throws Exception {
        Streams streams = streams();
        ByteBuffer source = ByteBuffer.allocateDirect(64 * MUCH);
        int last = 1;
        while (last > 0) {
            last = tryWrite(streams.near(), source);
        }
        int before = source.position();
        assertThat(source.hasRemaining()).as("it was full").isTrue();
        byte[] more = new byte[8 * MUCH];
        Arrays.fill(more, (byte) 42);
        Call<Void> writer = parked(() -> {
            streams.near().out().write(more);
            return null;
        });
        assertThat(tryWrite(streams.near(), source)).as("another thread writes").isZero();

        int all = before + more.length;
        byte[] read = call(() -> streams.far().in().readNBytes(all)).result();
        writer.result();
        Sequence.checkAll(read, before, (byte) 0);
        assertThat(Arrays.equals(read, before, all, more, 0, more.length)).as("what was written last").isTrue();
    }

    @Test
    void whoeverReadsAlreadyComesFirst() throws Exception {
        Foreign foreign = foreign();
        Call<Integer> reader = parked(() -> foreign.near().read(ByteBuffer.allocate(1)));
        assertThat(tryRead(foreign.near(), ByteBuffer.allocate(1))).isZero();
        foreign.write(new byte[] {1});
        assertThat(reader.result()).isEqualTo(1);
    }

    @Test
    void aResetIsToldAndToldAgain() throws Exception {
        Pair pair = pair();
        pair.far().setOption(StandardSocketOptions.SO_LINGER, 0);
        pair.far().close();
        ByteBuffer target = ByteBuffer.allocate(1);
        assertThatThrownBy(() -> readOnceThereIsSomething(pair.near(), target))
                .hasCauseExactlyInstanceOf(SocketException.class).hasMessageEndingWith("Connection reset");
        assertThat(failureOf(() -> pair.near().tryRead(target))).hasMessage("Connection reset");
        assertThat(failureOf(() -> pair.near().read(target))).hasMessage("Connection reset");
    }

    /** The second look, as the first has filled its copy, meets the reset and is told of it alone. */
    @Test
    void aResetBehindAFullCopyOfTheHeapIsTold() throws Exception {
        Pair pair = pair();
        call(() -> {
            pair.far().out().write(new byte[16_384]);
            return null;
        }).result();
        pair.far().setOption(StandardSocketOptions.SO_LINGER, 0);
        pair.far().close();
        Call<Integer> reader = call(() -> {
            int count = 0;
            while (count >= 0) {
                count = pair.near().tryRead(ByteBuffer.allocate(20_000));
            }
            return count;
        });
        assertThat(reader.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
    }

    @Test
    void whoeverWaitsForHisTurnOnOneSideKeepsNobodyFromTheOther() throws Exception {
        Foreign foreign = foreign();
        List<Call<Integer>> readers = List.of(parked(() -> foreign.near().read(ByteBuffer.allocate(1))),
                parked(() -> foreign.near().read(ByteBuffer.allocate(1))));
        assertThat(tryWrite(foreign.near(), ByteBuffer.allocate(1))).isEqualTo(1);
        foreign.write(new byte[] {1, 2});
        for (Call<Integer> reader : readers) {
            assertThat(reader.result()).isEqualTo(1);
        }
    }

    @Test
    void aPeerThatHasGoneIsToldAsToAWrite() throws Exception {
        Foreign foreign = foreign();
        foreign.close();
        Call<Void> writer = call(() -> {
            while (true) {
                foreign.near().tryWrite(ByteBuffer.allocate(10));
            }
        });
        assertThat(writer.failure()).isExactlyInstanceOf(SocketException.class)
                .message().matches("Broken pipe.*|Connection reset.*");
    }

    @Test
    void moreThanOneCopyOfTheHeapGoesAndComesAtOnce() throws Exception {
        Streams streams = streams();
        assertThat(tryWrite(streams.near(), ByteBuffer.wrap(Sequence.bytes(50_000)))).isGreaterThan(16_384);
        ByteBuffer target = ByteBuffer.allocate(50_000);
        assertThat(readOnceThereIsSomething(streams.far(), target)).isGreaterThan(16_384);
        Sequence.check(target.array(), target.position(), 0);
    }

    @Test
    void whatAReadOrWriteRefusesIsRefused() throws Exception {
        Streams streams = streams();
        ByteBuffer one = ByteBuffer.allocate(1);
        assertThatThrownBy(() -> streams.near().tryRead(one.asReadOnlyBuffer()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(streams.near().tryRead(ByteBuffer.allocate(0))).isZero();
        assertThat(streams.near().tryWrite(ByteBuffer.allocate(0))).isZero();
        TcpSocket fresh = Held.hold(TcpSocket.open(loop));
        assertThat(failureOf(() -> fresh.tryRead(one))).isInstanceOf(NotYetConnectedException.class);
        assertThat(failureOf(() -> fresh.tryWrite(one))).isInstanceOf(NotYetConnectedException.class);
        streams.near().shutdownInput();
        assertThat(tryRead(streams.near(), one)).isEqualTo(-1);
        streams.near().shutdownOutput();
        assertThat(failureOf(() -> streams.near().tryWrite(one))).isInstanceOf(ClosedChannelException.class);
        streams.near().close();
        assertThat(failureOf(() -> streams.near().tryRead(one))).isExactlyInstanceOf(ClosedChannelException.class);
        assertThat(failureOf(() -> streams.near().tryWrite(one))).isExactlyInstanceOf(ClosedChannelException.class);
    }

    @Test
    void anInterruptedThreadClosesTheSocketAsAReadWould() throws Exception {
        Streams streams = streams();
        assertThat(failureOf(() -> {
            Thread.currentThread().interrupt();
            return streams.near().tryRead(ByteBuffer.allocate(1));
        })).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(streams.near().isOpen()).isFalse();
    }

    // ---- arenas ----

    @Test
    void memoryOfAClosedArenaOrOfAnotherThreadsIsRefusedAndNoByteMoves() throws Exception {
        Streams streams = streams();
        ByteBuffer gone = Arenas.freedBuffer(8);
        assertThat(failureOf(() -> streams.far().tryWrite(gone))).isExactlyInstanceOf(IllegalStateException.class);
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer foreign = arena.allocate(8).asByteBuffer();
            assertThat(failureOf(() -> streams.far().tryWrite(foreign)))
                    .isExactlyInstanceOf(WrongThreadException.class);
            assertPasses(streams);
            call(() -> streams.far().write(new byte[] {1, 2, 3}, 0, 3)).result();

            assertThat(failureOf(() -> streams.near().tryRead(foreign)))
                    .isExactlyInstanceOf(WrongThreadException.class);
        }
        assertThat(failureOf(() -> streams.near().tryRead(gone))).isExactlyInstanceOf(IllegalStateException.class);
        assertThat(call(() -> streams.near().in().readNBytes(3)).result()).containsExactly(1, 2, 3);
    }

    /** While a transfer has the memory, it cannot be freed; who closes the arena is told so, and closes it later. */
    @Test
    void anArenaClosedUnderTransfersLosesNoByteAndIsNotUsedAfterwards() throws Exception {
        Streams streams = streams();
        int sent = 0;
        int received = 0;
        for (int round = 0; round < ARENAS; round++) {
            Arena arena = Arenas.toBeClosed();
            ByteBuffer source = arena.allocate(16).asByteBuffer();
            ByteBuffer target = arena.allocate(16).asByteBuffer();
            Call<Integer> writes = call(() -> transferUntilClosed(source, () -> streams.far().tryWrite(source)));
            Call<Integer> reads = call(() -> transferUntilClosed(target, () -> streams.near().tryRead(target)));
            Eventually.until(() -> hasClosed(arena), "closed");
            sent += writes.result();
            received += reads.result();
        }
        int rest = sent - received;
        assertThat(call(() -> streams.near().in().readNBytes(rest)).result()).isEqualTo(new byte[rest]);
        assertThat(tryRead(streams.near(), ByteBuffer.allocate(1))).as("more than was sent").isZero();
    }

    @SuppressWarnings("ThreadPriorityCheck")   // gives the other direction its turns
    private static int transferUntilClosed(ByteBuffer buffer, Callable<Integer> transfer) throws Exception {
        int moved = 0;
        try {
            while (true) {
                moved += transfer.call();
                buffer.clear();
                Thread.yield();
            }
        } catch (IllegalStateException closed) {
            return moved;
        }
    }

    private static boolean hasClosed(Arena arena) {
        try {
            arena.close();
            return true;
        } catch (IllegalStateException inUse) {
            return false;
        }
    }
}
