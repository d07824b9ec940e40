package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.LoopFile;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ReadableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How many bytes a call of a file tells that is interrupted, or fails, half way. */
class FileCountsContractTest extends Contract {
    private static final int PIPE_BYTES = 64 * 1024;   // what a pipe has room for
    private static final int PIECE_BYTES = 64 * 1024;

    @TempDir Path folder;

    private LoopFile open(Path path, OpenOption... options) throws Exception {
        return call(() -> LoopFile.open(loop, path, options)).result();
    }

    private LoopFile pipe() throws Exception {
        Path pipe = Tool.makePipe(folder.resolve("pipe"));
        return open(pipe, READ, WRITE);
    }

    private LoopFile fileOf(int bytes) throws Exception {
        return open(Files.write(folder.resolve("file"), new byte[bytes]), READ, WRITE);
    }

    private void assertInterruptedAfter(int bytes, Callable<?> body) throws Exception {
        assertThat(failureOf(body)).isExactlyInstanceOf(InterruptedIOException.class)
                .hasFieldOrPropertyWithValue("bytesTransferred", bytes);
    }

    @Test
    void aGatherThatIsInterruptedTellsTheBytesOfAllBuffers() throws Exception {
        LoopFile pipe = pipe();
        ByteBuffer full = ByteBuffer.allocateDirect(PIPE_BYTES);
        ByteBuffer[] sources = {full, ByteBuffer.allocate(10), ByteBuffer.allocate(10)};
        Call<Long> write = call(() -> pipe.write(sources));
        Eventually.until(() -> !full.hasRemaining(), "written the first");
        write.whenParked().thread().interrupt();
        int more = 0;
        if (!flavor.isOn("io_uring")) {   // a thread that writes hears no interrupt, but the next part does
            call(() -> null).result();
            try (InputStream reader = Files.newInputStream(pipe.path())) {
                assertThat(reader.readNBytes(PIPE_BYTES)).hasSize(PIPE_BYTES);
                more = 10;
                assertThat(write.failure()).isExactlyInstanceOf(InterruptedIOException.class);
            }
        }

        assertThat(write.failure()).isExactlyInstanceOf(InterruptedIOException.class)
                .hasFieldOrPropertyWithValue("bytesTransferred", PIPE_BYTES + more);
    }

    @Test
    void aTransferThatIsInterruptedTellsTheBytesOfAllPieces() throws Exception {
        LoopFile file = fileOf(3 * PIECE_BYTES);
        Channel target = new Channel() {
            @Override
            public int write(ByteBuffer source) throws IOException {
                Thread.currentThread().interrupt();
                return super.write(source);
            }
        };
        assertInterruptedAfter(PIECE_BYTES, () -> file.transferTo(0, 3 * PIECE_BYTES, target));
        Channel source = new Channel() {
            @Override
            public int read(ByteBuffer target) throws IOException {
                if (moved > 0) {
                    Thread.currentThread().interrupt();
                }
                return super.read(target);
            }
        };
        assertInterruptedAfter(PIECE_BYTES, () -> file.transferFrom(source, 0, 3 * PIECE_BYTES));
        assertThat(file.isOpen()).isTrue();
    }

    @Test
    void whatTheOtherSideOfATransferIsInterruptedInIsAPartOfIt() throws Exception {
        LoopFile file = fileOf(3 * PIECE_BYTES);
        Channel target = interruptedInItsSecondPiece(3);
        assertInterruptedAfter(PIECE_BYTES + 3, () -> file.transferTo(0, 3 * PIECE_BYTES, target));
        Channel source = interruptedInItsSecondPiece(3);
        assertInterruptedAfter(PIECE_BYTES, () -> file.transferFrom(source, 0, 3 * PIECE_BYTES));
    }

    @Test
    void whatMovedBeforeTheOtherSideOfATransferFailedCounts() throws Exception {
        LoopFile file = fileOf(3 * PIECE_BYTES);
        Channel target = failingInItsSecondPiece();
        assertThat(call(() -> file.transferTo(0, 3 * PIECE_BYTES, target)).result()).isEqualTo(PIECE_BYTES);
        assertThat(failureOf(() -> file.transferTo(0, 3 * PIECE_BYTES, target))).hasMessage("on purpose");
        Channel source = failingInItsSecondPiece();
        assertThat(call(() -> file.transferFrom(source, 0, 3 * PIECE_BYTES)).result()).isEqualTo(PIECE_BYTES);
        assertThat(failureOf(() -> file.transferFrom(source, 0, 3 * PIECE_BYTES))).hasMessage("on purpose");
    }

