package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.LoopFile;
import dev.ringpark.LoopFiles;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.channels.NonReadableChannelException;
import java.nio.channels.NonWritableChannelException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the calls of a file end that do not end well. */
class FileErrorsContractTest extends Contract {
    private static final Path FULL = Path.of("/dev/full");
    private static final Path OWN_MEMORY = Path.of("/proc/self/mem");
    private static final int PAGE = 4096;
    private static final int MORE_THAN_A_PIPE_HOLDS = 3 * 64 * 1024;

    @TempDir Path folder;

    private MemorySegment shownMemory = MemorySegment.NULL;   // for as long as a test takes

    private Path file() throws IOException {
        Path file = folder.resolve("file");
        return Files.exists(file) ? file : Files.write(file, Sequence.bytes(100));
    }

    private LoopFile open(Path path, OpenOption... options) throws Exception {
        return call(() -> LoopFile.open(loop, path, options)).result();
    }

    private AbstractThrowableAssert<?, ?> assertOpening(Path path, OpenOption... options) throws Exception {
        return Assertions.assertThat(failureOf(() -> LoopFile.open(loop, path, options)));
    }

    private AbstractThrowableAssert<?, ?> assertCalling(Callable<?> body) throws Exception {
        return Assertions.assertThat(failureOf(body));
    }

    // ---- opening ----

    @Test
    void whatCannotBeOpenedSaysWhy() throws Exception {
        Path missing = folder.resolve("missing");
        assertOpening(missing).isExactlyInstanceOf(NoSuchFileException.class).hasMessage(missing.toString());
        assertOpening(file(), WRITE, CREATE_NEW).isExactlyInstanceOf(FileAlreadyExistsException.class)
                .hasMessage(file().toString());
        assertOpening(folder, WRITE).isExactlyInstanceOf(FileSystemException.class)
                .hasMessage(folder + ": Is a directory");
        assertOpening(file().resolve("below")).isExactlyInstanceOf(FileSystemException.class)
                .hasMessage(file() + "/below: Not a directory");
        Path long256 = folder.resolve("x".repeat(256));
        assertOpening(long256).isExactlyInstanceOf(FileSystemException.class)
                .hasMessage(long256 + ": File name too long");
    }

    @Test
    void noPathHasANul() throws Exception {
        assertCalling(() -> LoopFile.open(loop, folder.resolve("a\0b")))
                .isExactlyInstanceOf(InvalidPathException.class).hasMessageStartingWith("Nul character not allowed");
    }

