package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.TRUNCATE_EXISTING;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.LoopFile;
import dev.ringpark.LoopFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a file of a loop gives and takes, compared with the JDK's own view of it. */
class FileContractTest extends Contract {
    private static final int BYTES = 200_001;   // some pieces of memory that is copied, and an odd rest

    @TempDir Path folder;

    private Path file() {
        return folder.resolve("file");
    }

    private Path fileOf(int bytes) throws IOException {
        return Files.write(file(), Sequence.bytes(bytes));
    }

    private LoopFile open(Path path, OpenOption... options) throws Exception {
        return call(() -> LoopFile.open(loop, path, options)).result();
    }

    @ParameterizedTest
    @EnumSource
    void whatIsWrittenAtAPlaceIsReadThereFromEveryKindOfMemory(Memory memory) throws Exception {
        LoopFile file = open(file(), READ, WRITE, CREATE_NEW);
        byte[] seen = call(() -> writtenAndRead(file, memory)).result();

        Sequence.check(seen, BYTES, 0);
        assertThat(Files.size(file())).isEqualTo(1_000 + BYTES);
        assertThat(call(file::position).result()).isZero();
    }

    private static byte[] writtenAndRead(LoopFile file, Memory memory) throws IOException {
        try (Arenas arenas = new Arenas()) {
            ByteBuffer source = memory.buffer(arenas, BYTES);
            ByteBuffer target = memory.buffer(arenas, BYTES);
            byte[] seen = new byte[BYTES];
            int start = target.position();
            source.put(source.position(), Sequence.bytes(BYTES));
            assertThat(writeAll(file, source, 1_000)).isEqualTo(BYTES);
            assertThat(file.read(target, 1_000)).isEqualTo(BYTES);
            target.get(start, seen);
            return seen;
        }
    }

    private static long writeAll(LoopFile file, ByteBuffer source, long position) throws IOException {
        long total = 0;
        while (source.hasRemaining()) {
            total += file.write(source, position + total);
        }
        return total;
    }

    @Test
    void itsOwnPositionMovesWithWhatIsReadAndWritten() throws Exception {
        LoopFile file = open(fileOf(100), READ, WRITE);
        ByteBuffer target = ByteBuffer.allocate(30);

        assertThat(call(() -> file.read(target)).result()).isEqualTo(30);
        assertThat(call(file::position).result()).isEqualTo(30);
        assertThat(call(() -> file.write(ByteBuffer.wrap(new byte[] {7, 7}))).result()).isEqualTo(2);
        assertThat(call(file::position).result()).isEqualTo(32);
        assertThat(call(() -> file.position(98).read(target.clear())).result()).isEqualTo(2);
        assertThat(call(() -> file.read(target.clear())).result()).isEqualTo(-1);
        assertThat(Files.readAllBytes(file())[30]).isEqualTo((byte) 7);
    }

    @Test
    void aReadAtOrBeyondTheEndIsTheEnd() throws Exception {
        LoopFile file = open(fileOf(10));
        for (ByteBuffer target : List.of(ByteBuffer.allocate(5), ByteBuffer.allocateDirect(5))) {
            assertThat(call(() -> file.read(target, 10)).result()).isEqualTo(-1);
            assertThat(call(() -> file.read(target, 1L << 40)).result()).isEqualTo(-1);
            assertThat(call(() -> file.read(target, 8)).result()).isEqualTo(2);
            assertThat(target.position()).isEqualTo(2);
        }
    }

    @Test
    void whatGivesOnePageForEachReadIsTransferredToItsEnd() throws Exception {
        Path made = Path.of("/proc/kallsyms");   // as the system goes, of some megabytes
        Assumptions.assumeTrue(Files.isReadable(made), "only Linux makes up such files");
        LoopFile file = open(made);
        ByteArrayOutputStream target = new ByteArrayOutputStream();
        long count = call(() -> file.transferTo(0, 1 << 20, Channels.newChannel(target))).result();

        assertThat(count).isEqualTo(target.size()).isGreaterThan(100_000);
    }

    @Test
    void whoeverGetsLessThanHeAskedForIsNotAskedAgain() throws Exception {
        LoopFile file = open(fileOf(10));
        for (ByteBuffer target : List.of(ByteBuffer.allocate(20), ByteBuffer.allocateDirect(20))) {
            long before = loop.stats().submitted();
            assertThat(call(() -> file.read(target, 0)).result()).isEqualTo(10);
            assertThat(loop.stats().submitted() - before).isLessThanOrEqualTo(1);
        }
    }

