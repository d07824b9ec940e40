package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.LoopFile;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that is a pipe: what comes next may never come. */
class PipeContractTest extends Contract {
    @TempDir Path folder;

    private LoopFile pipe;

    @BeforeEach
    void openPipe() throws Exception {
        Path path = Tool.makePipe(folder.resolve("pipe"));
        pipe = call(() -> LoopFile.open(loop, path, READ, WRITE)).result();
    }

    private void write(int bytes) throws Exception {
        assertThat(call(() -> pipe.write(ByteBuffer.wrap(Sequence.bytes(bytes)))).result()).isEqualTo(bytes);
    }

    @Test
    void aScatteringReadThatHasBytesInHandDoesNotWaitForMore() throws Exception {
        for (IntFunction<ByteBuffer> memory : List.<IntFunction<ByteBuffer>>of(
                ByteBuffer::allocate, ByteBuffer::allocateDirect)) {
            write(10);
            ByteBuffer[] targets = {memory.apply(0), memory.apply(10), memory.apply(10)};
            assertThat(call(() -> pipe.read(targets)).result()).isEqualTo(10);
            assertThat(targets[1].flip()).isEqualTo(ByteBuffer.wrap(Sequence.bytes(10)));
            assertThat(targets[2].position()).isZero();
        }
    }

    @Test
    void aReadThatWaitsHoldsUpNoQuestionAboutThePipe() throws Exception {
        Call<Integer> read = parked(() -> pipe.read(ByteBuffer.allocateDirect(10)));
        for (Callable<?> placed : List.<Callable<?>>of(pipe::position, () -> pipe.position(1), () -> pipe.truncate(0),
                this::allocate)) {
            assertThat(failureOf(placed)).isExactlyInstanceOf(FileSystemException.class)
                    .hasMessage(pipe.path() + ": Illegal seek");
        }
        assertThat(call(pipe::size).result()).isZero();
        assertThat(call(() -> pipe.attributes(BasicFileAttributes.class)).result().isOther()).isTrue();
        assertThat(read.isDone()).isFalse();
        pipe.close();
        assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void noWriteThatWaitsHoldsUpAnAllocation() throws Exception {
        Call<Integer> write = parked(() -> pipe.write(ByteBuffer.allocateDirect(1 << 20)));

        assertThat(failureOf(this::allocate)).isExactlyInstanceOf(FileSystemException.class)
                .hasMessage(pipe.path() + ": Illegal seek");

        assertThat(write.isDone()).isFalse();
        pipe.close();
        assertThat(write.failure()).isInstanceOf(ClosedChannelException.class);   // perhaps between two pieces
    }

    @Test
    void anOpenThatIsGivenUpLeavesThePipeItsName() throws Exception {
        Path path = Tool.makePipe(folder.resolve("unheard"));
        Call<LoopFile> opening = parked(() -> LoopFile.open(loop, path, READ, DELETE_ON_CLOSE));

        opening.thread().interrupt();

        assertThat(opening.failure()).isExactlyInstanceOf(InterruptedIOException.class);
        assertThat(path).exists();
        FileChannel.open(path, READ, WRITE).close();   // lets go on whoever is still at the open
    }

    private Object allocate() throws IOException {
        pipe.allocate(0, 1);
        return pipe;
    }

    @Test
    void nothingIsTransferredIfOneBufferOfManyIsRefused() throws Exception {
        Path path = Files.write(folder.resolve("file"), Sequence.bytes(100));
        LoopFile file = call(() -> LoopFile.open(loop, path, READ, WRITE)).result();
        ByteBuffer first = ByteBuffer.allocate(10);
        assertThat(failureOf(() -> file.read(new ByteBuffer[] {first, ByteBuffer.allocate(1).asReadOnlyBuffer()})))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        assertThat(failureOf(() -> file.read(new ByteBuffer[] {first, null})))
                .isExactlyInstanceOf(NullPointerException.class);
        assertThat(failureOf(() -> file.write(new ByteBuffer[] {first, null})))
                .isExactlyInstanceOf(NullPointerException.class);
        assertThat(first.position()).isZero();
        assertThat(call(file::position).result()).isZero();
        assertThat(Files.readAllBytes(path)).isEqualTo(Sequence.bytes(100));
    }
}
