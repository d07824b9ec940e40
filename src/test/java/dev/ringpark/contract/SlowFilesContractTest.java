package dev.ringpark.contract;

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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Hundreds of files that let one wait: they take as many threads as they may, and hold up nobody else. */
class SlowFilesContractTest extends Contract {
    private static final int FILE_THREADS = 3;
    private static final int SLOW = 500;
    private static final int PIPES = 50;
    private static final String SLOW_LOOP = Flavor.LOOP_NAME + "-slow";
    private static final Path TASKS = Path.of("/proc/self/task");

    @TempDir Path folder;

    private final Set<Thread> earlier = Thread.getAllStackTraces().keySet();

    @Test
    void fiveHundredOpensThatWaitTakeTheThreadsTheyMayAndSocketsGoOn() throws Exception {
        CarrierLoop slow = closeLater(flavor.start(flavor.options().withName(SLOW_LOOP)
                .withFileThreads(FILE_THREADS)));
        Path pipe = pipe("pipe");
        LoopFile open = call(slow::startVirtualThread, () -> LoopFile.open(slow, file())).result();
        List<Call<LoopFile>> opens = new ArrayList<>();
        for (int i = 0; i < SLOW; i++) {
            opens.add(call(slow::startVirtualThread, () -> LoopFile.open(slow, pipe)));
        }
        Eventually.until(() -> slow.stats().submitted() - slow.stats().completed() >= SLOW, "asked for all");
        Pair pair = Pair.on(slow);
        int most = 0;
        for (int round = 0; round < 200; round++) {
            assertPassesOn(slow, pair);
            most = Math.max(most, threads(SLOW_LOOP + "-loop"));
        }
        assertThat(most).as("threads for files").isBetween(1, FILE_THREADS);
        if (flavor.isOn("io_uring")) {
            assertThat(call(slow::startVirtualThread, () -> open.read(ByteBuffer.allocate(10), 0)).result())
                    .as("what is in memory needs no thread").isEqualTo(10);
        }
        for (Call<LoopFile> each : opens) {
            each.thread().interrupt();
        }
        for (Call<LoopFile> each : opens) {
            assertThat(each.failure()).isExactlyInstanceOf(InterruptedIOException.class);
        }
        FileChannel.open(pipe, READ, WRITE).close();   // lets threads go that open it yet
        assertThat(call(slow::startVirtualThread, () -> LoopFiles.readAllBytes(slow, file())).result())
                .isEqualTo(Sequence.bytes(100));
    }

    private void assertPassesOn(CarrierLoop slow, Pair pair) throws Exception {
        call(slow::startVirtualThread, () -> pair.far().write(Sequence.bytes(7), 0, 7)).result();
        assertThat(call(slow::startVirtualThread, () -> Flow.read(pair.near(), 7, 7)).result()).isEqualTo(7);
    }

    @Test
    void readsOfPipesWaitWithoutAThread() throws Exception {
        Assumptions.assumeTrue(flavor.isOn("io_uring"), "beside the selector every read of a file takes a thread");
        List<LoopFile> pipes = new ArrayList<>();
        for (int i = 0; i < PIPES; i++) {
            Path pipe = pipe("pipe" + i);
            pipes.add(call(() -> LoopFile.open(loop, pipe, READ, WRITE)).result());
        }
        int before = threads(Flavor.LOOP_NAME + "-loop");
        List<Call<Integer>> reads = new ArrayList<>();
        for (LoopFile pipe : pipes) {
            reads.add(parked(() -> pipe.read(ByteBuffer.allocateDirect(10))));
        }
        for (int round = 0; round < 20; round++) {
            assertPasses(pair());
        }
        assertThat(threads(Flavor.LOOP_NAME + "-loop")).isLessThanOrEqualTo(before);
        for (int i = 0; i < PIPES; i++) {
            LoopFile pipe = pipes.get(i);
            assertThat(call(() -> pipe.write(ByteBuffer.allocate(3))).result()).isEqualTo(3);
            assertThat(reads.get(i).result()).isEqualTo(3);
        }
    }