    @Test
    void whatIsInMemoryIsReadWithoutTheQueueButNotForEver() throws Exception {
        Assumptions.assumeTrue(flavor.isOn("io_uring"), "java.nio cannot look without waiting");
        String type = Files.getFileStore(folder).type();
        Assumptions.assumeTrue(Set.of("ext4", "xfs", "btrfs", "tmpfs").contains(type), type + " may always wait");
        LoopFile file = open(fileOf(BYTES));
        long before = loop.stats().submitted();
        call(() -> {
            for (int i = 0; i < 1_000; i++) {
                for (ByteBuffer target : List.of(ByteBuffer.allocate(10), ByteBuffer.allocateDirect(10))) {
                    assertThat(file.read(target, i)).isEqualTo(10);
                    byte[] seen = new byte[10];
                    target.flip().get(seen);
                    Sequence.check(seen, 10, i);
                }
            }
            return null;
        }).result();
        assertThat(loop.stats().submitted() - before).isBetween(2_000L / 100, 2_000L / 5);
    }

    @Test
    void whoReadsFromMemoryOnAndOnLetsTheOthersRun() throws Exception {
        LoopFile file = open(fileOf(100));
        AtomicBoolean enough = new AtomicBoolean();
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(2 * Eventually.LONG_SECONDS);   // or nobody may
        Call<Integer> reader = call(() -> {
            ByteBuffer target = ByteBuffer.allocateDirect(10);
            int reads = 0;
            while (!enough.get() && System.nanoTime() - endNanos < 0) {
                reads += file.read(target.clear(), 0) / 10;
            }
            return reads;
        });
        Pair pair = pair();
        for (int i = 0; i < 100; i++) {
            assertPasses(pair);
        }
        assertThat(reader.isDone()).as("it reads on").isFalse();
        enough.set(true);
        assertThat(reader.result()).isPositive();
    }

    @Test
    void nothingIsReadIntoNoRoomAndNothingIsWrittenFromNothing() throws Exception {
        LoopFile file = open(fileOf(10), READ, WRITE);
        long before = loop.stats().submitted();

        assertThat(call(() -> file.read(ByteBuffer.allocate(0))).result()).isZero();
        assertThat(call(() -> file.write(ByteBuffer.allocate(0), 3)).result()).isZero();
        assertThat(loop.stats().submitted()).isEqualTo(before);
    }

    @Test
    void aFileMayHaveHolesBeyondFourGibibytes() throws Exception {
        LoopFile file = open(file(), READ, WRITE, CREATE);
        long place = (5L << 30) + 3;
        ByteBuffer target = ByteBuffer.allocateDirect(4);

        assertThat(call(() -> file.write(ByteBuffer.wrap(Sequence.bytes(4)), place)).result()).isEqualTo(4);
        assertThat(call(() -> file.read(target, place)).result()).isEqualTo(4);
        assertThat(target.flip()).isEqualTo(ByteBuffer.wrap(Sequence.bytes(4)));
        assertThat(call(file::size).result()).isEqualTo(place + 4);
        assertThat(call(() -> file.read(target.clear(), 1L << 32)).result()).isEqualTo(4);
        assertThat(target.flip()).isEqualTo(ByteBuffer.allocate(4));
    }

    @Test
    void whatIsAppendedGoesToTheEndWhoeverElseWrites() throws Exception {
        LoopFile file = open(fileOf(10), APPEND);
        assertThat(call(file::position).result()).isEqualTo(10);

        call(() -> file.write(ByteBuffer.wrap(new byte[] {1}))).result();
        Files.write(file(), new byte[] {2}, APPEND);
        call(() -> file.write(ByteBuffer.wrap(new byte[] {3}))).result();

        assertThat(Files.readAllBytes(file())).endsWith(1, 2, 3).hasSize(13);
        assertThat(call(file::position).result()).isEqualTo(13);
    }

    @Test
    void itIsCutShorterAndNeverLonger() throws Exception {
        LoopFile file = open(fileOf(100), READ, WRITE);

        call(() -> file.position(80).truncate(60)).result();
        assertThat(Files.size(file())).isEqualTo(60);
        assertThat(call(file::position).result()).isEqualTo(60);
        call(() -> file.truncate(1_000)).result();
        assertThat(call(file::size).result()).isEqualTo(60);
    }