    /** It may have it still, as a socket has whose loop has failed while the kernel writes to it. */
    @Test
    void thePieceOfAnOtherSideThatFailedIsNobodyElses() throws Exception {
        LoopFile file = fileOf(3 * PIECE_BYTES);
        Set<ByteBuffer> seen = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < 2; i++) {
            Channel target = failingInItsSecondPiece();
            call(() -> file.transferTo(0, 3 * PIECE_BYTES, target)).result();
            assertThat(seen.add(target.last)).as("written from one of its own").isTrue();
            Channel source = failingInItsSecondPiece();
            call(() -> file.transferFrom(source, 0, 3 * PIECE_BYTES)).result();
            assertThat(seen.add(source.last)).as("read into one of its own").isTrue();
        }
    }

    private static Channel failingInItsSecondPiece() {
        return new Channel() {
            @Override
            int move(ByteBuffer buffer) throws IOException {
                if (moved > 0) {
                    throw new IOException("on purpose");
                }
                return super.move(buffer);
            }
        };
    }

    @Test
    void aWriteToAPipeEndsWhenAllIsInIt() throws Exception {
        LoopFile pipe = pipe();
        for (ByteBuffer source : List.of(ByteBuffer.allocate(5 * PIPE_BYTES / 2),
                ByteBuffer.allocateDirect(5 * PIPE_BYTES / 2))) {
            try (InputStream reader = Files.newInputStream(pipe.path())) {
                Call<Integer> write = call(() -> pipe.write(source));
                assertThat(reader.readNBytes(source.capacity())).hasSize(source.capacity());

                assertThat(write.result()).isEqualTo(source.capacity());
            }
            assertThat(source.hasRemaining()).isFalse();
        }
    }

    private static Channel interruptedInItsSecondPiece(int bytes) {
        return new Channel() {
            @Override
            int move(ByteBuffer buffer) throws IOException {
                if (moved > 0) {
                    InterruptedIOException interrupted = new InterruptedIOException();
                    interrupted.bytesTransferred = bytes;
                    throw interrupted;
                }
                return super.move(buffer);
            }
        };
    }

    @Test
    void anInterruptBeforeTheFirstByteTellsNone() throws Exception {
        LoopFile file = fileOf(10);
        assertInterruptedAfter(0, () -> {
            Thread.currentThread().interrupt();
            return file.read(new ByteBuffer[] {ByteBuffer.allocate(1), ByteBuffer.allocate(1)});
        });
    }

    @Test
    void aCutWaitsForTheTurnOfAWriteAtTheOwnPosition() throws Exception {
        LoopFile file = open(folder.resolve("file"), READ, WRITE, CREATE);
        for (int round = 0; round < 300; round++) {
            call(() -> file.truncate(0).write(ByteBuffer.allocate(50))).result();
            Call<Integer> write = call(Thread.ofPlatform()::start, () -> file.write(ByteBuffer.allocateDirect(100)));
            Call<Object> cut = call(Thread.ofPlatform()::start, () -> file.truncate(10));
            assertThat(write.result()).isEqualTo(100);
            cut.result();
            long end = call(file::size).result();
            assertThat(end).as("cut, then written, or written, then cut").isIn(110L, 10L);
            assertThat(call(file::position).result()).isEqualTo(end);
        }
    }

    /** Takes and gives whatever there is room for. */
    private static class Channel implements ReadableByteChannel, WritableByteChannel {
        int moved;
        @Nullable ByteBuffer last;

        int move(ByteBuffer buffer) throws IOException {
            int count = buffer.remaining();
            buffer.position(buffer.limit());
            moved += count;
            return count;
        }

        @Override
        public int read(ByteBuffer target) throws IOException {
            last = target;
            return move(target);
        }

        @Override
        public int write(ByteBuffer source) throws IOException {
            last = source;
            return move(source);
        }

        @Override
        public boolean isOpen() {
            return true;
        }

        @Override
        public void close() {}
    }
}
