package dev.ringpark.dispatch;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.OtherFileSystem;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How operations of files end that do not end well. */
class DispatcherFileErrorsTest extends DispatcherFileContract {
    private static final Path FULL = Path.of("/dev/full");

    // ---- opening ----

    @Test
    void anOpenThatWaitsIsCancelledAndLeavesNothing() throws Exception {
        makePipe();
        Request<FileHandle> opening = opening();
        dispatcher.cancel(opening);
        await(opening);
        assertThat(opening.failure()).isInstanceOf(OperationCanceledException.class);
        assertLeavesNothing();
    }

    @Test
    void anOpenThatWaitsEndsWithAllOthersAndLeavesNothing() throws Exception {
        makePipe();
        Request<FileHandle> opening = opening();
        dispatcher.cancelAll();
        assertThat(opening.isPending()).isFalse();
        assertLeavesNothing();
    }

    @Test
    void anOpenThatWaitsEndsWithTheDispatcherAndLeavesNothing() throws Exception {
        makePipe();
        Request<FileHandle> opening = opening();
        assertLeavesNothing();
        assertThat(opening.isPending()).isFalse();
    }

    @Test
    void anOpenThatWaitsOrWasCancelledHoldsUpNobody() throws Exception {
        reopen(DispatcherOptions.defaults().withFileThreads(1));
        makePipe();
        Path other = Files.createFile(folder.resolve("other"));
        FileHandle file = opened(other, Set.of(READ));
        Request<FileHandle> opening = opening();
        dispatcher.cancel(opening);
        await(opening);
        FileHandle second = opened(other, Set.of(READ));
        Request<FileHandle> waiting = opening();
        await(dispatcher.close(second, ignoring()));
        dispatcher.close();

        assertThat(waiting.isPending()).isFalse();
        assertThat(file.isOpen()).isFalse();
        if (!backend.equals("io_uring")) {
            FileChannel.open(path, READ, WRITE).close();   // lets threads go that open it yet
        }
    }

    /** An open of a pipe that waits for a writer: in the kernel with a descriptor, which the wait may yet replace. */
    private Request<FileHandle> opening() throws IOException {
        Request<FileHandle> opening = dispatcher.open(path, Set.of(READ), ignoring());
        if (backend.equals("io_uring")) {
            dispatcher.runUntil(() -> descriptorsOfTheFile() == 1);
        } else {
            dispatcher.flush();
        }
        assertThat(opening.isPending()).isTrue();
        return opening;
    }

    private void assertLeavesNothing() throws IOException {
        dispatcher.close();
        if (backend.equals("io_uring")) {
            assertThat(descriptorsOfTheFile()).isZero();
        } else {
            FileChannel.open(path, READ, WRITE).close();   // lets a thread go that opens it yet
        }
    }

    @Test
    void whatCannotBeOpenedSaysWhy() throws IOException {
        Files.createFile(path);
        Path below = path.resolve("below");
        Path long256 = folder.resolve("x".repeat(256));
        Request<FileHandle> directory = dispatcher.open(folder, Set.of(WRITE), ignoring());
        Request<FileHandle> belowFile = dispatcher.open(below, Set.of(READ), ignoring());
        Request<FileHandle> tooLong = dispatcher.open(long256, Set.of(READ), ignoring());
        Request<BasicFileAttributes> statOfIt = dispatcher.stat(long256, ignoring());
        await(directory, belowFile, tooLong, statOfIt);

        assertFails(directory, folder + ": Is a directory");
        assertFails(belowFile, below + ": Not a directory");
        assertFails(tooLong, long256 + ": File name too long");
        assertFails(statOfIt, long256 + ": File name too long");
        assertThatThrownBy(() -> dispatcher.open(Path.of("a\0b"), Set.of(READ), ignoring()))
                .as("no path has a NUL").isInstanceOf(InvalidPathException.class);
    }

    private static void assertFails(Request<?> request, String message) {
        assertThat(request.failure()).isExactlyInstanceOf(FileSystemException.class).hasMessage(message);
    }

    // ---- names ----

