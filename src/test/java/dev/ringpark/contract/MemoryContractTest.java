package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.StreamSocket;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Reading into and writing from every kind of memory, whatever its size. */
class MemoryContractTest extends Contract {
    /** Around the sizes at which a loop's buffers, a copy and a page end. */
    private static final int[] SIZES = {0, 1, 4095, 16_383, 16_384, 16_385, 65_535, 65_536, 65_537, 1 << 20};

    @FunctionalInterface
    private interface Buffers {
        ByteBuffer make(Arenas arenas, int bytes);
    }

    @FunctionalInterface
    private interface Segments {
        MemorySegment make(Arenas arenas, int bytes);
    }

    // ---- every kind and size ----

    @Test
    void buffersOfEveryKindAndSizeGoThroughByteForByte() throws Exception {
        Streams pair = streams();
        for (Memory memory : Memory.values()) {
            assertBuffersGoThrough(pair, memory::buffer);
            assertBuffersGoThrough(pair, memory::bufferSlice);
        }
    }

    private void assertBuffersGoThrough(Streams pair, Buffers buffers) throws Exception {
        Call<Long> writer = call(() -> writeBuffers(pair.near(), buffers));
        Call<Long> reader = call(() -> readBuffers(pair.far(), buffers));
        assertThat(writer.result()).isEqualTo(Arrays.stream(SIZES).sum());
        assertThat(reader.result()).isEqualTo(Arrays.stream(SIZES).sum());
    }

    private static long writeBuffers(StreamSocket socket, Buffers buffers) throws Exception {
        long done = 0;
        for (int bytes : SIZES) {
            try (Arenas arenas = new Arenas()) {
                ByteBuffer source = buffers.make(arenas, bytes);
                source.put(source.position(), Sequence.bytes(done, bytes));
                do {
                    int before = source.remaining();
                    int count = socket.write(source);
                    assertThat(source.remaining()).isEqualTo(before - count);
                    done += count;
                } while (source.hasRemaining());
            }
        }
        return done;
    }

    private static long readBuffers(StreamSocket socket, Buffers buffers) throws Exception {
        long done = 0;
        for (int bytes : SIZES) {
            try (Arenas arenas = new Arenas()) {
                ByteBuffer target = buffers.make(arenas, bytes);
                int start = target.position();
                do {
                    int before = target.remaining();
                    int count = socket.read(target);
                    assertThat(target.remaining()).isEqualTo(before - count);
                } while (target.hasRemaining());
                byte[] content = new byte[bytes];
                target.get(start, content);
                Sequence.check(content, bytes, done);
                done += bytes;
            }
        }
        return done;
    }

    @Test
    void segmentsOfEveryKindAndSizeGoThroughByteForByte() throws Exception {
        Streams pair = streams();
        for (Memory memory : Memory.values()) {
            assertSegmentsGoThrough(pair, memory::segment);
            assertSegmentsGoThrough(pair, memory::slice);
        }
    }

    private void assertSegmentsGoThrough(Streams pair, Segments segments) throws Exception {
        Call<Long> writer = call(() -> writeSegments(pair.near(), segments));
        Call<Long> reader = call(() -> readSegments(pair.far(), segments));
        assertThat(writer.result()).isEqualTo(Arrays.stream(SIZES).sum());
        assertThat(reader.result()).isEqualTo(Arrays.stream(SIZES).sum());
    }

    private static long writeSegments(StreamSocket socket, Segments segments) throws Exception {
        long done = 0;
        for (int bytes : SIZES) {
            try (Arenas arenas = new Arenas()) {
                MemorySegment source = segments.make(arenas, bytes);
                source.copyFrom(MemorySegment.ofArray(Sequence.bytes(done, bytes)));
                long end = done + bytes;
                do {
                    done += socket.write(source.asSlice(bytes - (end - done)).asReadOnly());
                } while (done < end);
            }
        }
        return done;
    }

    private static long readSegments(StreamSocket socket, Segments segments) throws Exception {
        long done = 0;
        for (int bytes : SIZES) {
            try (Arenas arenas = new Arenas()) {
                MemorySegment target = segments.make(arenas, bytes);
                long filled = 0;
                do {
                    filled += socket.read(target.asSlice(filled));
                } while (filled < bytes);
                Sequence.check(Memory.bytes(target), bytes, done);
                done += bytes;
            }
        }
        return done;
    }

