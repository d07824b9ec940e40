package dev.ringpark.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.FutureTask;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Which memory the kernel may have while a call is parked: what nobody can free meanwhile. */
class KernelMemoryTest {
    private static final int BYTES = 64;

    /** Arenas that can be closed, or that end by themselves. */
    enum Kind {
        CONFINED, SHARED, AUTOMATIC;

        @SuppressWarnings("MustBeClosedChecker")   // the test closes it, and looks what is left
        Arena open() {
            return switch (this) {
                case CONFINED -> Arena.ofConfined();
                case SHARED -> Arena.ofShared();
                case AUTOMATIC -> Arena.ofAuto();
            };
        }

        void close(Arena arena) {
            if (this != AUTOMATIC) {
                arena.close();
            }
        }
    }

    private final Operation operation = new Operation(new Descriptor() { });

    // ---- address of a buffer ----

    @Test
    void thisJdkLetsBuffersOfArenasBeTold() {
        assertThat(KernelMemory.TELLS_ARENAS).isTrue();
    }

    @Test
    void aBufferOfMoreThanAGibibyteIsTooWhereverItEnds(@TempDir Path folder) throws IOException {
        try (FileChannel file = FileChannel.open(folder.resolve("sparse"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer large = file.map(FileChannel.MapMode.READ_WRITE, 0, (1L << 30) + BYTES);
            long address = MemorySegment.ofBuffer(large).address();
            assertThat(KernelMemory.address(large)).isEqualTo(address);
            assertThat(KernelMemory.address(large.limit(BYTES).position(7))).isEqualTo(address);
            assertThat(KernelMemory.address(large.clear().position(large.limit()))).isEqualTo(address);
            assertThat(large.remaining()).as("stays where it is").isZero();
        }
    }

    @Test
    void aDirectBufferIsLentFromItsFirstByteWhereverItStands() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
        long address = MemorySegment.ofBuffer(buffer).address();

        assertThat(KernelMemory.address(buffer)).isEqualTo(address).isNotEqualTo(KernelMemory.NOT_LENT);
        buffer.position(10).limit(20);
        assertThat(KernelMemory.address(buffer)).isEqualTo(address);
        assertThat(buffer.position()).isEqualTo(10);
        assertThat(buffer.limit()).isEqualTo(20);
    }

    @Test
    void aSliceIsLentFromItsOwnFirstByteAndADuplicateFromTheSame() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES).position(5);
        long address = KernelMemory.address(buffer);