    @Test
    void whatCannotBeDoneWithANameSaysWhyAsTheJdkDoes() throws IOException {
        Files.createFile(path);
        Request<Path> full = dispatcher.remove(folder, true, ignoring());
        Request<Path> noDirectory = dispatcher.remove(path, true, ignoring());
        Request<Path> aDirectory = dispatcher.remove(folder, false, ignoring());
        Request<BasicFileAttributes> below = dispatcher.stat(path.resolve("below"), ignoring());
        await(full, noDirectory, aDirectory, below);

        assertThat(full.failure()).isExactlyInstanceOf(DirectoryNotEmptyException.class)
                .hasMessage(folder.toString());
        assertFails(noDirectory, path + ": Not a directory");
        assertFails(aDirectory, folder + ": Is a directory");
        assertThat(below.failure()).isExactlyInstanceOf(NoSuchFileException.class).hasMessage(path + "/below");
    }

    @Test
    void aNameIsNotMovedToAnotherFileSystem() throws IOException {
        assumeTrue(OtherFileSystem.isThere(folder), "there is no other file system");
        Files.createFile(path);
        Path target = OtherFileSystem.path();
        try {
            Request<Path> moved = dispatcher.rename(path, target, ignoring());
            await(moved);
            assertThat(moved.failure()).isExactlyInstanceOf(AtomicMoveNotSupportedException.class)
                    .hasMessage(path + " -> " + target + ": Invalid cross-device link");
            assertThat(path).exists();
        } finally {
            Files.deleteIfExists(target);
        }
    }

    // ---- reading and writing ----

    @Test
    void aDirectoryIsOpenedAndNotRead() throws IOException {
        FileHandle directory = opened(folder, Set.of(READ));
        Request<ByteBuffer> placed = dispatcher.read(directory, ByteBuffer.allocate(1), 0, ignoring());
        Request<ByteBuffer> inOrder = dispatcher.read(directory, ByteBuffer.allocateDirect(1), ignoring());
        await(placed, inOrder);

        assertFails(placed, folder + ": Is a directory");
        assertFails(inOrder, folder + ": Is a directory");
    }

    @Test
    void aFullDeviceIsToldAndTakesNothing() throws IOException {
        assumeTrue(Files.exists(FULL), "this system has no /dev/full");
        FileHandle full = opened(FULL, Set.of(WRITE));
        for (ByteBuffer source : List.of(ByteBuffer.allocate(100_000), ByteBuffer.allocateDirect(100))) {
            Request<ByteBuffer> inOrder = dispatcher.write(full, source, ignoring());
            await(inOrder);
            Request<ByteBuffer> placed = dispatcher.write(full, source, 0, ignoring());
            await(placed);
            assertFails(inOrder, "/dev/full: No space left on device");
            assertFails(placed, "/dev/full: No space left on device");
            assertThat(source.position()).isZero();
        }
        Request<ByteBuffer[]> gathered = dispatcher.write(full, new ByteBuffer[] {bytes(1), bytes(2)}, 0, ignoring());
        await(gathered);
        assertFails(gathered, "/dev/full: No space left on device");
        assertThat(full.isOpen()).isTrue();
    }