    @Test
    void readOnlyBuffersOfEveryKindCanBeWrittenFrom() throws Exception {
        Streams pair = streams();
        for (Memory memory : Memory.values()) {
            Call<Integer> writer = call(() -> {
                try (Arenas arenas = new Arenas()) {
                    ByteBuffer source = memory.bufferSlice(arenas, 5);
                    source.put(0, Sequence.bytes(5));
                    return pair.near().write(source.asReadOnlyBuffer().position(1));
                }
            });
            assertThat(writer.result()).isEqualTo(4);
            byte[] target = new byte[4];
            assertThat(call(() -> pair.far().in().readNBytes(target, 0, 4)).result()).isEqualTo(4);
            Sequence.check(target, 4, 1);
        }
    }

    // ---- many buffers ----

    @Test
    void aScatteringReadFillsTheBuffersInTheirOrder() throws Exception {
        Foreign connection = foreign();
        connection.write(Sequence.bytes(9));
        ByteBuffer[] targets = {ByteBuffer.allocate(7), ByteBuffer.allocate(2), ByteBuffer.allocateDirect(0),
            ByteBuffer.allocateDirect(4), ByteBuffer.allocate(9).position(2).limit(5), ByteBuffer.allocate(5)};

        assertThat(call(() -> connection.near().read(targets, 1, 4)).result()).isEqualTo(9);
        assertThat(Arrays.stream(targets).mapToInt(ByteBuffer::position)).containsExactly(0, 2, 0, 4, 5, 0);
        byte[] content = new byte[9];
        targets[1].get(0, content, 0, 2);
        targets[3].get(0, content, 2, 4);
        targets[4].get(2, content, 6, 3);
        Sequence.check(content, 9, 0);
    }

    @Test
    void scatteringReadsAndGatheringWritesOfAnySizesFillAndTakeAll() throws Exception {
        Streams pair = streams();
        int[] sizes = {10, 20_000, 0, 5, 70_000, 16_383, 1, 100_000};
        int total = Arrays.stream(sizes).sum();
        ByteBuffer[] sources = buffers(sizes);
        ByteBuffer[] targets = buffers(sizes);
        fill(sources);
        Call<Long> writer = call(() -> writeAll(pair.near(), sources));
        Call<Long> reader = call(() -> {
            long done = 0;
            while (targets[targets.length - 1].hasRemaining()) {
                done += pair.far().read(targets);
            }
            return done;
        });
        assertThat(writer.result()).isEqualTo(total);
        assertThat(reader.result()).isEqualTo(total);
        check(targets);
    }

    @Test
    void aGatheringWriteOfTwoThousandBuffersSendsThemInTheirOrder() throws Exception {
        Streams pair = streams();
        int[] sizes = new int[2_000];
        Arrays.setAll(sizes, i -> i % 70);
        int total = Arrays.stream(sizes).sum();
        ByteBuffer[] sources = buffers(sizes);
        fill(sources);
        Call<Long> writer = call(() -> writeAll(pair.near(), sources));
        Call<Long> reader = call(() -> Flow.read(pair.far(), total, 10_000));

        assertThat(writer.result()).isEqualTo(total);
        assertThat(reader.result()).isEqualTo(total);
        assertThat(sources).noneMatch(ByteBuffer::hasRemaining);
    }

    private static long writeAll(StreamSocket socket, ByteBuffer[] sources) throws Exception {
        long done = 0;
        while (Arrays.stream(sources).anyMatch(ByteBuffer::hasRemaining)) {
            done += socket.write(sources);
        }
        return done;
    }

    /** Of the heap and direct in turn. */
    private static ByteBuffer[] buffers(int[] sizes) {
        ByteBuffer[] buffers = new ByteBuffer[sizes.length];
        Arrays.setAll(buffers, i -> i % 2 == 0 ? ByteBuffer.allocate(sizes[i]) : ByteBuffer.allocateDirect(sizes[i]));
        return buffers;
    }

    private static void fill(ByteBuffer[] buffers) {
        long done = 0;
        for (ByteBuffer buffer : buffers) {
            buffer.put(0, Sequence.bytes(done, buffer.capacity()));
            done += buffer.capacity();
        }
    }

    private static void check(ByteBuffer[] buffers) {
        long done = 0;
        for (ByteBuffer buffer : buffers) {
            assertThat(buffer.hasRemaining()).isFalse();
            byte[] content = new byte[buffer.capacity()];
            buffer.get(0, content);
            Sequence.check(content, content.length, done);
            done += content.length;
        }
    }
}
