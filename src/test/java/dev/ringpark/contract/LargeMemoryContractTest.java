package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Segments of more bytes than an int counts, of a file that is mostly a hole: no machine has to have that much. */
class LargeMemoryContractTest extends Contract {
    private static final int PIECE_BYTES = 1 << 20;
    private static final long BYTES = (2L << 30) + PIECE_BYTES;
    /** More than a connection holds that nobody reads from. */
    private static final int FILLED_BYTES = 64 << 20;

    private static final long FAR_SECONDS = 120;

    @TempDir
    private Path folder;

    private MemorySegment map(Arena arena) throws IOException {
        try (FileChannel file = FileChannel.open(folder.resolve("sparse"), CREATE, READ, WRITE)) {
            return file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);
        }
    }

    /** Memory of the one arena is lent, that of the other copied. */
    @Test
    void aSegmentBeyondTheIntRangeIsWrittenFromAndReadInto() throws Exception {
        assertWrittenFromAndReadInto(map(Arena.global()));
        try (Arena arena = Arena.ofShared()) {
            assertWrittenFromAndReadInto(map(arena));
        }
    }

    private void assertWrittenFromAndReadInto(MemorySegment large) throws Exception {
        Pair pair = pair();
        MemorySegment.copy(Sequence.bytes(FILLED_BYTES), 0, large, ValueLayout.JAVA_BYTE, 0, FILLED_BYTES);
        long written = call(() -> pair.near().write(large)).result();
        assertThat(written).as("what there is room for").isBetween(1L, (long) FILLED_BYTES);
        pair.near().shutdownOutput();
        assertThat(call(Flow.readAll(pair.far())).result()).isEqualTo(written);

        byte[] answer = Sequence.bytes(7, 1000);
        call(() -> pair.far().write(answer, 0, answer.length)).result();
        long read = call(() -> pair.near().read(large)).result();
        assertThat(read).isBetween(1L, (long) answer.length);
        Sequence.check(large.asSlice(0, read).toArray(ValueLayout.JAVA_BYTE), (int) read, 7);
        assertThat(large.get(ValueLayout.JAVA_BYTE, read)).as("the byte after it").isEqualTo(Sequence.at(read));
    }

    /** The holes are zeros; where one buffer and the int range end, and at the end, each byte tells its place. */
    @Stress
    @Test
    void aSegmentBeyondTheIntRangeGoesThroughByteForByte() throws Exception {
        Pair pair = pair();
        MemorySegment large = map(Arena.global());
        for (long end : new long[] {1L << 30, 2L << 30, BYTES}) {
            MemorySegment.copy(Sequence.bytes(end - 100, 100), 0, large, ValueLayout.JAVA_BYTE, end - 100, 100);
        }
        Call<Long> writer = call(() -> writeAll(pair.near(), large));
        Call<Long> reader = call(() -> mismatch(pair.far(), large));

        assertThat(writer.result(FAR_SECONDS)).isEqualTo(BYTES);
        assertThat(reader.result(FAR_SECONDS)).as("first byte that differs").isEqualTo(-1);
    }

    private static long writeAll(TcpSocket socket, MemorySegment source) throws IOException {
        long done = 0;
        while (done < source.byteSize()) {
            done += socket.write(source.asSlice(done));
        }
        socket.shutdownOutput();
        return done;
    }

    /** Reads to the end; the place of the first byte that is not that of {@code expected}, or -1. */
    private static long mismatch(TcpSocket socket, MemorySegment expected) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocateDirect(PIECE_BYTES);
        MemorySegment got = MemorySegment.ofBuffer(bytes);
        long done = 0;
        for (int count = socket.read(bytes); count >= 0; count = socket.read(bytes.clear())) {
            long differing = MemorySegment.mismatch(got, 0, count, expected, done, done + count);
            if (differing >= 0) {
                return done + differing;
            }
            done += count;
        }
        return done == expected.byteSize() ? -1 : done;
    }
}
