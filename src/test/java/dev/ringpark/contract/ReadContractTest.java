package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.StreamSocket;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Reading: what comes, when, and into where. */
class ReadContractTest extends Contract {
    @Test
    void aReadReturnsWhatIsThereAndDoesNotWaitForMore() throws Exception {
        Foreign connection = foreign();
        connection.write(Sequence.bytes(5));

        byte[] target = new byte[10];
        assertThat(call(() -> connection.near().read(target, 0, 10)).result()).isEqualTo(5);
        Sequence.check(target, 5, 0);
        assertThat(target[5]).isZero();
    }

    @Test
    void aReadWaitsForTheFirstByte() throws Exception {
        Streams pair = streams();
        byte[] target = new byte[10];
        Call<Integer> read = parked(() -> pair.near().read(target, 0, 10));

        call(() -> pair.far().write(Sequence.bytes(3), 0, 3)).result();
        assertThat(read.result()).isEqualTo(3);
        Sequence.check(target, 3, 0);
    }

    @Test
    void aReadTakesNoMoreThanItHasRoomForAndLeavesTheRest() throws Exception {
        Foreign connection = foreign();
        connection.write(Sequence.bytes(10));

        byte[] target = new byte[10];
        assertThat(call(() -> connection.near().read(target, 0, 4)).result()).isEqualTo(4);
        assertThat(call(() -> connection.near().read(target, 4, 6)).result()).isEqualTo(6);
        Sequence.check(target, 10, 0);
    }

    @Test
    void aReadTouchesOnlyTheGivenRange() throws Exception {
        Foreign connection = foreign();
        connection.write(new byte[] {1, 2, 3, 4, 5});

        byte[] target = new byte[7];
        assertThat(call(() -> connection.near().read(target, 2, 3)).result()).isEqualTo(3);
        assertThat(target).containsExactly(0, 0, 1, 2, 3, 0, 0);
    }

    @Test
    void aReadIntoABufferFillsFromItsPositionToItsLimitAndMovesThePosition() throws Exception {
        ByteBuffer whole = ByteBuffer.allocate(20);
        List<ByteBuffer> targets = List.of(ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10), whole.slice(7, 10));
        Foreign connection = foreign();
        for (ByteBuffer target : targets) {
            connection.write(new byte[] {1, 2, 3, 4});
            target.position(3).limit(7);
            assertThat(call(() -> connection.near().read(target)).result()).isEqualTo(4);
            assertThat(target.position()).isEqualTo(7);
            byte[] content = new byte[10];
            target.clear().get(content);
            assertThat(content).containsExactly(0, 0, 0, 1, 2, 3, 4, 0, 0, 0);
        }
        assertThat(whole.get(10)).isEqualTo((byte) 1);
    }

    @Test
    void aReadOfNoBytesReturnsZeroAtOnceAndNeverReachesTheQueue() throws Exception {
        StreamSocket socket = streams().near();
        long submitted = loop.stats().submitted();

        assertThat(call(() -> socket.read(new byte[4], 4, 0)).result()).isZero();
        assertThat(call(() -> socket.read(ByteBuffer.allocate(4).limit(0))).result()).isZero();
        assertThat(call(() -> socket.read(ByteBuffer.allocateDirect(4).position(4))).result()).isZero();
        assertThat(call(() -> socket.read(MemorySegment.NULL)).result()).isZero();
        assertThat(call(() -> socket.read(new ByteBuffer[0])).result()).isZero();
        assertThat(call(() -> socket.read(new ByteBuffer[] {ByteBuffer.allocate(0)})).result()).isZero();
        assertThat(call(() -> socket.in().read(new byte[0])).result()).isZero();
        assertThat(loop.stats().submitted()).isEqualTo(submitted);
    }

    @Test
    void readersOfOneSocketTakeTurnsInTheOrderTheyCame() throws Exception {
        Streams pair = streams();
        List<Call<Byte>> readers = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            readers.add(parked(() -> oneByte(pair.near())));
        }
        for (int i = 0; i < readers.size(); i++) {
            byte value = (byte) i;
            call(() -> pair.far().write(new byte[] {value}, 0, 1)).result();
            assertThat(readers.get(i).result()).isEqualTo(value);
        }
    }

    @Test
    void manyReadersOfOneSocketGetEachByteOnce() throws Exception {
        Streams pair = streams();
        List<Call<Byte>> readers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            readers.add(call(() -> oneByte(pair.near())));
            readers.add(call(Thread.ofVirtual()::start, () -> oneByte(pair.near())));
        }
        call(() -> {
            pair.far().out().write(Sequence.bytes(readers.size()));
            return null;
        }).result();
        List<Byte> got = new ArrayList<>();
        for (Call<Byte> reader : readers) {
            got.add(reader.result());
        }
        List<Byte> sent = new ArrayList<>();
        for (int i = 0; i < readers.size(); i++) {
            sent.add(Sequence.at(i));
        }
        assertThat(got).containsExactlyInAnyOrderElementsOf(sent);
    }

    @Test
    void aParkedReadDoesNotStandInTheWayOfAWrite() throws Exception {
        Streams pair = streams();
        Call<Byte> read = parked(() -> oneByte(pair.near()));

        assertThat(call(() -> pair.near().write(new byte[] {7}, 0, 1)).result()).isEqualTo(1);
        assertThat(call(() -> oneByte(pair.far())).result()).isEqualTo((byte) 7);
        assertThat(read.isDone()).isFalse();
    }

    @Test
    void bytesThatCameBeforeAResetOrAnEndAreReadFirst() throws Exception {
        Foreign connection = foreign();
        connection.write(Sequence.bytes(3));
        connection.close();

        byte[] target = new byte[10];
        assertThat(call(() -> connection.near().read(target, 0, 10)).result()).isEqualTo(3);
        assertThat(call(() -> connection.near().read(target, 0, 10)).result()).isEqualTo(-1);
        Sequence.check(target, 3, 0);
    }

    @Test
    void thousandsOfSmallReadsAndWritesKeepTheirOrder() throws Exception {
        Streams pair = streams();
        int count = 5_000;
        Call<Integer> echo = call(() -> echo(pair.far(), count));
        Call<Boolean> client = call(() -> {
            byte[] one = new byte[1];
            for (int i = 0; i < count; i++) {
                one[0] = Sequence.at(i);
                pair.near().write(one, 0, 1);
                pair.near().read(one, 0, 1);
                Sequence.check(one, 1, i);
            }
            return true;
        });
        assertThat(client.result()).isTrue();
        assertThat(echo.result()).isEqualTo(count);
    }

    private static int echo(StreamSocket socket, int count) throws Exception {
        ByteBuffer buffer = ByteBuffer.allocateDirect(64);
        int done = 0;
        while (done < count) {
            done += socket.read(buffer.clear());
            socket.write(buffer.flip());
        }
        return done;
    }

    private static byte oneByte(StreamSocket socket) throws Exception {
        byte[] one = new byte[1];
        assertThat(socket.read(one, 0, 1)).isEqualTo(1);
        return one[0];
    }
}