        assertThat(KernelMemory.address(buffer.slice())).isEqualTo(address + 5);
        assertThat(KernelMemory.address(buffer.slice(7, 3))).isEqualTo(address + 7);
        assertThat(KernelMemory.address(buffer.duplicate())).isEqualTo(address);
        assertThat(KernelMemory.address(buffer.slice(8, 16).slice(2, 4).asReadOnlyBuffer())).isEqualTo(address + 10);
    }

    @Test
    void aBufferWithNothingRemainingIsLentAllTheSame() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
        long address = KernelMemory.address(buffer);

        assertThat(KernelMemory.address(buffer.position(BYTES))).isEqualTo(address);
    }

    @Test
    void memoryOnTheHeapIsNeverLent() {
        ByteBuffer heap = ByteBuffer.allocate(BYTES);

        assertThat(KernelMemory.address(heap)).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.address(heap.slice(1, 2))).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.address(heap.asReadOnlyBuffer())).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.address(MemorySegment.ofArray(new byte[BYTES]).asByteBuffer()))
                .isEqualTo(KernelMemory.NOT_LENT);
    }

    @Test
    void aMappedFileOfNoArenaIsLent(@TempDir Path folder) throws IOException {
        try (FileChannel file = FileChannel.open(folder.resolve("file"), StandardOpenOption.CREATE,
                StandardOpenOption.READ, StandardOpenOption.WRITE); Arena arena = Arena.ofShared()) {
            ByteBuffer mapped = file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES);
            MemorySegment ofArena = file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES, arena);

            assertThat(KernelMemory.address(mapped)).isEqualTo(MemorySegment.ofBuffer(mapped).address());
            assertThat(KernelMemory.address(ofArena.asByteBuffer())).isEqualTo(KernelMemory.NOT_LENT);
        }
    }

    @Test
    void aBufferOverTheGlobalArenaIsLent() {
        MemorySegment segment = Arena.global().allocate(BYTES);
        ByteBuffer buffer = segment.asByteBuffer().position(3);

        assertThat(KernelMemory.address(buffer)).isEqualTo(segment.address());
        assertThat(KernelMemory.address(buffer.slice())).isEqualTo(segment.address() + 3);
        assertThat(KernelMemory.address(segment.asSlice(9, 9).asByteBuffer())).isEqualTo(segment.address() + 9);
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aBufferOverAnyOtherArenaIsNotLentNeitherBeforeNorAfterTheArenaIsClosed(Kind kind) {
        Arena arena = kind.open();
        ByteBuffer buffer = arena.allocate(BYTES).asByteBuffer();

        assertThat(KernelMemory.address(buffer)).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.address(buffer.slice(1, 2))).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.address(buffer.duplicate().asReadOnlyBuffer())).isEqualTo(KernelMemory.NOT_LENT);
        kind.close(arena);
        assertThat(KernelMemory.address(buffer)).isEqualTo(KernelMemory.NOT_LENT);
    }

    @Test
    void aBufferOverAnotherThreadsArenaIsNotLentAndThrowsNothing() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer buffer = arena.allocate(BYTES).asByteBuffer();

            assertThat(elsewhere(() -> KernelMemory.address(buffer))).isEqualTo(KernelMemory.NOT_LENT);
        }
    }

    /** Whether a scope stands for an arena that can be closed, it does not tell. */
    @Test
    void aWindowOfADirectBufferThatWasMadeThroughASegmentIsNotLent() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
        MemorySegment segment = MemorySegment.ofBuffer(buffer);

        assertThat(KernelMemory.address(segment.asSlice(4).asByteBuffer())).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.canLend(segment)).isFalse();
    }

    // ---- what an operation lends again and again ----

    @Test
    void anOperationKnowsTheBufferItHasLentAndNoOther() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
        long address = KernelMemory.address(buffer);

        assertThat(operation.knownAddress(buffer)).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.address(buffer.position(10), operation)).isEqualTo(address);
        assertThat(operation.knownAddress(buffer)).isEqualTo(address);
        assertThat(KernelMemory.address(buffer.position(20), operation)).isEqualTo(address);
        assertThat(operation.knownAddress(buffer.slice())).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.address(buffer.slice(), operation)).isEqualTo(address + 20);
        assertThat(operation.knownAddress(buffer)).isEqualTo(address);
    }

    @Test
    void whatIsLentInsteadOfTheKnownOneTakesItsPlaceInTime() {
        ByteBuffer before = ByteBuffer.allocateDirect(BYTES);
        ByteBuffer now = ByteBuffer.allocateDirect(BYTES);
        KernelMemory.address(before, operation);

        for (int i = 0; i < 100; i++) {
            assertThat(KernelMemory.address(now, operation)).isEqualTo(KernelMemory.address(now));
        }

        assertThat(operation.knownAddress(now)).isEqualTo(KernelMemory.address(now));
        assertThat(operation.knownAddress(before)).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(KernelMemory.address(before, operation)).isEqualTo(KernelMemory.address(before));
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void whatCannotBeLentIsNotKnown(Kind kind) {
        Arena arena = kind.open();
        ByteBuffer buffer = arena.allocate(BYTES).asByteBuffer();

        assertThat(KernelMemory.address(buffer, operation)).isEqualTo(KernelMemory.NOT_LENT);
        assertThat(operation.knownAddress(buffer)).isEqualTo(KernelMemory.NOT_LENT);
        kind.close(arena);
    }

    @Test
    void toBeKnownKeepsNoBufferAlive() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BYTES);
        KernelMemory.address(buffer, operation);
        WeakReference<ByteBuffer> seen = new WeakReference<>(buffer);
        buffer = ByteBuffer.allocateDirect(BYTES);

        while (!seen.refersTo(null)) {   // as long as a test may take
            System.gc();
        }
        assertThat(KernelMemory.address(buffer, operation)).isEqualTo(KernelMemory.address(buffer));
    }

    // ---- segments ----

    @Test
    void onlyNativeMemoryOfTheGlobalArenaCanBeLent() {
        MemorySegment global = Arena.global().allocate(BYTES);

        assertThat(KernelMemory.canLend(global)).isTrue();
        assertThat(KernelMemory.canLend(global.asSlice(5, 6).asReadOnly())).isTrue();
        assertThat(KernelMemory.canLend(MemorySegment.ofArray(new byte[BYTES]))).isFalse();
        assertThat(KernelMemory.canLend(MemorySegment.ofAddress(global.address()))).isTrue();
    }

    @ParameterizedTest
    @EnumSource(Kind.class)
    void aSegmentOfAnyOtherArenaCannotBeLent(Kind kind) {
        Arena arena = kind.open();
        MemorySegment segment = arena.allocate(BYTES);

        assertThat(KernelMemory.canLend(segment)).isFalse();
        assertThat(KernelMemory.canLend(segment.asSlice(1))).isFalse();
        kind.close(arena);
        assertThat(KernelMemory.canLend(segment)).isFalse();
    }

    // ---- what can be written to ----

    @Test
    void whatCanBeWrittenToIsAccepted() {
        assertThatCode(() -> {
            KernelMemory.requireWritable(ByteBuffer.allocate(BYTES));
            KernelMemory.requireWritable(ByteBuffer.allocateDirect(BYTES).slice(1, 2));
            KernelMemory.requireWritable(MemorySegment.ofArray(new byte[BYTES]));
            KernelMemory.requireWritable(Arena.global().allocate(BYTES));
        }).doesNotThrowAnyException();
    }

    @Test
    void whatIsReadOnlyIsRefused() {
        for (ByteBuffer each : new ByteBuffer[] {ByteBuffer.allocate(BYTES), ByteBuffer.allocateDirect(BYTES)}) {
            assertThatThrownBy(() -> KernelMemory.requireWritable(each.asReadOnlyBuffer()))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("Read-only buffer");
            assertThatThrownBy(() -> KernelMemory.requireWritable(MemorySegment.ofBuffer(each).asReadOnly()))
                    .isInstanceOf(IllegalArgumentException.class).hasMessage("Read-only segment");
        }
    }

    @ParameterizedTest
    @EnumSource(value = Kind.class, names = {"CONFINED", "SHARED"})
    void whatCouldBeWrittenToIsRefusedOnceItsArenaIsClosed(Kind kind) {
        Arena arena = kind.open();
        MemorySegment segment = arena.allocate(BYTES);
        ByteBuffer buffer = segment.asByteBuffer();
        KernelMemory.requireWritable(segment.asSlice(1));
        KernelMemory.requireWritable(buffer.slice(1, 2));
        arena.close();

        assertThatThrownBy(() -> KernelMemory.requireWritable(segment)).isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed");
        assertThatThrownBy(() -> KernelMemory.requireWritable(buffer)).isInstanceOf(IllegalStateException.class)
                .hasMessage("Already closed");
    }

    @Test
    void whatIsAnotherThreadsIsRefused() throws Exception {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment segment = arena.allocate(BYTES);
            ByteBuffer buffer = segment.asByteBuffer();

            elsewhere(() -> assertThatThrownBy(() -> KernelMemory.requireWritable(segment))
                    .isInstanceOf(WrongThreadException.class));
            elsewhere(() -> assertThatThrownBy(() -> KernelMemory.requireWritable(buffer))
                    .isInstanceOf(WrongThreadException.class));
        }
    }

    private static <T> T elsewhere(Supplier<T> look) throws Exception {
        FutureTask<T> task = new FutureTask<>(look::get);
        Thread.ofPlatform().start(task);
        return task.get();
    }
}
