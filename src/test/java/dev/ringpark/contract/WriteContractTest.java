package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.StreamSocket;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Writing: true counts, every byte once and in order, however slowly they are read. */
class WriteContractTest extends Contract {
    private static final int LARGE = 16 << 20;

    @Test
    void aWriteReturnsHowManyBytesThePeerGets() throws Exception {
        Streams pair = streams();

        assertThat(call(() -> pair.near().write(Sequence.bytes(5), 0, 5)).result()).isEqualTo(5);
        assertThat(call(() -> Flow.read(pair.far(), 5, 10)).result()).isEqualTo(5);
    }

    @Test
    void aWriteTakesOnlyTheGivenRange() throws Exception {
        Streams pair = streams();
        byte[] target = new byte[10];

        assertThat(call(() -> pair.near().write(new byte[] {1, 2, 3, 4, 5}, 1, 3)).result()).isEqualTo(3);
        assertThat(call(() -> pair.far().read(target, 0, 10)).result()).isEqualTo(3);
        assertThat(target).startsWith(2, 3, 4, 0);
    }

    @Test
    void aWriteOfABufferTakesFromItsPositionToItsLimitAndMovesThePosition() throws Exception {
        byte[] ten = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9};
        Streams pair = streams();
        ByteBuffer[] sources = {ByteBuffer.wrap(ten), Flow.direct(ten), ByteBuffer.wrap(ten).asReadOnlyBuffer(),
            ByteBuffer.wrap(ten).slice(0, 10), Flow.direct(ten).asReadOnlyBuffer()};
        for (ByteBuffer source : sources) {
            byte[] target = new byte[5];
            source.position(3).limit(7);
            assertThat(call(() -> pair.near().write(source)).result()).isEqualTo(4);
            assertThat(source.position()).isEqualTo(7);
            assertThat(call(() -> pair.far().read(target, 0, 5)).result()).isEqualTo(4);
            assertThat(target).containsExactly(3, 4, 5, 6, 0);
        }
    }

    @Test
    void aWriteOfNoBytesReturnsZeroAtOnceAndNeverReachesTheQueue() throws Exception {
        StreamSocket socket = streams().near();
        long submitted = loop.stats().submitted();

        assertThat(call(() -> socket.write(new byte[4], 4, 0)).result()).isZero();
        assertThat(call(() -> socket.write(ByteBuffer.allocate(4).limit(0))).result()).isZero();
        assertThat(call(() -> socket.write(ByteBuffer.allocateDirect(4).position(4))).result()).isZero();
        assertThat(call(() -> socket.write(MemorySegment.NULL)).result()).isZero();
        assertThat(call(() -> socket.write(new ByteBuffer[0])).result()).isZero();
        assertThat(loop.stats().submitted()).isEqualTo(submitted);
    }

    @Test
    void aWriteEndsWithWhatThereWasRoomForAndDoesNotWaitForTheRest() throws Exception {
        for (Memory memory : Memory.values()) {
            Streams pair = streams();
            assertThat(call(() -> writeToNobody(pair.near(), memory)).result()).as("%s", memory)
                    .isBetween(1, LARGE - 1);
        }
    }

    private static int writeToNobody(StreamSocket socket, Memory memory) throws IOException {
        try (Arenas arenas = new Arenas()) {
            ByteBuffer source = memory.buffer(arenas, LARGE);
            int start = source.position();
            int written = socket.write(source);
            assertThat(source.position() - start).isEqualTo(written);
            return written;
        }
    }

    @Test
    void sixteenMebibytesOfAnArrayReachASlowReaderByteForByte() throws Exception {
        assertThat(toASlowReader(ByteBuffer.wrap(Sequence.bytes(LARGE)))).isEqualTo(LARGE);
    }

    @Test
    void sixteenMebibytesOfADirectBufferReachASlowReaderByteForByte() throws Exception {
        assertThat(toASlowReader(Flow.direct(Sequence.bytes(LARGE)))).isEqualTo(LARGE);
    }

    @Stress
    @Test
    void sixtyFourMebibytesReachASlowReaderByteForByte() throws Exception {
        assertThat(toASlowReader(ByteBuffer.wrap(Sequence.bytes(4 * LARGE)))).isEqualTo(4L * LARGE);
        assertThat(toASlowReader(Flow.direct(Sequence.bytes(4 * LARGE)))).isEqualTo(4L * LARGE);
    }

    /** The counts of the writes add up to what the reader gets, which starts late and reads small pieces. */
    private long toASlowReader(ByteBuffer source) throws Exception {
        Streams pair = streams();
        Call<Long> writer = parked(() -> Flow.writeAll(pair.near(), source));
        Call<Long> reader = call(() -> Flow.read(pair.far(), Long.MAX_VALUE, 10_007));
        assertThat(writer.result()).isEqualTo(reader.result());
        return reader.result();
    }

    @Test
    void partialCountsAreTrue() throws Exception {
        byte[] bytes = Sequence.bytes(LARGE);
        ByteBuffer[] sources = {ByteBuffer.wrap(bytes), Flow.direct(bytes), ByteBuffer.wrap(bytes).asReadOnlyBuffer()};
        for (ByteBuffer source : sources) {
            Streams pair = streams();
            Call<Integer> write = call(() -> pair.near().write(source));
            Call<Long> reader = call(Flow.readAll(pair.far()));
            int count = write.result();
            pair.near().shutdownOutput();

            assertThat(count).isPositive();
            assertThat(source.position()).isEqualTo(count);
            assertThat(reader.result()).isEqualTo(count);
        }
    }

    @Test
    void theCountOfAPartialGatheringWriteIsTrue() throws Exception {
        byte[] bytes = Sequence.bytes(LARGE);
        ByteBuffer[] sources = {ByteBuffer.wrap(bytes, 0, 100).slice(), Flow.direct(bytes).position(100)};
        Streams pair = streams();
        Call<Long> write = call(() -> pair.near().write(sources));
        Call<Long> reader = call(Flow.readAll(pair.far()));
        long count = write.result();
        pair.near().shutdownOutput();

        assertThat(count).isPositive();
        assertThat(sources[0].position() + sources[1].position() - 100L).isEqualTo(count);
        assertThat(reader.result()).isEqualTo(count);
    }

    @Test
    void aWriteParksWhileThereIsNoRoomAndGoesOnWhenThereIs() throws Exception {
        Streams pair = streams();
        Call<Long> write = parked(() -> {
            pair.near().out().write(Sequence.bytes(LARGE));
            pair.near().shutdownOutput();
            return (long) LARGE;
        });

        Call<Long> reader = call(Flow.readAll(pair.far()));

        assertThat(write.result()).isEqualTo(LARGE);
        assertThat(reader.result()).isEqualTo(LARGE);
    }

    @Test
    void aParkedWriteDoesNotStandInTheWayOfARead() throws Exception {
        Streams pair = streams();
        Call<Void> write = parked(Flow.writeTooMuch(pair.near()));

        call(() -> pair.far().write(Sequence.bytes(5), 0, 5)).result();
        assertThat(call(() -> Flow.read(pair.near(), 5, 5)).result()).isEqualTo(5);
        assertThat(write.isDone()).isFalse();
    }

    @Test
    void bothEndsWriteALotAtTheSameTime() throws Exception {
        Streams pair = streams();
        Call<Long> out = call(() -> Flow.writeAll(pair.near(), ByteBuffer.wrap(Sequence.bytes(LARGE / 4))));
        Call<Long> back = call(() -> Flow.writeAll(pair.far(), Flow.direct(Sequence.bytes(LARGE / 4))));
        Call<Long> far = call(Flow.readAll(pair.far()));

        Call<Long> near = call(Flow.readAll(pair.near()));

        assertThat(back.result()).isEqualTo(LARGE / 4);
        assertThat(out.result()).isEqualTo(LARGE / 4);
        assertThat(near.result()).isEqualTo(LARGE / 4);
        assertThat(far.result()).isEqualTo(LARGE / 4);
    }

    @Test
    void theSourceOfAFinishedWriteMayBeChangedAtOnce() throws Exception {
        Streams pair = streams();
        Call<Long> reader = call(Flow.readAll(pair.far()));
        call(() -> {
            byte[] source = new byte[1000];
            for (int done = 0; done < 1_000_000; ) {
                System.arraycopy(Sequence.bytes(done, source.length), 0, source, 0, source.length);
                done += pair.near().write(source, 0, source.length);
                Arrays.fill(source, (byte) 0);
            }
            return pair.near().shutdownOutput();
        }).result();
        assertThat(reader.result()).isGreaterThanOrEqualTo(1_000_000);
    }
}
