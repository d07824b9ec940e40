package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.LoopFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files whose bytes pass by the system's cache. */
class UnbufferedFileContractTest extends Contract {
    @TempDir Path folder;
    private Direct direct;

    @AfterEach
    void delete() throws Exception {
        if (direct != null) {
            direct.close();
        }
    }

    private LoopFile file() throws Exception {
        direct = Direct.require();
        return call(() -> LoopFile.open(loop, direct.path(), direct.options(READ, WRITE, CREATE))).result();
    }

    private AbstractThrowableAssert<?, ?> assertRefused(Callable<?> body, String why) throws Exception {
        return Assertions.assertThat(failureOf(body)).hasMessage("Unbuffered I/O: the " + why
                + " is not a multiple of the block size (" + direct.blockBytes() + ")");
    }

    @Test
    void whatIsAlignedIsWrittenAndRead() throws Exception {
        LoopFile file = file();
        int block = direct.blockBytes();
        ByteBuffer aligned = direct.block();
        assertThat(call(() -> file.write(aligned.duplicate(), block)).result()).isEqualTo(block);
        assertThat(call(() -> file.read(aligned.duplicate(), block)).result()).isEqualTo(block);
        assertThat(call(() -> file.position(block).read(aligned.duplicate())).result()).isEqualTo(block);
        assertThat(call(() -> file.position(0).read(ByteBuffer.allocate(2 * block))).result()).isEqualTo(2 * block);

        Path copy = folder.resolve("copy");
        LoopFile target = call(() -> LoopFile.open(loop, copy, WRITE, CREATE)).result();
        assertThat(call(() -> file.truncate(block + 5).transferTo(0, 9L * block, target)).result())
                .isEqualTo(block + 5);
    }

    @Test
    void theOwnPositionMovesWithWhatIsReadAndWritten() throws Exception {
        LoopFile file = file();
        int block = direct.blockBytes();
        for (int round = 0; round < 2; round++) {   // what is written anew, and what is there
            call(() -> file.position(0)).result();
            for (int i = 0; i < 3; i++) {
                ByteBuffer source = direct.block().put(0, (byte) i);
                assertThat(call(() -> file.write(source)).result()).isEqualTo(block);
                assertThat(call(file::position).result()).isEqualTo((i + 1L) * block);
            }
        }
        call(() -> file.position(0)).result();
        for (int i = 0; i < 3; i++) {
            ByteBuffer target = i == 1 ? ByteBuffer.allocate(block) : direct.block();
            assertThat(call(() -> file.read(target)).result()).isEqualTo(block);
            assertThat(target.get(0)).isEqualTo((byte) i);
        }
        assertThat(call(() -> file.read(direct.block())).result()).isEqualTo(-1);
    }

    @Test
    void whatIsNotAlignedIsNamed() throws Exception {
        LoopFile file = file();
        int block = direct.blockBytes();
        ByteBuffer aligned = direct.block();
        assertRefused(() -> file.read(aligned.duplicate(), 1), "position (1)");
        assertRefused(() -> file.write(aligned.duplicate(), block + 1), "position (" + (block + 1) + ")");
        assertRefused(() -> file.read(aligned.duplicate().limit(5), 0), "number of bytes (5)");
        assertRefused(() -> file.write(ByteBuffer.allocate(5), 0), "number of bytes (5)");
        assertThat(failureOf(() -> file.read(direct.askew(), 0))).hasMessageMatching(
                "Unbuffered I/O: the memory address \\(\\d+\\) is not a multiple of the block size \\("
                        + block + "\\)");
    }

    @Test
    void theOwnPositionHasToBeAlignedToo() throws Exception {
        LoopFile file = file();
        ByteBuffer aligned = direct.block();
        assertRefused(() -> file.position(5).read(aligned.duplicate()), "position (5)");
        assertRefused(() -> file.position(7).write(aligned.duplicate()), "position (7)");
        assertRefused(() -> file.position(9).write(ByteBuffer.allocate(direct.blockBytes())), "position (9)");
        assertThat(Files.size(direct.path())).isZero();
    }
}