    @Test
    void whatCannotBeReadIsToldAndTheFileStaysOpen() throws IOException {
        Path ownMemory = Path.of("/proc/self/mem");
        assumeTrue(Files.isReadable(ownMemory), "this system has no /proc/self/mem");
        FileHandle memory = opened(ownMemory, Set.of(READ));
        for (ByteBuffer target : List.of(ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20))) {
            Request<ByteBuffer> inOrder = dispatcher.read(memory, target, ignoring());
            await(inOrder);
            Request<ByteBuffer> placed = dispatcher.read(memory, target, 0, ignoring());   // there is nothing of ours
            await(placed);
            assertFails(inOrder, "/proc/self/mem: Input/output error");
            assertFails(placed, "/proc/self/mem: Input/output error");
            assertThat(target.position()).isZero();
            assertThat(memory.position()).isZero();
        }
        assertThat(memory.isOpen()).isTrue();
    }

    /** Devices without memory have nothing to store. */
    @Test
    void aSyncThatTheSystemRefusesIsToldEachTime() throws IOException {
        assumeTrue(Files.exists(FULL), "this system has no /dev/full");
        FileHandle full = opened(FULL, Set.of(WRITE));
        for (boolean metaData : new boolean[] {true, false, true}) {
            Request<FileHandle> sync = dispatcher.sync(full, metaData, ignoring());
            await(sync);
            assertFails(sync, "/dev/full: Invalid argument");
        }
        assertThat(full.isOpen()).isTrue();
    }

    @Test
    void aPipeWhoseReaderHasGoneIsBroken() throws Exception {
        makePipe();
        Request<FileHandle> reader = dispatcher.open(path, Set.of(READ), ignoring());
        FileHandle writer = opened(Set.of(WRITE));
        await(reader);
        await(dispatcher.close(reader.result(), ignoring()));
        for (ByteBuffer source : List.of(ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10))) {
            Request<ByteBuffer> written = dispatcher.write(writer, source, ignoring());
            await(written);
            assertFails(written, path + ": Broken pipe");
            assertThat(source.position()).isZero();
        }
        assertThat(writer.isOpen()).isTrue();
    }

    @Test
    void aPipeHasNoPlaces() throws Exception {
        makePipe();
        FileHandle pipe = opened(Set.of(READ, WRITE));
        await(dispatcher.write(pipe, bytes(1, 2, 3), ignoring()));
        for (ByteBuffer buffer : List.of(ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1))) {
            Request<ByteBuffer> read = dispatcher.read(pipe, buffer, 0, ignoring());
            Request<ByteBuffer> beyond = dispatcher.read(pipe, buffer.duplicate(), 7, ignoring());
            Request<ByteBuffer> written = dispatcher.write(pipe, buffer.duplicate(), 0, ignoring());
            Request<ByteBuffer[]> scattered = dispatcher.read(pipe, new ByteBuffer[] {buffer}, 0, ignoring());
            await(read, beyond, written, scattered);
            for (Request<?> each : List.of(read, beyond, written, scattered)) {
                assertFails(each, path + ": Illegal seek");
            }
            assertThat(buffer.position()).isZero();
        }
        ByteBuffer all = ByteBuffer.allocate(9);
        await(dispatcher.read(pipe, all, ignoring()));

        assertHolds(all, 1, 2, 3);
    }

    @Test
    void rangesThatMakeNoSenseAreRefused() throws IOException {
        Files.write(path, new byte[10]);
        FileHandle file = opened(Set.of(READ, WRITE));
        assertThatThrownBy(() -> dispatcher.allocate(file, Long.MAX_VALUE, 1, ignoring()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a file cannot have 1 bytes from position " + Long.MAX_VALUE + " on");
        assertThatThrownBy(() -> dispatcher.allocate(file, 1, Long.MAX_VALUE, ignoring()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> dispatcher.allocate(file, -1, 1, ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("position is -1; it must not be negative");
        assertThatThrownBy(() -> dispatcher.read(file, new ByteBuffer[] {bytes(1)}, -1, ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("position is -1; it must not be negative");
        assertThatThrownBy(() -> dispatcher.write(file, bytes(1), -1, ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("position is -1; it must not be negative");
        assertThatThrownBy(() -> dispatcher.read(file, bytes(1).asReadOnlyBuffer(), 0, ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessage("Read-only buffer");

        assertThat(Files.size(path)).isEqualTo(10);
    }

    @Test
    void rangesThatOverlapAreEachWrittenWhole() throws IOException {
        Files.createFile(path);
        FileHandle file = opened(Set.of(READ, WRITE));
        Request<ByteBuffer> one = dispatcher.write(file, bytes(1, 1, 1), 0, ignoring());
        Request<ByteBuffer> two = dispatcher.write(file, bytes(2, 2, 2), 1, ignoring());
        await(one, two);
        ByteBuffer whole = ByteBuffer.allocate(9);
        ByteBuffer part = whole.duplicate().position(5);   // of the same memory
        Request<ByteBuffer> readWhole = dispatcher.read(file, whole.limit(5), 0, ignoring());
        Request<ByteBuffer> readPart = dispatcher.read(file, part, 2, ignoring());
        await(readWhole, readPart);

        assertThat(one.count()).isEqualTo(3);
        assertThat(two.count()).isEqualTo(3);
        assertThat(readWhole.count()).isEqualTo(4);
        assertThat(whole.get(0)).isEqualTo((byte) 1);
        assertThat(whole.get(1)).isEqualTo(whole.get(2)).isIn((byte) 1, (byte) 2);
        assertThat(whole.get(3)).isEqualTo((byte) 2);
        assertThat(readPart.count()).isEqualTo(2);
    }
}
