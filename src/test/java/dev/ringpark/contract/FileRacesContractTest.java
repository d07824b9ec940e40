package dev.ringpark.contract;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.CREATE_NEW;
import static java.nio.file.StandardOpenOption.DELETE_ON_CLOSE;
import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFile;
import dev.ringpark.LoopFiles;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files that change, and calls that end early, while others are under way: nobody gets a byte that is not his. */
class FileRacesContractTest extends Contract {
    private static final int FILE_BYTES = 1 << 20;
    private static final int CUTS = 300;
    private static final int READERS = 4;
    private static final int ROUNDS = 200;
    private static final int GROWTHS = 20;
    private static final int MOST_NANOS = 300_000;   // as long as an open takes, about
    private static final byte OF_PIPES = 0x55;
    private static final int PIECE = 4096;

    @TempDir Path folder;

    private final Seed seed = new Seed().tell("races of files");

    private LoopFile open(Path path, OpenOption... options) throws Exception {
        return call(() -> LoopFile.open(loop, path, options)).result();
    }

    // ---- a file that somebody else cuts and lets grow ----

    @Test
    void whatIsReadOfAFileThatIsCutMeanwhileIsWhatWasThere() throws Exception {
        Path path = Files.write(folder.resolve("file"), Sequence.bytes(FILE_BYTES));
        LoopFile file = open(path);
        LoopFile copy = open(folder.resolve("copy"), READ, WRITE, CREATE);
        ByteBuffer array = ByteBuffer.allocate(FILE_BYTES);
        ByteBuffer direct = ByteBuffer.allocateDirect(FILE_BYTES);
        ByteBuffer copied = ByteBuffer.allocate(FILE_BYTES);
        AtomicBoolean over = new AtomicBoolean();
        List<Call<Integer>> readers = List.of(
                until(over, () -> assertWasThere(array, file.read(array.clear(), 0))),
                until(over, () -> assertWasThere(direct, file.read(direct.clear(), 0))),
                until(over, () -> {
                    byte[] all = LoopFiles.readAllBytes(loop, path);
                    return assertWasThere(ByteBuffer.wrap(all).position(all.length), all.length);
                }),
                until(over, () -> {
                    copy.truncate(0);
                    int count = Math.toIntExact(file.transferTo(0, FILE_BYTES, copy.position(0)));
                    assertThat(Math.max(0, copy.read(copied.clear(), 0))).isEqualTo(count);
                    return assertWasThere(copied, count);
                }));

        cutAndGrow(path);
        over.set(true);
        for (Call<Integer> reader : readers) {
            assertThat(reader.result()).as("rounds of a reader").isPositive();
        }
        assertThat(call(() -> LoopFiles.readAllBytes(loop, path)).result()).isEqualTo(Sequence.bytes(FILE_BYTES));
    }

    /** In this thread, by means of the JDK's. */
    private void cutAndGrow(Path path) throws IOException {
        SplittableRandom random = seed.random(0);
        try (FileChannel channel = FileChannel.open(path, WRITE)) {
            for (int i = 0; i < CUTS; i++) {
                int left = random.nextInt(FILE_BYTES);
                channel.truncate(left);
                channel.write(ByteBuffer.wrap(Sequence.bytes(left, FILE_BYTES - left)), left);
            }
        }
    }

    /** Beside the loop, as what finds its bytes in memory does not leave it to others. */
    private Call<Integer> until(AtomicBoolean over, Callable<Integer> round) {
        return call(Thread.ofPlatform()::start, () -> {
            int rounds = 0;
            do {
                assertThat(round.call()).isBetween(-1, FILE_BYTES);
                rounds++;
            } while (!over.get());
            return rounds;
        });
    }

    /** The system clears the rest of a page that is cut, perhaps under a read that is copying it. */
    private static int assertWasThere(ByteBuffer target, int count) {
        assertThat(target.position()).isEqualTo(Math.max(0, count));
        for (int i = 0; i < count; i++) {
            if (target.get(i) != Sequence.at(i) && target.get(i) != 0) {
                throw new AssertionError("byte " + i + " of " + count + " is " + target.get(i));
            }
        }
        return count;
    }

