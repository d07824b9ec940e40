package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpSocket;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Memory that is freed, moved or not the caller's to use: nothing is written where it was. */
class MemoryLifeContractTest extends Contract {
    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int COLLECTIONS = 8;
    private static final int TOO_MUCH = 32 << 20;

    // ---- refused before anything happens ----

    @Test
    void aReadIntoReadOnlyMemoryIsRefusedBeforeAByteIsTaken() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near();
        ByteBuffer readOnly = ByteBuffer.allocate(8).asReadOnlyBuffer();
        assertRefused(IllegalArgumentException.class, pair, List.of(() -> socket.read(readOnly),
                () -> socket.read(readOnly, LONG), () -> socket.read(ByteBuffer.allocateDirect(8).asReadOnlyBuffer()),
                () -> socket.read(MemorySegment.ofArray(new byte[8]).asReadOnly()),
                () -> socket.read(Arena.global().allocate(8).asReadOnly()),
                () -> socket.read(new ByteBuffer[] {ByteBuffer.allocate(2), readOnly})));
    }

    @Test
    void aReadIntoMemoryOfAClosedArenaIsRefusedBeforeAByteIsTaken() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near();
        MemorySegment segment = Arenas.freedSegment(8);
        ByteBuffer buffer = Arenas.freedBuffer(8);
        assertRefused(IllegalStateException.class, pair, List.of(() -> socket.read(segment), () -> socket.read(buffer),
                () -> socket.read(buffer, LONG), () -> socket.read(new ByteBuffer[] {ByteBuffer.allocate(2), buffer})));
    }

    @Test
    void aReadIntoTheConfinedMemoryOfAnotherThreadIsRefusedBeforeAByteIsTaken() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(8);
            ByteBuffer buffer = segment.asByteBuffer();
            assertRefused(WrongThreadException.class, pair, List.of(() -> socket.read(segment),
                    () -> socket.read(buffer), () -> socket.read(buffer, LONG),
                    () -> socket.read(new ByteBuffer[] {ByteBuffer.allocate(2), buffer})));
        }
    }

    private void assertRefused(Class<?> type, Pair pair, List<Callable<?>> reads) throws Exception {
        call(() -> pair.far().write(Sequence.bytes(5), 0, 5)).result();
        for (Callable<?> read : reads) {
            assertThat(failureOf(read)).isExactlyInstanceOf(type);
        }
        assertThat(call(() -> Flow.read(pair.near(), 5, 5)).result()).isEqualTo(5);
    }

    @Test
    void aWriteFromMemoryThatCannotBeReadIsRefusedAndNothingIsSent() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near();
        MemorySegment gone = Arenas.freedSegment(8);
        ByteBuffer goneBuffer = Arenas.freedBuffer(8);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment foreign = arena.allocate(8);
            for (Callable<?> write : List.<Callable<?>>of(() -> socket.write(foreign),
                    () -> socket.write(foreign.asByteBuffer()))) {
                assertThat(failureOf(write)).isExactlyInstanceOf(WrongThreadException.class);
            }
        }
        for (Callable<?> write : List.<Callable<?>>of(() -> socket.write(gone), () -> socket.write(goneBuffer),
                () -> socket.write(new ByteBuffer[] {ByteBuffer.allocate(2), goneBuffer}))) {
            assertThat(failureOf(write)).isExactlyInstanceOf(IllegalStateException.class);
        }
        assertPasses(pair.turned());
    }

    // ---- freed meanwhile ----

    @Test
    void anArenaMayBeClosedWhileAReadIntoASegmentOfItIsParked() throws Exception {
        Pair pair = pair();
        Arena arena = Arenas.toBeClosed();
        MemorySegment target = arena.allocate(64);
        Call<Long> read = parked(() -> pair.near().read(target));
        assertSafeToClose(arena, read, pair);
    }

    @Test
    void anArenaMayBeClosedWhileAReadIntoABufferOfItIsParked() throws Exception {
        Pair pair = pair();
        Arena arena = Arenas.toBeClosed();
        ByteBuffer target = arena.allocate(64).asByteBuffer().slice(8, 16);
        Call<Integer> read = parked(() -> pair.near().read(target));
        assertSafeToClose(arena, read, pair);
        assertThat(target.position()).isZero();
    }

    /** What came for the memory that is gone is gone with it; the connection is not. */
    private void assertSafeToClose(Arena arena, Call<?> read, Pair pair) throws Exception {
        arena.close();
        call(() -> pair.far().write(Sequence.bytes(3), 0, 3)).result();
        assertThat(read.failure()).isExactlyInstanceOf(IllegalStateException.class);

        assertThat(pair.near().isOpen()).isTrue();
        assertPasses(pair);
    }

    @Test
    void anArenaMayBeClosedWhileAWriteFromASegmentOfItIsParked() throws Exception {
        Arena arena = Arenas.toBeClosed();
        MemorySegment source = sequenceIn(arena);
        assertSafeToClose(arena, (socket, done) -> socket.write(source.asSlice(done)));
    }

    @Test
    void anArenaMayBeClosedWhileAWriteFromABufferOfItIsParked() throws Exception {
        Arena arena = Arenas.toBeClosed();
        ByteBuffer source = sequenceIn(arena).asByteBuffer();
        assertSafeToClose(arena, (socket, done) -> socket.write(source));
    }

    private static MemorySegment sequenceIn(Arena arena) {
        return arena.allocate(TOO_MUCH).copyFrom(MemorySegment.ofArray(Sequence.bytes(TOO_MUCH)));
    }

    @FunctionalInterface
    private interface Write {
        long of(TcpSocket socket, long done) throws Exception;
    }

    /** The parked write ends well or says that the arena is closed; the counts are true, and so is what was sent. */
    private void assertSafeToClose(Arena arena, Write write) throws Exception {
        Pair pair = pair();
        Call<Long> writer = parked(() -> {
            long done = 0;
            try {
                while (true) {
                    done += write.of(pair.near(), done);
                }
            } catch (IllegalStateException closed) {
                pair.near().shutdownOutput();
                return done;
            }
        });
        arena.close();
        assertThat(call(Flow.readAll(pair.far())).result()).isEqualTo(writer.result());
    }

    // ---- moved meanwhile ----

    @Test
    void theCollectorMayMoveArraysAndTakeBuffersWhileTheyAreReadIntoAndWrittenFrom() throws Exception {
        Pair pair = pair();
        long bytes = 3_000_000;
        Call<Boolean> writer = call(() -> {
            for (long done = 0; done < bytes; done += 3_000) {
                pair.near().out().write(Sequence.bytes(done, 3_000));
            }
            return true;
        });
        Call<Long> reader = call(() -> readIntoNewMemory(pair.far(), bytes));
        for (int i = 0; i < COLLECTIONS; i++) {
            System.gc();
        }

        assertThat(writer.result()).isTrue();
        assertThat(reader.result()).isEqualTo(bytes);
    }

    private static long readIntoNewMemory(TcpSocket socket, long bytes) throws Exception {
        for (long done = 0; done < bytes; ) {
            boolean direct = done % 2 == 0;
            ByteBuffer target = direct ? ByteBuffer.allocateDirect(1999) : ByteBuffer.allocate(1999);
            int count = socket.read(target);
            byte[] content = new byte[count];
            target.get(0, content);
            Sequence.check(content, count, done);
            done += count;
        }
        return bytes;
    }

    @Test
    void theCollectorMayRunWhileReadsIntoMemoryNobodyElseKnowsAreParked() throws Exception {
        Pair pair = pair();
        for (int round = 0; round < 4; round++) {
            int bytes = round % 2 == 0 ? 100 : 100_000;
            Call<byte[]> direct = parked(() -> content(pair.near(), ByteBuffer.allocateDirect(bytes)));
            System.gc();
            call(() -> pair.far().write(Sequence.bytes(50), 0, 50)).result();
            assertThat(direct.result()).isEqualTo(Sequence.bytes(50));
            Call<byte[]> heap = parked(() -> content(pair.near(), ByteBuffer.allocate(bytes)));
            System.gc();
            call(() -> pair.far().write(Sequence.bytes(50), 0, 50)).result();
            assertThat(heap.result()).isEqualTo(Sequence.bytes(50));
        }
    }

    private static byte[] content(TcpSocket socket, ByteBuffer target) throws Exception {
        byte[] content = new byte[socket.read(target)];
        target.get(0, content);
        return content;
    }
}