    @Test
    void roomIsKeptAndReadsAsZerosAndWhatWasThereStays() throws Exception {
        LoopFile file = open(fileOf(100), READ, WRITE);
        ByteBuffer target = ByteBuffer.allocate(200_000);

        assertThat(call(() -> {
            file.allocate(50, 100_000);
            file.allocate(0, 0);
            file.allocate(10, 20);
            return file.size();
        }).result()).isEqualTo(100_050);
        assertThat(call(() -> file.read(target, 0)).result()).isEqualTo(100_050);
        Sequence.check(target.array(), 100, 0);
        assertThat(target.slice(100, 100_000)).isEqualTo(ByteBuffer.allocate(100_000));
        assertThat((Long) Files.getAttribute(file(), "size")).isEqualTo(100_050);
        assertThat(call(file::position).result()).isZero();
    }

    @Test
    void anOpenFileTellsWhatItIs() throws Exception {
        LoopFile file = open(fileOf(100), READ, WRITE);
        PosixFileAttributes told = call(() -> file.attributes(PosixFileAttributes.class)).result();
        PosixFileAttributes expected = Files.readAttributes(file(), PosixFileAttributes.class);

        assertThat(told.size()).isEqualTo(100);
        assertThat(told.isRegularFile()).isTrue();
        assertThat(told.lastModifiedTime()).isEqualTo(expected.lastModifiedTime());
        assertThat(told.permissions()).isEqualTo(expected.permissions());
        assertThat(told.owner()).isEqualTo(expected.owner());
        Files.delete(file());
        assertThat(call(file::size).result()).as("of a file whose name is gone").isEqualTo(100);
    }

    @Test
    void theOptionsMeanWhatTheyMeanToTheJdk() throws Exception {
        call(() -> LoopFile.open(loop, fileOf(10), WRITE, TRUNCATE_EXISTING)).result().close();
        assertThat(Files.size(file())).isZero();

        LoopFile gone = open(folder.resolve("gone"), WRITE, CREATE, DELETE_ON_CLOSE);
        assertThat(call(() -> gone.write(ByteBuffer.allocate(3))).result()).isEqualTo(3);
        gone.close();
        assertThat(folder.resolve("gone")).doesNotExist();
    }

    @Test
    void aNewFileHasThePermissionsThatWereAsked() throws Exception {
        var owner = PosixFilePermissions.fromString("rw-r-----");
        call(() -> LoopFile.open(loop, file(), Set.of(WRITE, CREATE_NEW),
                PosixFilePermissions.asFileAttribute(owner))).result();
        call(() -> LoopFile.open(loop, folder.resolve("other"), WRITE, CREATE)).result();
        FileChannel.open(folder.resolve("jdk"), WRITE, CREATE).close();

        assertThat(Files.getPosixFilePermissions(file())).isEqualTo(owner);
        assertThat(Files.getPosixFilePermissions(folder.resolve("other")))
                .isEqualTo(Files.getPosixFilePermissions(folder.resolve("jdk")));
    }

    @Test
    void streamsReadAndWriteTheWholeOfIt() throws Exception {
        byte[] bytes = Sequence.bytes(BYTES);
        call(() -> {
            LoopFiles.write(loop, file(), Sequence.bytes(BYTES + 5));
            LoopFiles.write(loop, file(), bytes);
            return null;
        }).result();

        assertThat(Files.readAllBytes(file())).isEqualTo(bytes);
        assertThat(call(() -> LoopFiles.readAllBytes(loop, file())).result()).isEqualTo(bytes);
    }

    @Test
    void aFileThatTellsNoSizeIsReadToItsEnd() throws Exception {
        Path status = Path.of("/proc/self/status");
        Assumptions.assumeTrue(Files.exists(status), "this system has no /proc");
        String read = new String(call(() -> LoopFiles.readAllBytes(loop, status)).result(), StandardCharsets.UTF_8);

        assertThat(Files.size(status)).isZero();
        assertThat(read).startsWith("Name:").contains("\nPid:\t" + ProcessHandle.current().pid() + "\n");
    }

    @Test
    void aFileCutShorterWhileItIsReadEndsWhereItWasCut() throws Exception {
        LoopFile file = open(fileOf(BYTES), READ, WRITE);
        ByteBuffer half = ByteBuffer.allocate(BYTES / 2);
        assertThat(call(() -> file.read(half)).result()).isPositive();
        call(() -> file.truncate(10)).result();

        assertThat(call(() -> file.read(half.clear())).result()).isEqualTo(-1);
        assertThat(call(() -> file.read(half.clear(), 0)).result()).isEqualTo(10);
    }

