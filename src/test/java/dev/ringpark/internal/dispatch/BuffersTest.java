package dev.ringpark.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several buffers as one. The middle ones hold 1 to 9; those on both sides are none of the call's business. */
class BuffersTest {
    private static final int OFFSET = 1;
    private static final int LENGTH = 5;

    private final ByteBuffer[] buffers = {
        of(99),
        of(0, 1, 2, 3, 0).position(1).limit(4),
        of(),
        of(4),
        of(0, 0, 5, 6, 7, 8).position(2),
        of(9, 0, 0).limit(1),
        of(99)};

    // ---- how much there is ----

    @Test
    void whatRemainsIsSummedUpOverThePartThatIsMeant() {
        assertThat(Buffers.remaining(buffers, OFFSET, LENGTH)).isEqualTo(9);
        assertThat(Buffers.remaining(buffers, OFFSET, 1)).isEqualTo(3);
        assertThat(Buffers.remaining(buffers, 2, 1)).isZero();
        assertThat(Buffers.remaining(buffers, 2, 0)).isZero();
        assertThat(Buffers.remaining(buffers, 0, buffers.length)).isEqualTo(11);
    }

    @Test
    void whatRemainsMayBeMoreThanAnIntHolds() {
        ByteBuffer[] many = new ByteBuffer[5000];
        Arrays.fill(many, ByteBuffer.allocate(1 << 20));

        assertThat(Buffers.remaining(many, 0, many.length)).isEqualTo(5000L << 20);
        assertThat(Buffers.remaining(many, 0, 2047)).isEqualTo(2047L << 20);
        assertThat(Buffers.remaining(many, 1, 2048)).isEqualTo(Integer.MAX_VALUE + 1L);
    }

    // ---- the first with room ----

    @Test
    void theFirstThatHasAnythingIsFoundWithinThePartThatIsMeant() {
        assertThat(Buffers.firstWithRoom(buffers, OFFSET, LENGTH)).isSameAs(buffers[1]);
        assertThat(Buffers.firstWithRoom(buffers, 2, 2)).isSameAs(buffers[3]);
        assertThat(Buffers.firstWithRoom(buffers, 2, 1)).isNull();
        assertThat(Buffers.firstWithRoom(buffers, 1, 0)).isNull();
        buffers[1].position(4);
        assertThat(Buffers.firstWithRoom(buffers, OFFSET, LENGTH)).isSameAs(buffers[3]);
    }

    // ---- gather ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 3, 4, 5, 8, 9})
    void theFirstBytesAreGatheredAndNothingMoves(int bytes) {
        byte[] expected = Arrays.copyOf(new byte[] {1, 2, 3, 4, 5, 6, 7, 8, 9}, bytes);

        assertThat(Buffers.gather(buffers, OFFSET, LENGTH, bytes)).isEqualTo(expected);
        assertThat(positions()).containsExactly(0, 1, 0, 0, 2, 0, 0);
    }

    @Test
    void bytesAreGatheredFromAnyKindOfBuffer() {
        ByteBuffer direct = ByteBuffer.allocateDirect(4).put(new byte[] {1, 2, 3, 4}).flip().position(1);
        ByteBuffer[] kinds = {direct, of(5, 6).asReadOnlyBuffer(), of(0, 7, 8).slice(1, 2)};

        assertThat(Buffers.gather(kinds, 0, 3, 7)).containsExactly(2, 3, 4, 5, 6, 7, 8);
        assertThat(direct.position()).isEqualTo(1);
    }

    // ---- advance ----

    @ParameterizedTest
    @CsvSource({
        "0, 1, 0, 2, 0",
        "1, 2, 0, 2, 0",
        "3, 4, 0, 2, 0",
        "4, 4, 1, 2, 0",
        "6, 4, 1, 4, 0",
        "8, 4, 1, 6, 0",
        "9, 4, 1, 6, 1",
    })
    void positionsMoveOnByWhatHasBeenWritten(int bytes, int first, int third, int fourth, int fifth) {
        Buffers.advance(buffers, OFFSET, LENGTH, bytes);

        assertThat(positions()).containsExactly(0, first, 0, third, fourth, fifth, 0);
        assertThat(Buffers.remaining(buffers, OFFSET, LENGTH)).isEqualTo(9 - bytes);
    }

    // ---- scatter ----

    @ParameterizedTest
    @CsvSource({
        "0, '0 1 2 3 0', 4, '0 0 5 6 7 8', 9",
        "2, '0 11 12 3 0', 4, '0 0 5 6 7 8', 9",
        "4, '0 11 12 13 0', 14, '0 0 5 6 7 8', 9",
        "7, '0 11 12 13 0', 14, '0 0 15 16 17 8', 9",
        "9, '0 11 12 13 0', 14, '0 0 15 16 17 18', 19",
    })
    void bytesAreScatteredInTheOrderOfTheBuffers(int bytes, String first, String third, String fourth, String fifth) {
        Buffers.scatter(new byte[] {11, 12, 13, 14, 15, 16, 17, 18, 19, 20}, bytes, buffers, OFFSET, LENGTH);

        assertThat(text(buffers[0])).isEqualTo("99");
        assertThat(text(buffers[1])).isEqualTo(first);
        assertThat(text(buffers[3])).isEqualTo(third);
        assertThat(text(buffers[4])).isEqualTo(fourth);
        assertThat(text(buffers[5])).isEqualTo(fifth + " 0 0");
        assertThat(text(buffers[6])).isEqualTo("99");
        assertThat(Buffers.remaining(buffers, OFFSET, LENGTH)).isEqualTo(9 - bytes);
    }

    @Test
    void bytesAreScatteredIntoDirectBuffersToo() {
        ByteBuffer[] targets = {ByteBuffer.allocateDirect(2), ByteBuffer.allocateDirect(3)};
        Buffers.scatter(new byte[] {1, 2, 3, 4}, 4, targets, 0, 2);

        assertThat(targets[0].flip()).isEqualTo(of(1, 2));
        assertThat(targets[1].flip()).isEqualTo(of(3, 4));
    }

    private Stream<Integer> positions() {
        return Stream.of(buffers).map(ByteBuffer::position);
    }

    private static String text(ByteBuffer buffer) {
        byte[] bytes = new byte[buffer.capacity()];
        buffer.duplicate().clear().get(bytes);
        return Arrays.toString(bytes).replaceAll("[\\[\\],]", "");
    }

    private static ByteBuffer of(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return ByteBuffer.wrap(bytes);
    }
}
