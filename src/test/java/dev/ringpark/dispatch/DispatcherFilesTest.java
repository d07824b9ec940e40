package dev.ringpark.dispatch;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.contract.Eventually;
import dev.ringpark.internal.dispatch.FakeFile;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a dispatcher does with files. */
class DispatcherFilesTest extends DispatcherFileContract {
    @Test
    void whatIsWrittenAtAPlaceIsReadThere() throws IOException {
        FileHandle file = opened(Set.of(CREATE_NEW, READ, WRITE));
        int[] twenty = IntStream.range(1, 21).toArray();
        Request<ByteBuffer> written = dispatcher.write(file, bytes(twenty), 10, ignoring());
        await(written, dispatcher.sync(file, false, ignoring()), dispatcher.sync(file, true, ignoring()));
        ByteBuffer target = ByteBuffer.allocateDirect(64);
        Request<ByteBuffer> read = dispatcher.read(file, target, 10, ignoring());
        Request<ByteBuffer> beyond = dispatcher.read(file, ByteBuffer.allocate(1), 30, ignoring());
        await(read, beyond);
        await(dispatcher.close(file, ignoring()));
        Request<BasicFileAttributes> told = dispatcher.stat(path, ignoring());
        await(told);

        assertThat(written.count()).isEqualTo(20);
        assertHolds(target, twenty);
        assertThat(beyond.count()).as("at the end").isEqualTo(-1);
        assertThat(told.result().size()).isEqualTo(30);
        assertThat(file.isOpen()).isFalse();
    }

    @Test
    void buffersAreGatheredAndScatteredAtAPlace() throws IOException {
        FileHandle file = opened(Set.of(CREATE_NEW, READ, WRITE));
        ByteBuffer[] sources = {bytes(1, 2), bytes(), ByteBuffer.allocateDirect(1).put(0, (byte) 3), bytes(4)};
        Request<ByteBuffer[]> written = dispatcher.write(file, sources, 5, ignoring());
        await(written);
        ByteBuffer[] targets = {ByteBuffer.allocate(1), ByteBuffer.allocateDirect(2), ByteBuffer.allocate(9)};
        Request<ByteBuffer[]> read = dispatcher.read(file, targets, 5, ignoring());
        Request<ByteBuffer[]> beyond = dispatcher.read(file, new ByteBuffer[] {ByteBuffer.allocate(1)}, 99, ignoring());
        Request<ByteBuffer[]> nothing = dispatcher.read(file, new ByteBuffer[0], 0, ignoring());
        await(read, beyond, nothing);

        assertThat(written.count()).isEqualTo(4);
        assertThat(sources).noneMatch(ByteBuffer::hasRemaining);
        assertThat(read.count()).isEqualTo(4);
        assertHolds(targets[0], 1);
        assertHolds(targets[1], 2, 3);
        assertHolds(targets[2], 4);
        assertThat(beyond.count()).isEqualTo(-1);
        assertThat(nothing.count()).isZero();
    }

