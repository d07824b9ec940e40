package dev.ringpark.dispatch;

import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a dispatcher does with files. */
class DispatcherFilesTest extends DispatcherContract {
    @TempDir Path folder;
    private Path path;

    @BeforeEach
    void choosePath() {
        path = folder.resolve("file");
    }

    @Test
    void whatIsWrittenAtAPlaceIsReadThere() throws IOException {
        FileHandle file = opened(Set.of(CREATE_NEW, READ, WRITE));
        ByteBuffer twenty = ByteBuffer.allocate(20).put(19, (byte) 9);
        Request<ByteBuffer> written = dispatcher.write(file, twenty, 10, ignoring());
        await(written, dispatcher.sync(file, false, ignoring()), dispatcher.sync(file, true, ignoring()));
        ByteBuffer target = ByteBuffer.allocateDirect(64);
        Request<ByteBuffer> read = dispatcher.read(file, target, 29, ignoring());
        Request<ByteBuffer> beyond = dispatcher.read(file, ByteBuffer.allocate(1), 30, ignoring());
        await(read, beyond);
        await(dispatcher.close(file, ignoring()));

        assertThat(written.count()).isEqualTo(20);
        assertHolds(target, 9);
        assertThat(beyond.count()).as("at the end").isEqualTo(-1);
        assertThat(Files.size(path)).isEqualTo(30);
        assertThat(file.isOpen()).isFalse();
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
        for (int i = 0; i < 50; i++) {
            Request<FileHandle> late = dispatcher.open(path, Set.of(), ignoring());
            if (i % 2 == 0) {
                dispatcher.flush();
            }
            dispatcher.cancelAll();
            assertThat(late.isPending()).isFalse();
        }
        dispatcher.close();

        assertThat(descriptorsOfTheFile()).isZero();
    }

    private long descriptorsOfTheFile() throws IOException {
        Path table = Path.of("/proc/self/fd");
        assumeTrue(Files.isDirectory(table), "this system does not list a process's descriptors");
        try (Stream<Path> descriptors = Files.list(table)) {
            return descriptors.filter(each -> path.equals(target(each))).count();
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException closedMeanwhile) {
            return link;
        }
    }

    private FileHandle opened(Set<OpenOption> options) throws IOException {
        Request<FileHandle> opened = dispatcher.open(path, options, ignoring());
        await(opened);
        return opened.result();
    }
}