    @Test
    void aLinkThatIsNotToBeFollowedIsRefused() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file());
        open(link).close();
        assertOpening(link, READ, LinkOption.NOFOLLOW_LINKS).isInstanceOf(FileSystemException.class)
                .hasMessageStartingWith(link + ": Too many levels of symbolic links");
    }

    @Test
    void aLinkIsNotFollowedToAFileThatIsDeletedOnClose() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("link"), file());
        Throwable theirs = Assertions.catchThrowable(() -> FileChannel.open(link, WRITE, DELETE_ON_CLOSE));
        assertThat(theirs).isInstanceOf(IOException.class).hasMessageStartingWith("Too many levels of symbolic links");
        assertOpening(link, WRITE, DELETE_ON_CLOSE).isExactlyInstanceOf(FileSystemException.class)
                .hasMessageStartingWith(link + ": Too many levels of symbolic links");
        assertThat(link).isSymbolicLink();
        assertThat(file()).hasSize(100);
    }

    @Test
    void optionsThatContradictEachOtherAreRefused() throws Exception {
        assertOpening(file(), READ, APPEND).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("READ + APPEND not allowed");
        assertOpening(file(), APPEND, TRUNCATE_EXISTING).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("APPEND + TRUNCATE_EXISTING not allowed");
        OpenOption unknown = new OpenOption() {
            @Override
            public String toString() {
                return "BACKWARDS";
            }
        };
        assertOpening(file(), unknown).isExactlyInstanceOf(UnsupportedOperationException.class)
                .hasMessage("BACKWARDS not supported");
        assertThat(Files.size(file())).isEqualTo(100);
    }

    @Test
    void attributesAndFileSystemsThatNobodyKnowsAreRefused() throws Exception {
        FileAttribute<String> colour = new FileAttribute<>() {
            @Override
            public String name() {
                return "user:colour";
            }

            @Override
            public String value() {
                return "blue";
            }
        };
        assertCalling(() -> LoopFile.open(loop, file(), Set.of(READ), colour))
                .isExactlyInstanceOf(UnsupportedOperationException.class).hasMessageContaining("user:colour");
        Path zip = folder.resolve("a.zip");
        try (var other = FileSystems.newFileSystem(zip, Map.of("create", "true"))) {
            assertOpening(other.getPath("/x")).isExactlyInstanceOf(ProviderMismatchException.class);
        }
    }

    @Test
    void aClosedLoopOpensNothing() throws Exception {
        var another = anotherLoop();
        another.close();
        assertCalling(() -> LoopFile.open(another, file())).isExactlyInstanceOf(IllegalStateException.class);
        assertCalling(() -> LoopFile.open(null, file())).isExactlyInstanceOf(NullPointerException.class);
    }

    // ---- reading and writing ----

    @Test
    void aFullDeviceIsToldAndCountsWhatItTook() throws Exception {
        Assumptions.assumeTrue(Files.exists(FULL), "this system has no /dev/full");
        LoopFile full = open(FULL, WRITE);
        for (ByteBuffer source : List.of(ByteBuffer.allocate(100_000), ByteBuffer.allocateDirect(100))) {
            assertCalling(() -> full.write(source)).isExactlyInstanceOf(FileSystemException.class)
                    .hasMessage("/dev/full: No space left on device");
            assertThat(source.position()).isZero();
        }
        assertThat(full.isOpen()).isTrue();
    }

    /** What no device can read: an address of ours at which there is nothing. */
    @Test
    void whatCannotBeReadIsToldAndCountsWhatCameBefore() throws Exception {
        Assumptions.assumeTrue(Files.isReadable(OWN_MEMORY), "this system has no /proc/self/mem");
        LoopFile memory = open(OWN_MEMORY);
        long end = endOfWhatIsMapped();
        for (ByteBuffer target : List.of(ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20))) {
            assertCalling(() -> memory.read(target)).isExactlyInstanceOf(FileSystemException.class)
                    .hasMessage("/proc/self/mem: Input/output error");
            assertThat(call(memory::position).result()).isZero();
            assertThat(target.position()).isZero();

            assertThat(call(() -> memory.read(target, end - 10)).result()).isEqualTo(10);
            assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(Sequence.bytes(PAGE - 10, 10)));
            assertCalling(() -> memory.read(target.clear(), end)).isExactlyInstanceOf(FileSystemException.class)
                    .hasMessage("/proc/self/mem: Input/output error");
        }
        assertThat(memory.isOpen()).isTrue();
    }

    /** The address behind a page that is mapped: the file it shows has been cut there since. */
    private long endOfWhatIsMapped() throws IOException {
        Path shown = folder.resolve("shown");
        try (FileChannel channel = FileChannel.open(shown, CREATE_NEW, READ, WRITE)) {
            channel.write(ByteBuffer.wrap(Sequence.bytes(PAGE)));
            shownMemory = channel.map(FileChannel.MapMode.READ_WRITE, 0, 2 * PAGE, Arena.ofAuto());
            channel.truncate(PAGE);
            return shownMemory.address() + PAGE;
        }
    }

    /** Devices without memory have nothing to store. */
    @Test
    void aForceThatTheSystemRefusesIsToldEachTime() throws Exception {
        Assumptions.assumeTrue(Files.exists(FULL), "this system has no /dev/full");
        LoopFile full = open(FULL, WRITE);
        for (boolean metaData : new boolean[] {true, false, true}) {
            assertCalling(() -> {
                full.force(metaData);
                return null;
            }).isExactlyInstanceOf(FileSystemException.class).hasMessage("/dev/full: Invalid argument");
        }
        assertThat(full.isOpen()).isTrue();
    }

    @Test
    void aPipeWhoseReaderHasGoneIsBroken() throws Exception {
        Path pipe = pipe();
        Call<LoopFile> reader = call(() -> LoopFile.open(loop, pipe));
        LoopFile writer = open(pipe, WRITE);
        reader.result().close();
        for (ByteBuffer source : List.of(ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10))) {
            assertCalling(() -> writer.write(source)).isExactlyInstanceOf(FileSystemException.class)
                    .hasMessage(pipe + ": Broken pipe");
            assertThat(source.position()).isZero();
        }
        assertThat(writer.isOpen()).isTrue();
    }

    @Test
    void aWriteThatWaitsWhenTheReaderGoesCountsWhatThePipeTook() throws Exception {
        Path pipe = pipe();
        for (ByteBuffer source : List.of(ByteBuffer.allocate(MORE_THAN_A_PIPE_HOLDS),
                ByteBuffer.allocateDirect(MORE_THAN_A_PIPE_HOLDS))) {
            Call<LoopFile> opening = call(() -> LoopFile.open(loop, pipe));
            LoopFile writer = open(pipe, WRITE);
            LoopFile reader = opening.result();
            Call<Integer> write = call(() -> writer.write(source));
            assertThat(call(() -> reader.read(ByteBuffer.allocate(1))).result()).as("the pipe has some").isOne();
            reader.close();

            assertThat(write.result()).isPositive().isLessThan(MORE_THAN_A_PIPE_HOLDS).isEqualTo(source.position());
            assertCalling(() -> writer.write(source)).isExactlyInstanceOf(FileSystemException.class)
                    .hasMessage(pipe + ": Broken pipe");
            writer.close();
        }
    }

    @Test
    void aDirectoryCannotBeRead() throws Exception {
        LoopFile directory = open(folder);
        assertCalling(() -> directory.read(ByteBuffer.allocate(1))).isInstanceOf(IOException.class)
                .hasMessageContaining("Is a directory");
    }

    @Test
    void aPipeHasNoPlaces() throws Exception {
        LoopFile pipe = open(pipe(), READ, WRITE);
        assertThat(call(() -> pipe.write(ByteBuffer.wrap(Sequence.bytes(3)))).result()).isEqualTo(3);
        for (ByteBuffer buffer : List.of(ByteBuffer.allocate(1), ByteBuffer.allocateDirect(1))) {
            for (Callable<?> placed : List.<Callable<?>>of(() -> pipe.read(buffer, 0), () -> pipe.read(buffer, 7),
                    () -> pipe.write(buffer, 0), () -> pipe.transferTo(0, 1, pipe))) {
                assertCalling(placed).isExactlyInstanceOf(FileSystemException.class)
                        .hasMessage(pipe.path() + ": Illegal seek");
            }
            assertThat(buffer.position()).isZero();
        }
        assertThat(call(() -> pipe.read(ByteBuffer.allocate(9))).result()).isEqualTo(3);
    }

    @Test
    void itIsUsedOnlyForWhatItWasOpenedFor() throws Exception {
        LoopFile reader = open(file());
        LoopFile writer = open(file(), WRITE);
        ByteBuffer buffer = ByteBuffer.allocate(1);
        assertCalling(() -> reader.write(buffer)).isExactlyInstanceOf(NonWritableChannelException.class);
        assertCalling(() -> reader.write(buffer, 0)).isExactlyInstanceOf(NonWritableChannelException.class);
        assertCalling(() -> reader.truncate(0)).isExactlyInstanceOf(NonWritableChannelException.class);
        assertCalling(() -> allocate(reader, 0, 1)).isExactlyInstanceOf(NonWritableChannelException.class);
        assertCalling(() -> writer.read(buffer)).isExactlyInstanceOf(NonReadableChannelException.class);
        assertCalling(() -> writer.transferTo(0, 0, writer)).isExactlyInstanceOf(NonReadableChannelException.class);
        assertThat(Files.size(file())).isEqualTo(100);
    }

    @Test
    void whatCannotBeWrittenIsNotTakenFromTheSource() throws Exception {
        LoopFile source = open(file());
        LoopFile reader = open(file());
        LoopFile pipe = open(pipe(), READ, WRITE);
        LoopFile closed = open(file(), WRITE);
        closed.close();
        for (long count : new long[] {0, 10}) {
            assertCalling(() -> reader.transferFrom(source, 0, count))
                    .isExactlyInstanceOf(NonWritableChannelException.class);
            assertCalling(() -> pipe.transferFrom(source, 0, count)).isExactlyInstanceOf(FileSystemException.class)
                    .hasMessageEndingWith("Illegal seek");
            assertCalling(() -> closed.transferFrom(source, 0, count))
                    .isExactlyInstanceOf(ClosedChannelException.class);
        }

        assertThat(call(source::position).result()).isZero();
    }

    @Test
    void argumentsThatMakeNoSenseAreRefused() throws Exception {
        LoopFile file = open(file(), READ, WRITE);
        ByteBuffer buffer = ByteBuffer.allocate(1);
        for (Callable<?> negative : List.<Callable<?>>of(() -> file.read(buffer, -1), () -> file.write(buffer, -1),
                () -> file.position(-1), () -> file.transferTo(-1, 1, file), () -> file.transferFrom(file, -1, 1))) {
            assertCalling(negative).isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Negative position: -1");
        }
        assertCalling(() -> file.truncate(-2)).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Negative size: -2");
        assertCalling(() -> allocate(file, -1, 1)).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Negative position: -1");
        for (long length : new long[] {-1, Long.MAX_VALUE}) {
            assertCalling(() -> allocate(file, 1, length)).isExactlyInstanceOf(IllegalArgumentException.class)
                    .hasMessage("Length out of range: " + length);
        }
        assertCalling(() -> file.transferTo(0, -3, file)).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("Negative count: -3");
        assertCalling(() -> file.read(buffer.asReadOnlyBuffer())).isExactlyInstanceOf(IllegalArgumentException.class);
        assertCalling(() -> file.read(new ByteBuffer[1], 1, 1)).isExactlyInstanceOf(IndexOutOfBoundsException.class);
        assertCalling(() -> file.read((ByteBuffer) null)).isExactlyInstanceOf(NullPointerException.class);
    }

    @Test
    void rangesOfBuffersThatAreNotThereAreRefused() throws Exception {
        LoopFile file = open(file(), READ, WRITE);
        ByteBuffer[] buffers = {ByteBuffer.allocate(1), ByteBuffer.allocate(1)};
        for (int[] range : new int[][] {{-1, 1}, {0, -1}, {0, 3}, {2, 1}, {1, Integer.MAX_VALUE}}) {
            for (Callable<?> call : List.<Callable<?>>of(() -> file.read(buffers, range[0], range[1]),
                    () -> file.write(buffers, range[0], range[1]))) {
                assertCalling(call).isExactlyInstanceOf(IndexOutOfBoundsException.class);
            }
        }
        assertThat(call(() -> file.read(buffers, 2, 0)).result()).isZero();
        assertThat(call(file::position).result()).isZero();
    }

    @Test
    void rangesThatOverlapAreEachTakenWhole() throws Exception {
        LoopFile file = open(file(), READ, WRITE);
        assertThat(call(() -> file.position(5).transferFrom(file, 0, 10)).result()).isEqualTo(10);
        byte[] moved = Files.readAllBytes(file());
        Sequence.check(moved, 10, 5);
        assertThat(moved).hasSize(100);
        ByteBuffer twice = ByteBuffer.allocate(10);
        assertThat(call(() -> file.position(0).read(new ByteBuffer[] {twice, twice})).result()).isEqualTo(10);
        Sequence.check(twice.array(), 10, 5);
    }

    private static Object allocate(LoopFile file, long position, long length) throws IOException {
        file.allocate(position, length);
        return file;
    }

    // ---- closing ----

    @Test
    void afterItsCloseEveryCallIsRefused() throws Exception {
        LoopFile file = open(file(), READ, WRITE);
        file.close();
        file.close();
        ByteBuffer buffer = ByteBuffer.allocate(1);
        for (Callable<?> call : List.<Callable<?>>of(() -> file.read(buffer), () -> file.write(buffer, 0), file::size,
                () -> file.attributes(BasicFileAttributes.class), () -> allocate(file, 0, 1), file::position,
                () -> file.position(0), () -> file.truncate(0), () -> file.transferTo(0, 1, file))) {
            assertCalling(call).isExactlyInstanceOf(ClosedChannelException.class);
        }
        assertCalling(() -> {
            file.force(true);
            return null;
        }).isExactlyInstanceOf(ClosedChannelException.class);
        assertThat(file.isOpen()).isFalse();
        assertThat(file.toString()).contains("closed").contains(file().toString());
    }

    @Test
    void aCloseEndsTheReadsThatWait() throws Exception {
        LoopFile pipe = open(pipe(), READ, WRITE);
        Call<Integer> direct = parked(() -> pipe.read(ByteBuffer.allocateDirect(10)));
        Call<Integer> copied = parked(() -> pipe.read(ByteBuffer.allocate(10)));
        pipe.close();
        assertThat(direct.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(copied.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void theLoopsEndEndsTheReadsThatWait() throws Exception {
        LoopFile pipe = open(pipe(), READ, WRITE);
        Call<Integer> read = parked(() -> pipe.read(ByteBuffer.allocateDirect(10)));
        loop.close();
        assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(pipe.isOpen()).isFalse();
    }

    // ---- interrupts ----

    @Test
    void anInterruptEndsTheCallAndLeavesTheFileOpen() throws Exception {
        Assumptions.assumeTrue(flavor.isOn("io_uring"),
                "a thread beside the selector that reads a pipe hears no interrupt");
        LoopFile pipe = open(pipe(), READ, WRITE);
        Call<Integer> read = parked(() -> pipe.read(ByteBuffer.allocate(10)));
        read.thread().interrupt();

        assertThat(read.failure()).isExactlyInstanceOf(InterruptedIOException.class)
                .hasFieldOrPropertyWithValue("bytesTransferred", 0);
        assertThat(read.endedInterrupted()).isTrue();
        assertThat(call(() -> pipe.write(ByteBuffer.allocate(3))).result()).isEqualTo(3);
        assertThat(call(() -> pipe.read(ByteBuffer.allocate(10))).result()).isEqualTo(3);
    }

    @Test
    void anInterruptedThreadReadsNothingAndTheFileStaysOpen() throws Exception {
        LoopFile file = open(file(), READ, WRITE);
        Call<Integer> read = call(() -> {
            Thread.currentThread().interrupt();
            return file.read(ByteBuffer.allocate(10), 0);
        });
        assertThat(read.failure()).isExactlyInstanceOf(InterruptedIOException.class);
        assertThat(read.endedInterrupted()).isTrue();
        assertThat(call(() -> file.read(ByteBuffer.allocate(10), 0)).result()).isEqualTo(10);
    }

    @Test
    void anInterruptedThreadMayMoveAndNotAskTheDiskAndTheFileStaysOpen() throws Exception {
        LoopFile file = open(file(), READ, WRITE);
        Call<Long> moved = call(() -> {
            Thread.currentThread().interrupt();
            return file.position(5).position();
        });
        assertThat(moved.result()).isEqualTo(5);
        assertThat(moved.endedInterrupted()).isTrue();
        for (Callable<?> asking : List.<Callable<?>>of(file::size, () -> file.truncate(3),
                () -> file.attributes(BasicFileAttributes.class))) {
            Call<Object> asked = call(() -> {
                Thread.currentThread().interrupt();
                return asking.call();
            });
            assertThat(asked.failure()).isExactlyInstanceOf(InterruptedIOException.class);
        }
        assertThat(call(file::size).result()).isEqualTo(100);
        assertThat(call(() -> file.read(ByteBuffer.allocate(10))).result()).isEqualTo(10);
    }

    @Test
    void aCloseEndsTheReadThatAnInterruptCouldNot() throws Exception {
        LoopFile pipe = open(pipe(), READ, WRITE);
        Call<Integer> read = parked(() -> pipe.read(ByteBuffer.allocateDirect(10)));
        read.thread().interrupt();
        // On io_uring it ends; elsewhere it asks, and waits on.
        Eventually.until(() -> read.isDone() || !read.thread().isInterrupted(), "heard of its interrupt");
        Eventually.until(() -> read.isDone() || LoopRig.isWaiting(read.thread()), "asked");
        pipe.close();
        assertThat(read.failure()).isExactlyInstanceOf(InterruptedIOException.class);
    }

    @Test
    void anOpenThatWaitsIsGivenUpAndLeavesNothing() throws Exception {
        Path pipe = pipe();
        OpenDescriptors before = new OpenDescriptors();
        Call<LoopFile> opening = parked(() -> LoopFile.open(loop, pipe));   // until somebody opens the other end
        opening.thread().interrupt();

        assertThat(opening.failure()).isExactlyInstanceOf(InterruptedIOException.class);
        assertThat(before.more()).as("before the collector or the loop's end closes what is left").isEmpty();
        try (LoopFile writer = open(pipe, READ, WRITE)) {   // lets a thread go that opens it yet
            assertThat(writer.isOpen()).isTrue();
        }
        before.assertNoMore();
    }

    @Test
    void whoWaitsForHisTurnIsInterruptedAndTheFileStaysOpen() throws Exception {
        LoopFile pipe = open(pipe(), READ, WRITE);
        Call<Integer> reader = parked(() -> pipe.read(ByteBuffer.allocateDirect(10)));
        Call<Integer> next = parked(() -> pipe.read(ByteBuffer.allocateDirect(10)));
        next.thread().interrupt();
        assertThat(next.failure()).isExactlyInstanceOf(InterruptedIOException.class);
        assertThat(reader.isDone()).isFalse();
        assertThat(pipe.isOpen()).isTrue();
    }

    @Test
    void aStreamReadsAPipeToItsEnd() throws Exception {
        Path pipe = pipe();
        Call<byte[]> all = call(() -> {
            try (var in = LoopFile.open(loop, pipe).in()) {
                return in.readAllBytes();
            }
        });
        Call<Integer> some = call(Thread.ofPlatform()::start, () -> {
            try (var out = Files.newOutputStream(pipe)) {
                out.write(Sequence.bytes(100_000));
            }
            return 0;
        });
        assertThat(some.result()).isZero();
        assertThat(all.result()).isEqualTo(Sequence.bytes(100_000));

        Call<byte[]> whole = call(() -> LoopFiles.readAllBytes(loop, pipe));
        call(() -> LoopFiles.write(loop, pipe, Sequence.bytes(70_000), WRITE)).result();
        assertThat(whole.result()).isEqualTo(Sequence.bytes(70_000));
    }

    @Test
    void aWriterWhoComesAndGoesWhileAPipeIsOpenedWasThere() throws Exception {
        Path pipe = pipe();
        for (int round = 0; round < 20; round++) {
            int bytes = round % 3;   // perhaps none
            Call<Integer> read = call(() -> {
                try (LoopFile reader = LoopFile.open(loop, pipe)) {
                    return reader.read(ByteBuffer.allocate(10));
                }
            });
            Files.write(pipe, new byte[bytes], WRITE);   // begins when the reader does, and is over in no time
            assertThat(read.result()).isEqualTo(bytes == 0 ? -1 : bytes);
        }
    }

    /** A pipe with a name. */
    private Path pipe() throws Exception {
        return Tool.makePipe(folder.resolve("pipe"));
    }
}