    @Test
    void theOwnPositionMovesWithWhatIsReadAndWritten() throws IOException {
        FileHandle file = opened(Set.of(CREATE_NEW, READ, WRITE));
        Request<ByteBuffer> first = dispatcher.write(file, bytes(1, 2), ignoring());
        Request<ByteBuffer> second = dispatcher.write(file, bytes(3), ignoring());
        await(first, second);
        assertThat(file.position()).isEqualTo(3);
        file.position(1);
        ByteBuffer one = ByteBuffer.allocate(1);
        ByteBuffer rest = ByteBuffer.allocateDirect(9);
        Request<ByteBuffer> last = dispatcher.read(file, rest, ignoring());
        await(last);
        Request<ByteBuffer> end = dispatcher.read(file, one, ignoring());
        await(end);

        assertHolds(rest, 2, 3);
        assertThat(end.count()).isEqualTo(-1);
        assertThat(file.position()).isEqualTo(3);
        assertThatThrownBy(() -> file.position(-1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void transfersInOrderAreDoneOneAfterTheOther() throws IOException {
        FileHandle file = opened(Set.of(CREATE_NEW, READ, WRITE));
        List<Request<ByteBuffer>> writes = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            writes.add(dispatcher.write(file, bytes(i, i), ignoring()));
        }
        dispatcher.cancel(writes.get(100));
        await(writes.toArray(Request[]::new));
        byte[] content = Files.readAllBytes(path);

        assertThat(writes.get(100).failure()).isInstanceOf(OperationCanceledException.class);
        assertThat(content).hasSize(398);
        for (int i = 0; i < 199; i++) {
            int value = i < 100 ? i : i + 1;
            assertThat(content[2 * i]).isEqualTo(content[2 * i + 1]).isEqualTo((byte) value);
        }
    }

    @Test
    void aBufferThatIsFullWhenItsTurnComesTakesNothing() throws IOException {
        Files.write(path, new byte[] {1, 2, 3, 4});
        FileHandle file = opened(Set.of(READ));
        for (ByteBuffer two : new ByteBuffer[] {ByteBuffer.allocate(2), ByteBuffer.allocateDirect(2)}) {
            file.position(0);
            ByteBuffer rest = ByteBuffer.allocate(3);
            Request<ByteBuffer> first = dispatcher.read(file, two, ignoring());
            Request<ByteBuffer> second = dispatcher.read(file, two, ignoring());
            Request<ByteBuffer> third = dispatcher.read(file, rest, ignoring());
            await(first, second, third);

            assertThat(first.count()).isEqualTo(2);
            assertThat(second.count()).isZero();
            assertThat(third.count()).isEqualTo(2);
            assertHolds(rest, 3, 4);
        }
    }

    @Test
    void aPipeIsReadFromAndWrittenToAndItsCloseEndsAReadThatWaits() throws Exception {
        makePipe();
        Request<FileHandle> reader = dispatcher.open(path, Set.of(READ), ignoring());
        Request<FileHandle> writer = dispatcher.open(path, Set.of(WRITE), ignoring());
        await(reader, writer);
        ByteBuffer target = ByteBuffer.allocate(3);
        Request<ByteBuffer> read = dispatcher.read(reader.result(), target, ignoring());
        dispatcher.flush();
        assertThat(read.isPending()).isTrue();
        await(dispatcher.write(writer.result(), bytes(1, 2), ignoring()), read);
        assertHolds(target, 1, 2);

        Request<ByteBuffer> waiting = dispatcher.read(reader.result(), target.clear(), ignoring());
        dispatcher.flush();
        await(dispatcher.close(reader.result(), ignoring()), waiting);
        assertThat(waiting.failure()).isInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void aPipeOpenedForBothIsWrittenToWhileAReadWaits() throws Exception {
        assumeTrue(backend.equals("io_uring"), "a FileChannel reads and writes one after the other");
        makePipe();
        FileHandle pipe = opened(Set.of(READ, WRITE));
        ByteBuffer target = ByteBuffer.allocate(3);
        Request<ByteBuffer> read = dispatcher.read(pipe, target, ignoring());
        dispatcher.flush();
        await(dispatcher.write(pipe, bytes(1, 2), ignoring()), read);

        assertHolds(target, 1, 2);
    }

    @Test
    void aReadOfAPipeThatWaitsHoldsUpNoQuestionAboutIt() throws Exception {
        reopen(DispatcherOptions.defaults().withFileThreads(2));
        makePipe();
        FileHandle pipe = opened(Set.of(READ, WRITE));
        Request<ByteBuffer> read = dispatcher.read(pipe, ByteBuffer.allocate(1), ignoring());
        dispatcher.flush();
        Request<BasicFileAttributes> told = dispatcher.stat(pipe, ignoring());
        Request<FileHandle> cut = dispatcher.truncate(pipe, 0, ignoring());
        Request<FileHandle> room = dispatcher.allocate(pipe, 0, 1, ignoring());
        await(told, cut, room);

        assertThat(told.result().isOther()).isTrue();
        assertThat(cut.result()).as("it has no bytes that stay").isSameAs(pipe);
        assertThat(room.failure()).isExactlyInstanceOf(FileSystemException.class).hasMessage(path + ": Illegal seek");
        assertThat(read.isPending()).isTrue();
    }

    @Test
    void aPipeThatNobodyWritesToKeepsNoDispatcherFromItsEnd() throws Exception {
        makePipe();
        Request<FileHandle> reader = dispatcher.open(path, Set.of(READ), ignoring());
        Request<FileHandle> writer = dispatcher.open(path, Set.of(WRITE), ignoring());
        await(reader, writer);
        Request<ByteBuffer> read = dispatcher.read(reader.result(), ByteBuffer.allocate(1), ignoring());
        dispatcher.flush();
        assertThatThrownBy(() -> reader.result().position()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> writer.result().position()).isInstanceOf(IOException.class);
        dispatcher.close();

        assertThat(read.isPending()).isFalse();
    }

    @Test
    void whoIsBeyondTheNewEndIsAtIt() throws IOException {
        FileHandle file = opened(Set.of(CREATE_NEW, READ, WRITE));
        await(dispatcher.write(file, ByteBuffer.allocate(100), ignoring()));
        await(dispatcher.truncate(file, 10, ignoring()));
        assertThat(file.position()).isEqualTo(10);
        await(dispatcher.write(file, bytes(1), ignoring()));

        assertThat(Files.size(path)).isEqualTo(11);
    }

    @Test
    void memoryThatIsFreedFailsItsRequestAlone() throws IOException {
        FileHandle file = opened(Set.of(CREATE_NEW, READ, WRITE));
        ByteBuffer freed;
        Request<ByteBuffer[]> read;
        await(dispatcher.write(file, bytes(1, 2), 0, ignoring()));
        try (Arena arena = Arena.ofConfined()) {
            freed = arena.allocate(1).asByteBuffer();
            read = dispatcher.read(file, new ByteBuffer[] {arena.allocate(1).asByteBuffer()}, 0, ignoring());
        }
        Request<ByteBuffer[]> written = dispatcher.write(file, new ByteBuffer[] {freed}, 0, ignoring());
        await(read, written);
        assertThat(read.failure()).hasCauseInstanceOf(IllegalStateException.class);
        assertThat(written.failure()).hasCauseInstanceOf(IllegalStateException.class);
        ByteBuffer target = ByteBuffer.allocate(2);
        await(dispatcher.read(file, target, 0, ignoring()));

        assertHolds(target, 1, 2);
    }

    @Test
    void whatWaitsForItsTurnEndsBeforeTheClose() throws Exception {
        makePipe();
        Request<FileHandle> reader = dispatcher.open(path, Set.of(READ), ignoring());
        await(reader, dispatcher.open(path, Set.of(WRITE), ignoring()));
        List<Object> order = new ArrayList<>();
        Request<ByteBuffer> first = dispatcher.read(reader.result(), ByteBuffer.allocate(1), order::add);
        Request<ByteBuffer> second = dispatcher.read(reader.result(), ByteBuffer.allocate(1), order::add);
        dispatcher.flush();
        await(dispatcher.close(reader.result(), order::add));

        assertThat(order).hasSize(3).startsWith(second, first);
        assertThat(second.failure()).isInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void aFileGoesToASocketPieceByPiece() throws IOException {
        byte[] content = new byte[200_000];
        new Random(7).nextBytes(content);
        Files.write(path, content);
        FileHandle file = opened(Set.of(READ));
        Pair pair = pair();
        ByteBuffer received = ByteBuffer.allocate(content.length);
        receiveAll(pair.far(), received);
        long sent = 0;
        for (int count = 0; count >= 0; sent += Math.max(count, 0)) {
            Request<SocketHandle> piece = dispatcher.transfer(file, sent, Long.MAX_VALUE, pair.near(), ignoring());
            await(piece);
            assertThat(piece.result()).isSameAs(pair.near());
            count = piece.count();
        }
        dispatcher.runUntil(() -> !received.hasRemaining());

        assertThat(sent).isEqualTo(content.length);
        assertThat(received.array()).isEqualTo(content);
        Request<SocketHandle> some = dispatcher.transfer(file, 10, 5, pair.near(), ignoring());
        await(some);
        assertThat(some.count()).isEqualTo(5);
        assertThatThrownBy(() -> dispatcher.transfer(file, -1, 1, pair.near(), ignoring()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    private void receiveAll(SocketHandle socket, ByteBuffer target) {
        dispatcher.receive(socket, target, received -> {
            assertThat(received.failure()).isNull();
            if (target.hasRemaining()) {
                receiveAll(socket, target);
            }
        });
    }

    /** The system's memory comes back when the collector finds it, so it is not taken anew for each copy. */
    @Test
    void theMemoryThatACopyTakesIsUsedAgain() throws IOException {
        Files.write(path, new byte[1000]);
        Pair pair = pair();
        copy(pair);
        long before = directBytes();
        for (int i = 0; i < 20; i++) {
            copy(pair);
        }

        assertThat(directBytes()).as("bytes of direct buffers").isLessThanOrEqualTo(before);
    }

    /** Both kinds, with a file of its own. */
    private void copy(Pair pair) throws IOException {
        FileHandle file = opened(Set.of(READ, WRITE));
        Request<SocketHandle> transfer = dispatcher.transfer(file, 0, 1000, pair.near(), ignoring());
        await(transfer);
        Request<ByteBuffer> read = dispatcher.read(file, ByteBuffer.allocate(1000), 0, ignoring());
        await(read);
        Request<ByteBuffer> write = dispatcher.write(file, bytes(1, 2), 0, ignoring());
        await(write);
        await(dispatcher.close(file, ignoring()));

        assertThat(transfer.count()).isEqualTo(read.count()).isEqualTo(1000);
        assertThat(write.count()).isEqualTo(2);
    }

    @Test
    void aCopyThatIsRefusedTakesNoMemory() throws Exception {
        makePipe();
        FileHandle pipe = opened(Set.of(READ, WRITE));
        long before = directBytes();
        for (int i = 0; i < 20; i++) {
            Request<ByteBuffer> read = dispatcher.read(pipe, ByteBuffer.allocate(1), 1, ignoring());
            await(read);
            assertThat(read.failure()).hasMessageEndingWith("Illegal seek");
        }

        assertThat(directBytes()).as("bytes of direct buffers").isLessThanOrEqualTo(before);
    }

    /** An open that is given up half way has a descriptor already, and nobody to close it but the dispatcher. */
    @Test
    void nothingIsLeftOpenWhenARunHasEnded() throws Exception {
        assumeTrue(backend.equals("io_uring"), "a thread closes what it has opened for nobody, whenever that is");
        makePipe();
        Request<FileHandle> opening = dispatcher.open(path, Set.of(READ), ignoring());
        while (descriptorsOfTheFile() == 0) {
            dispatcher.flush();
        }
        dispatcher.cancel(opening);
        dispatcher.run();

        assertThat(opening.failure()).isInstanceOf(OperationCanceledException.class);
        assertThat(descriptorsOfTheFile()).isZero();
    }

    private static long directBytes() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct")).mapToLong(BufferPoolMXBean::getTotalCapacity).sum();
    }

    @Test
    void aTransferToASocketThatTakesNothingIsCancelled() throws IOException {
        Files.write(path, new byte[60_000]);
        FileHandle file = opened(Set.of(READ));
        Pair pair = pair();
        ByteBuffer filler = ByteBuffer.allocateDirect(1 << 26);
        int last = 1;
        while (last > 0) {
            last = pair.near().trySend(filler);
        }
        int turns = 0;   // before it is read, in between, and when it is to be sent
        while (turns < 10) {
            Request<SocketHandle> transfer = dispatcher.transfer(file, 0, 60_000, pair.near(), ignoring());
            for (int i = 0; i < turns; i++) {
                dispatcher.flush();
            }
            dispatcher.cancel(transfer);
            await(transfer);
            if (transfer.failure() == null) {
                assertThat(transfer.count()).as("a late acknowledgement has made room").isPositive();
            } else {
                assertThat(transfer.failure()).isInstanceOf(OperationCanceledException.class);
                turns++;
            }
        }

        Request<SocketHandle> dropped = dispatcher.transfer(file, 0, 60_000, pair.near(), ignoring());
        dispatcher.flush();
        dispatcher.cancelAll();
        assertThat(dropped.isPending()).isFalse();
    }

    @Test
    void aTransferFromAClosedFileFails() throws IOException {
        Files.write(path, new byte[10]);
        FileHandle file = opened(Set.of(READ));
        Pair pair = pair();
        await(dispatcher.close(file, ignoring()));
        Request<SocketHandle> transfer = dispatcher.transfer(file, 0, 10, pair.near(), ignoring());
        await(transfer);

        assertThat(transfer.failure()).isInstanceOf(IOException.class);
    }

    @Test
    void aFileIsCutAndGivenRoomAndToldOf() throws IOException {
        FileHandle file = opened(Set.of(CREATE_NEW, WRITE));
        await(dispatcher.write(file, bytes(1, 2, 3), 0, ignoring()));
        await(dispatcher.truncate(file, 2, ignoring()));
        Request<BasicFileAttributes> cut = dispatcher.stat(file, ignoring());
        await(cut);
        Request<FileHandle> roomy = dispatcher.allocate(file, 1, 9, ignoring());
        await(roomy);
        Request<BasicFileAttributes> grown = dispatcher.stat(path, ignoring());
        await(grown);

        assertThat(cut.result().size()).isEqualTo(2);
        assertThat(roomy.result()).isSameAs(file);
        assertThat(grown.result().size()).isEqualTo(10);
        assertThat(grown.result().isRegularFile()).isTrue();
        assertThatThrownBy(() -> dispatcher.allocate(file, 0, 0, ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("at least 1");
        assertThatThrownBy(() -> dispatcher.truncate(file, -1, ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("size is -1; it must not be negative");
    }

    @Test
    void namesAreMadeChangedAndRemoved() throws IOException {
        Path directory = folder.resolve("directory");
        Path moved = folder.resolve("moved");
        await(dispatcher.makeDirectory(directory, ignoring()));
        assertThat(directory).isDirectory();
        Request<Path> renamed = dispatcher.rename(directory, moved, ignoring());
        await(renamed);
        assertThat(renamed.result()).isEqualTo(moved).isDirectory();
        await(dispatcher.remove(moved, true, ignoring()));
        assertThat(moved).doesNotExist();

        Request<Path> gone = dispatcher.remove(moved, false, ignoring());
        Request<BasicFileAttributes> nothing = dispatcher.stat(moved, ignoring());
        await(gone, nothing);
        assertThat(gone.failure()).isExactlyInstanceOf(NoSuchFileException.class).hasMessage(moved.toString());
        assertThat(nothing.failure()).isExactlyInstanceOf(NoSuchFileException.class);
    }

    @Test
    void manyReadsAreUnderWayAtOnce() throws IOException {
        byte[] content = new byte[1000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) i;
        }
        Files.write(path, content);
        FileHandle file = opened(Set.of());
        List<Request<ByteBuffer>> reads = new ArrayList<>();
        for (int i = 0; i < 1000; i++) {
            reads.add(dispatcher.read(file, ByteBuffer.allocate(1), i, ignoring()));
        }
        dispatcher.run();

        for (int i = 0; i < 1000; i++) {
            assertThat(reads.get(i).result().get(0)).isEqualTo((byte) i);
        }
    }

    @Test
    void failuresAreThoseOfTheJdkWithThePath() throws IOException {
        Request<FileHandle> missing = dispatcher.open(path, Set.of(), ignoring());
        await(missing);
        assertThatThrownBy(missing::result).isExactlyInstanceOf(NoSuchFileException.class).hasMessage(path.toString());

        Files.createFile(path);
        Request<FileHandle> there = dispatcher.open(path, Set.of(CREATE_NEW, WRITE), ignoring());
        await(there);
        assertThat(there.failure()).isExactlyInstanceOf(FileAlreadyExistsException.class);
    }

    @Test
    void whatTheFileWasNotOpenedForIsRefusedAtOnce() throws IOException {
        Files.createFile(path);
        FileHandle toRead = opened(Set.of());
        FileHandle toWrite = opened(Set.of(WRITE));

        assertThatThrownBy(() -> dispatcher.write(toRead, bytes(1), 0, ignoring()))
                .isInstanceOf(NonWritableChannelException.class);
        assertThatThrownBy(() -> dispatcher.read(toWrite, bytes(1), 0, ignoring()))
                .isInstanceOf(NonReadableChannelException.class);
        assertThatThrownBy(() -> dispatcher.read(toRead, bytes(1), -1, ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("position is -1; it must not be negative");
        assertThatThrownBy(() -> dispatcher.open(path, Set.of(DELETE_ON_CLOSE), ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("DELETE_ON_CLOSE");
    }

    @Test
    void aClosedFileRefusesOperations() throws IOException {
        Files.createFile(path);
        FileHandle file = opened(Set.of());
        await(dispatcher.close(file, ignoring()));
        Request<ByteBuffer> read = dispatcher.read(file, ByteBuffer.allocate(1), 0, ignoring());
        await(read);

        assertThat(read.failure()).isInstanceOf(ClosedChannelException.class);
    }

    @Test
    void anOpenThatComesTooLateIsClosed() throws IOException {
        Files.createFile(path);
        List<Object> heardOf = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            Request<FileHandle> late = dispatcher.open(path, Set.of(), heardOf::add);
            if (i % 2 == 0) {
                dispatcher.flush();
            }
            dispatcher.cancelAll();
            assertThat(late.isPending()).isFalse();
            // Where threads open files, the thread closes what was given up meanwhile, in its own time.
            Eventually.until(() -> descriptorsOfTheFile() == heardOf.size(), "closed what nobody has heard of");
        }
    }

    @Test
    void aCloseThatTheSystemRefusesNamesTheFile() throws IOException {
        assumeTrue(!backend.equals("io_uring"), "there the kernel itself would have to refuse it");
        Request<@Nullable Void> closed = new Request<>(ignoring());
        Closing.begin(dispatcher.loop(), new UnclosableFile(path), closed);
        await(closed);

        assertThat(closed.failure()).isExactlyInstanceOf(FileSystemException.class)
                .hasMessage(path + ": Input/output error");
    }

    /** A file whose bytes could not be stored when it was closed. */
    private static final class UnclosableFile extends FakeFile {
        UnclosableFile(Path path) {
            super(path, true);
        }

        @Override
        public void release() throws IOException {
            throw new IOException("Input/output error");
        }
    }
}