    // ---- a file that grows in two ways ----

    /** Where the queue cannot allocate, zeros are written: not over what somebody else writes meanwhile. */
    @Test
    void whatIsWrittenWhileRoomIsKeptIsNotLost() throws Exception {
        for (int round = 0; round < GROWTHS; round++) {
            LoopFile file = open(folder.resolve("growth-" + round), READ, WRITE, CREATE);
            Call<Void> growth = call(() -> {
                file.allocate(0, FILE_BYTES);
                return null;
            });
            Call<Integer> writes = call(() -> {
                for (int at = 0; at < FILE_BYTES; at += PIECE) {
                    assertThat(file.write(ByteBuffer.wrap(new byte[] {Sequence.at(at)}), at)).isEqualTo(1);
                }
                return FILE_BYTES / PIECE;
            });
            assertThat(writes.result()).isPositive();
            growth.result();

            ByteBuffer all = ByteBuffer.allocate(FILE_BYTES);
            call(() -> readAll(file, all)).result();
            for (int at = 0; at < FILE_BYTES; at++) {
                if (all.get(at) != (at % PIECE == 0 ? Sequence.at(at) : 0)) {
                    throw new AssertionError("byte " + at + " in round " + round + " is " + all.get(at));
                }
            }
            call(() -> closed(file)).result();
        }
    }

    private static int readAll(LoopFile file, ByteBuffer target) throws IOException {
        while (target.hasRemaining()) {
            assertThat(file.read(target, target.position())).isPositive();
        }
        return target.position();
    }

    private static boolean closed(LoopFile file) throws IOException {
        file.close();
        return !file.isOpen();
    }

    // ---- a file that is to leave nothing ----

    @Test
    void anInterruptedOpenLeavesNoNameOfWhatIsDeletedOnClose() throws Exception {
        interruptOpens(Files.createDirectory(folder.resolve("fleeting")), Set.of(WRITE, CREATE_NEW, DELETE_ON_CLOSE));
    }

    /** There the block size is asked for between the open and the removal. */
    @Test
    void norDoesOneOfAnUnbufferedFile() throws Exception {
        try (Direct direct = Direct.require()) {
            interruptOpens(Files.createTempDirectory(direct.path().getParent(), "fleeting"),
                    direct.options(WRITE, CREATE_NEW, DELETE_ON_CLOSE));
        }
    }

