package dev.ringpark.dispatch;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.contract.Direct;
import dev.ringpark.contract.Eventually;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What a dispatcher does with files whose bytes pass by the system's cache. */
class DispatcherUnbufferedTest extends DispatcherContract {
    private Direct direct;

    @BeforeEach
    void create() throws Exception {
        direct = Direct.require();
    }

    @AfterEach
    void delete() throws Exception {
        if (direct != null) {
            direct.close();
        }
    }

    private Request<FileHandle> opening() {
        return dispatcher.open(direct.path(), direct.options(READ, WRITE), ignoring());
    }

    private FileHandle file() throws IOException {
        Request<FileHandle> opening = opening();
        await(opening);
        return opening.result();
    }

    private void assertRefused(Request<?> request, String why) throws IOException {
        await(request);
        assertThat(request.failure()).isExactlyInstanceOf(IOException.class).hasMessage("Unbuffered I/O: the " + why
                + " is not a multiple of the block size (" + direct.blockBytes() + ")");
    }

    @Test
    void memoryOfEveryKindIsWrittenAndRead() throws IOException {
        FileHandle file = file();
        int block = direct.blockBytes();
        ByteBuffer heap = ByteBuffer.allocate(block).put(0, (byte) 1);
        ByteBuffer lent = direct.block().put(0, (byte) 2);
        ByteBuffer[] parts = {ByteBuffer.allocate(1).put(0, (byte) 3), ByteBuffer.allocate(block - 1)};
        Request<ByteBuffer> written = dispatcher.write(file, heap, 0, ignoring());
        Request<ByteBuffer> lentWritten = dispatcher.write(file, lent, block, ignoring());
        Request<ByteBuffer[]> gathered = dispatcher.write(file, parts, 2L * block, ignoring());
        await(written, lentWritten, gathered);
        assertThat(written.count()).isEqualTo(block);
        assertThat(lentWritten.count()).isEqualTo(block);
        assertThat(gathered.count()).isEqualTo(block);

        ByteBuffer[] halves = {ByteBuffer.allocate(block / 2), ByteBuffer.allocate(block / 2)};
        ByteBuffer first = ByteBuffer.allocate(block);
        ByteBuffer second = direct.block();
        Request<ByteBuffer[]> scattered = dispatcher.read(file, halves, 2L * block, ignoring());
        await(scattered, dispatcher.read(file, first, ignoring()), dispatcher.read(file, second, ignoring()));
        assertThat(scattered.count()).isEqualTo(block);
        assertThat(new byte[] {first.get(0), second.get(0), halves[0].get(0)}).containsExactly(1, 2, 3);
        assertThat(file.position()).isEqualTo(2L * block);
    }

    @Test
    void itGoesToASocket() throws IOException {
        byte[] content = new byte[direct.blockBytes() + 5];
        content[content.length - 1] = 7;
        Files.write(direct.path(), content);
        Pair pair = pair();
        Request<SocketHandle> sent = dispatcher.transfer(file(), 0, Long.MAX_VALUE, pair.near(), ignoring());
        await(sent);

        assertThat(sent.count()).isEqualTo(content.length);
    }

    @Test
    void whatIsNotAlignedIsNamed() throws IOException {
        FileHandle file = file();
        int block = direct.blockBytes();
        for (ByteBuffer whole : new ByteBuffer[] {direct.block(), ByteBuffer.allocate(block)}) {
            assertRefused(dispatcher.read(file, whole, 1, ignoring()), "position (1)");
            assertRefused(dispatcher.write(file, whole, block + 1L, ignoring()), "position (" + (block + 1) + ")");
            assertRefused(dispatcher.read(file, whole.duplicate().limit(5), 0, ignoring()), "number of bytes (5)");
            assertRefused(dispatcher.write(file, new ByteBuffer[] {whole, bytes(1)}, 0, ignoring()),
                    "number of bytes (" + (block + 1) + ")");
            file.position(5);
            assertRefused(dispatcher.read(file, whole, ignoring()), "position (5)");
            assertRefused(dispatcher.write(file, whole, ignoring()), "position (5)");
            assertThat(whole.position()).isZero();
        }
        Request<ByteBuffer> askew = dispatcher.read(file, direct.askew(), 0, ignoring());
        await(askew);

        assertThat(askew.failure()).hasMessageMatching("Unbuffered I/O: the memory address \\(\\d+\\) is not a "
                + "multiple of the block size \\(" + block + "\\)");
        assertThat(Files.size(direct.path())).isZero();
    }

    @Test
    void anOpenThatIsGivenUpLeavesNothing() throws IOException {
        for (int turns = 0; turns < 20; turns++) {
            Request<FileHandle> opening = opening();
            for (int i = 0; i < turns; i++) {
                dispatcher.flush();
            }
            if (turns % 2 == 0) {
                dispatcher.cancel(opening);
                await(opening);
            } else {
                dispatcher.cancelAll();
            }
            assertThat(opening.isPending()).isFalse();
        }
        dispatcher.close();

        // A thread for files that opens yet when nobody waits any more closes what it gets, whenever that is.
        Eventually.until(() -> DispatcherFileContract.descriptorsOf(direct.path()) == 0, "closed what was given up");
    }

    /** It has a descriptor, and is nobody's until it is known how long its blocks are. */
    @Test
    void anOpenThatIsCancelledHalfWayIsClosedAtOnce() throws IOException {
        assumeTrue(backend.equals("io_uring"), "a thread closes what it has opened for nobody, whenever that is");
        for (int round = 0; round < 200; round++) {
            List<Request<FileHandle>> told = new ArrayList<>();
            dispatcher.open(direct.path(), direct.options(READ), told::add);
            for (int i = 0; i < round % 10; i++) {
                dispatcher.flush();
            }
            dispatcher.cancelAll();
            if (told.isEmpty()) {
                assertThat(DispatcherFileContract.descriptorsOf(direct.path())).as("in round %d", round).isZero();
            } else {
                await(dispatcher.close(told.getFirst().result(), ignoring()));
            }
        }
    }

    @Test
    void anOpenThatFailsSaysWhy() throws IOException {
        Request<FileHandle> missing = dispatcher.open(
                direct.path().resolve("below"), direct.options(READ), ignoring());
        await(missing);

        assertThat(missing.failure()).hasMessage(direct.path() + "/below: Not a directory");
        assertThat(Set.of(direct.path())).allMatch(Files::exists);
    }
}