    @Test
    void opensThatWereGivenUpHoldUpNobody() throws Exception {
        CarrierLoop slow = closeLater(flavor.start(flavor.options().withFileThreads(FILE_THREADS)));
        Path pipe = pipe("pipe");
        LoopFile open = call(slow::startVirtualThread, () -> LoopFile.open(slow, file())).result();
        List<Call<LoopFile>> opens = new ArrayList<>();
        for (int i = 0; i < FILE_THREADS; i++) {
            opens.add(call(slow::startVirtualThread, () -> LoopFile.open(slow, pipe)));
        }
        Eventually.until(() -> slow.stats().submitted() - slow.stats().completed() >= FILE_THREADS, "asked for all");
        for (Call<LoopFile> each : opens) {
            each.thread().interrupt();
            assertThat(each.failure()).isExactlyInstanceOf(InterruptedIOException.class);
        }
        assertThat(call(slow::startVirtualThread, () -> LoopFiles.readAllBytes(slow, file())).result())
                .isEqualTo(Sequence.bytes(100));
        assertCloses(slow, open);
        slow.close();
        FileChannel.open(pipe, READ, WRITE).close();   // lets threads go that open it yet
    }

    /** More than there are threads for them: the others wait in line. */
    @Test
    void readsOfPipesThatWaitHoldUpNoSocket() throws Exception {
        CarrierLoop slow = closeLater(flavor.start(flavor.options().withFileThreads(FILE_THREADS)));
        List<LoopFile> pipes = new ArrayList<>();
        for (int i = 0; i < PIPES; i++) {
            Path path = pipe("pipe" + i);
            pipes.add(call(slow::startVirtualThread, () -> LoopFile.open(slow, path, READ, WRITE)).result());
        }
        List<Call<Integer>> reads = new ArrayList<>();
        for (LoopFile pipe : pipes) {
            reads.add(call(slow::startVirtualThread, () -> pipe.read(ByteBuffer.allocate(10))));
        }
        Eventually.until(() -> slow.stats().submitted() - slow.stats().completed() >= PIPES, "asked for all");
        Pair pair = Pair.on(slow);
        for (int round = 0; round < 200; round++) {
            assertPassesOn(slow, pair);
        }
        assertThat(reads).noneMatch(Call::isDone);
        slow.close();
        for (Call<Integer> each : reads) {
            assertThat(each.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    void readsOfPipesThatWaitHoldUpNoClose() throws Exception {
        CarrierLoop slow = closeLater(flavor.start(flavor.options().withFileThreads(FILE_THREADS)));
        LoopFile open = call(slow::startVirtualThread, () -> LoopFile.open(slow, file())).result();
        List<LoopFile> pipes = new ArrayList<>();
        for (int i = 0; i < FILE_THREADS; i++) {
            Path path = pipe("pipe" + i);
            pipes.add(call(slow::startVirtualThread, () -> LoopFile.open(slow, path, READ, WRITE)).result());
        }
        List<Call<Integer>> reads = new ArrayList<>();
        for (LoopFile pipe : pipes) {
            reads.add(call(slow::startVirtualThread, () -> pipe.read(ByteBuffer.allocateDirect(10))));
        }
        Eventually.until(() -> slow.stats().submitted() - slow.stats().completed() >= FILE_THREADS, "asked for all");
        assertCloses(slow, open);
        slow.close();
        for (Call<Integer> each : reads) {
            assertThat(each.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    private void assertCloses(CarrierLoop slow, LoopFile file) throws Exception {
        call(slow::startVirtualThread, () -> {
            file.close();
            return null;
        }).result();
        assertThat(file.isOpen()).isFalse();
    }

    private Path file() throws IOException {
        Path file = folder.resolve("file");
        return Files.exists(file) ? file : Files.write(file, Sequence.bytes(100));
    }

    private Path pipe(String name) throws Exception {
        return Tool.makePipe(folder.resolve(name));
    }

    /** How many threads work on files of a loop: the kernel's for its thread, or those beside the selector. */
    private int threads(String loopThread) throws IOException {
        if (!flavor.isOn("io_uring")) {
            return (int) Thread.getAllStackTraces().keySet().stream()
                    .filter(thread -> thread.getName().startsWith("ringpark-files-") && !earlier.contains(thread))
                    .count();
        }
        Assumptions.assumeTrue(Files.isDirectory(TASKS), "this system does not tell threads");
        Map<String, Long> names = new HashMap<>();
        String id = "";
        try (Stream<Path> tasks = Files.list(TASKS)) {
            for (Path task : tasks.toList()) {
                String name = name(task);
                names.merge(name, 1L, Long::sum);
                id = isLoop(name, loopThread) ? task.getFileName().toString() : id;
            }
        }
        return names.getOrDefault("iou-wrk-" + id, 0L).intValue();   // the kernel names them by its thread
    }

    /** The kernel keeps 15 letters. */
    private static boolean isLoop(String name, String loopThread) {
        return name.equals(loopThread.substring(0, Math.min(15, loopThread.length())));
    }

    private static String name(Path task) {
        try {
            return Files.readString(task.resolve("comm")).strip();
        } catch (IOException endedMeanwhile) {
            return "";
        }
    }
}