    @Test
    void buffersAreGatheredAndScatteredInTheirOrder() throws Exception {
        LoopFile file = open(file(), READ, WRITE, CREATE);
        ByteBuffer[] sources = {ByteBuffer.wrap(Sequence.bytes(10)), ByteBuffer.allocate(0),
            ByteBuffer.allocateDirect(90).put(Sequence.bytes(10, 90)).flip()};
        ByteBuffer[] targets = {ByteBuffer.allocateDirect(60), ByteBuffer.allocate(60)};
        byte[] seen = new byte[100];

        assertThat(call(() -> file.write(sources)).result()).isEqualTo(100);
        assertThat(call(() -> file.position(0).read(targets)).result()).isEqualTo(100);
        targets[0].flip().get(seen, 0, 60);
        targets[1].flip().get(seen, 60, 40);
        Sequence.check(seen, 100, 0);
        assertThat(call(() -> file.read(new ByteBuffer[] {targets[0].clear()})).result()).isEqualTo(-1);
    }

    @Test
    void aFileGoesThroughASocketAndBack() throws Exception {
        LoopFile source = open(fileOf(BYTES));
        LoopFile target = open(folder.resolve("copy"), WRITE, CREATE);
        Pair pair = pair();
        Call<Long> copied = call(() -> target.transferFrom(pair.far(), 0, Long.MAX_VALUE));

        assertThat(call(() -> source.transferTo(0, Long.MAX_VALUE, pair.near())).result()).isEqualTo(BYTES);
        pair.near().close();
        assertThat(copied.result()).isEqualTo(BYTES);
        assertThat(Files.mismatch(file(), folder.resolve("copy"))).isEqualTo(-1);
        assertThat(call(() -> source.transferTo(BYTES - 5, 100, pair.far())).result()).isEqualTo(5);
        assertThat(call(() -> target.transferFrom(source, 2, 3)).result()).isEqualTo(3);
    }

    @Test
    void whatIsForcedIsThere() throws Exception {
        LoopFile file = open(file(), WRITE, CREATE);
        call(() -> {
            file.write(ByteBuffer.wrap(Sequence.bytes(5)));
            file.force(false);
            file.force(true);
            return null;
        }).result();
        assertThat(Files.readAllBytes(file())).isEqualTo(Sequence.bytes(5));
    }

    @Test
    void whatManyThreadsWriteAndReadAtTheOwnPositionStaysInOnePiece() throws Exception {
        LoopFile file = open(file(), READ, WRITE, CREATE);
        List<Call<Integer>> calls = new ArrayList<>();
        for (int i = 1; i <= 20; i++) {
            byte[] mine = new byte[BYTES];
            Arrays.fill(mine, (byte) i);
            calls.add(call(() -> file.write(ByteBuffer.wrap(mine))));
        }
        for (Call<Integer> each : calls) {
            assertThat(each.result()).isEqualTo(BYTES);
        }
        byte[] all = Files.readAllBytes(file());
        assertThat(all.length).isEqualTo(20 * BYTES);
        for (int from = 0; from < all.length; from += BYTES) {
            Sequence.checkAll(Arrays.copyOfRange(all, from, from + BYTES), BYTES, all[from]);
        }
        call(() -> file.position(0)).result();
        List<Call<byte[]>> reads = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            byte[] seen = new byte[BYTES];
            reads.add(call(() -> {
                file.read(ByteBuffer.wrap(seen));
                return seen;
            }));
        }
        Set<Byte> first = new HashSet<>();
        for (Call<byte[]> each : reads) {
            byte[] seen = each.result();
            assertThat(seen[BYTES - 1]).isEqualTo(seen[0]);
            first.add(seen[0]);
        }
        assertThat(first).hasSize(20);
    }

    @Test
    void manyThreadsReadAndWriteTheirOwnPlacesAtOnce() throws Exception {
        LoopFile file = open(file(), READ, WRITE, CREATE);
        List<Call<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            long place = i * 1_000L;
            calls.add(call(i % 4 == 0 ? Thread.ofPlatform()::start : loop::startVirtualThread,
                    () -> writeAndReadBack(file, place)));
        }
        for (Call<Integer> each : calls) {
            assertThat(each.result()).isEqualTo(50 * 1_000);
        }
        byte[] all = Files.readAllBytes(file());
        Sequence.check(all, all.length, 0);
    }

    private static int writeAndReadBack(LoopFile file, long place) throws IOException {
        Random random = new Random(place);
        int total = 0;
        for (int round = 0; round < 50; round++) {
            boolean direct = random.nextBoolean();
            ByteBuffer buffer = direct ? ByteBuffer.allocateDirect(1_000) : ByteBuffer.allocate(1_000);
            file.write(buffer.put(Sequence.bytes(place, 1_000)).flip(), place);
            total += file.read(buffer.clear(), place);
            byte[] seen = new byte[1_000];
            buffer.flip().get(seen);
            Sequence.check(seen, 1_000, place);
        }
        return total;
    }
}