    /** The loop ends while the block size is asked for, behind the open. */
    @Test
    void norDoesOneThatTheEndOfTheLoopCutsOff() throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        CarrierLoop other = closeLater(flavor.start(flavor.options().withOffload(1, 1)));
        try (Direct direct = Direct.require()) {
            Path path = direct.path().resolveSibling("fleeting-" + System.nanoTime());
            Call<Boolean> holder = call(other::startVirtualThread, () -> other.offload(() -> {
                never.await();
                return true;
            }));
            Eventually.until(() -> waitsForAnOffload(holder), "offloaded");
            Call<LoopFile> opening = call(other::startVirtualThread, () -> LoopFile.open(other, path,
                    direct.options(WRITE, CREATE_NEW, DELETE_ON_CLOSE)));
            Eventually.until(() -> waitsForAnOffload(opening), "opened, and at the block size");
            assertThat(path).exists();

            other.close();

            assertThat(opening.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(path).doesNotExist();
            assertThat(holder.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    private static boolean waitsForAnOffload(Call<?> call) {
        return call.thread().getState() == Thread.State.WAITING && Arrays.stream(call.thread().getStackTrace())
                .anyMatch(frame -> frame.getMethodName().equals("offload"));
    }

    /** A thread that is at an open when that is given up makes it yet, and undoes it: both perhaps a moment later. */
    private void interruptOpens(Path parent, Set<OpenOption> options) throws Exception {
        SplittableRandom random = seed.random(READERS + 1);
        int early = 0;
        for (int i = 0; i < ROUNDS; i++) {
            Path path = parent.resolve("file-" + i);
            Call<Boolean> opening = call(() -> opens(path, options));
            LockSupport.parkNanos(random.nextInt(MOST_NANOS));
            opening.thread().interrupt();
            early += opening.result() ? 0 : 1;
            Eventually.until(() -> !Files.exists(path), "removed what was opened in round " + i);
        }
        Eventually.until(() -> isRemoved(parent), "removed all of it");
        System.out.println(flavor + ": " + early + " of " + ROUNDS + " opens ended early");
    }

    private static boolean isRemoved(Path directory) {
        try {
            Files.delete(directory);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Whether it was opened; it is closed again. */
    private boolean opens(Path path, Set<OpenOption> options) throws IOException {
        try {
            return closed(LoopFile.open(loop, path, options));
        } catch (InterruptedIOException e) {
            return false;
        }
    }

    // ---- memory that calls leave behind ----

    /** Reads into arrays share memory of the loop's; one that ends early may have left its piece to the system. */
    @Test
    void readsThatAreInterruptedHurtNobodyElsesMemory() throws Exception {
        LoopFile file = open(Files.write(folder.resolve("file"), Sequence.bytes(FILE_BYTES)));
        AtomicBoolean over = new AtomicBoolean();
        List<Call<Integer>> readers = new ArrayList<>();
        for (int i = 1; i <= READERS; i++) {
            SplittableRandom random = seed.random(i);
            byte[] target = new byte[PIECE];
            readers.add(until(over, () -> {
                int start = random.nextInt(FILE_BYTES - PIECE);
                int count = file.read(ByteBuffer.wrap(target), start);
                Sequence.check(target, count, start);
                return count;
            }));
        }
        int early = interruptReads();
        over.set(true);
        for (Call<Integer> reader : readers) {
            assertThat(reader.result()).as("rounds of a reader").isPositive();
        }
        System.out.println(flavor + ": " + early + " of " + ROUNDS + " reads ended early");
    }

    /** Each read races an interrupt and the bytes it waits for; how many of them were interrupted. */
    private int interruptReads() throws Exception {
        Path pipe = pipe();
        LoopFile reader = open(pipe, READ, WRITE);
        LoopFile writer = open(pipe, READ, WRITE);
        byte[] bytes = new byte[PIECE];
        Arrays.fill(bytes, OF_PIPES);
        int early = 0;
        for (int i = 0; i < ROUNDS; i++) {
            Call<Integer> read = parked(() -> readOfPipes(reader));
            Call<Integer> write = call(() -> writer.write(ByteBuffer.wrap(bytes)));
            read.thread().interrupt();
            if (read.result() == 0) {
                early++;
                assertThat(call(() -> readOfPipes(reader)).result()).isEqualTo(PIECE);
            }
            assertThat(write.result()).isEqualTo(PIECE);
        }
        return early;
    }

    /** How many bytes it reads, none if it is interrupted. */
    private static int readOfPipes(LoopFile pipe) throws IOException {
        try {
            return assertOfPipes(pipe);
        } catch (InterruptedIOException e) {
            assertThat(e.bytesTransferred).isZero();
            return 0;
        }
    }

    private static int assertOfPipes(LoopFile pipe) throws IOException {
        byte[] target = new byte[PIECE];
        int count = pipe.read(ByteBuffer.wrap(target));
        for (int i = 0; i < count; i++) {
            if (target[i] != OF_PIPES) {
                throw new AssertionError("byte " + i + " of " + count + " is " + target[i]);
            }
        }
        assertThat(count).isEqualTo(PIECE);
        return count;
    }

    private Path pipe() throws Exception {
        return Tool.makePipe(folder.resolve("pipe"));
    }
}
