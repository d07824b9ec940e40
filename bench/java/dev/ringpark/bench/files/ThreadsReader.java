package dev.ringpark.bench.files;

import com.sun.management.OperatingSystemMXBean;
import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFile;
import dev.ringpark.bench.measure.FileReadings;
import dev.ringpark.bench.measure.ReadSlice;
import java.io.Closeable;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Supplier;

/** Virtual threads, each of which reads one block after the other. */
final class ThreadsReader implements Reader {
    /** Reads at a place of the file. */
    @FunctionalInterface
    private interface Source {
        int read(ByteBuffer target, long place) throws IOException;
    }

    private final String name;
    private final Blocks blocks;
    private final int threads;
    private final Supplier<ExecutorService> executors;
    private final Source source;
    private final List<Closeable> closed;

    private ThreadsReader(String name, Blocks blocks, int threads, Supplier<ExecutorService> executors, Source source,
            Closeable... closed) {
        this.name = name;
        this.blocks = blocks;
        this.threads = threads;
        this.executors = executors;
        this.source = source;
        this.closed = List.of(closed);
    }

    /** Those of a loop, through its queue. */
    static ThreadsReader ofLoop(Blocks blocks, int threads, boolean direct) throws IOException {
        CarrierLoop loop = CarrierLoop.start();
        LoopFile file = LoopFile.open(loop, blocks.path(), options(direct));
        return new ThreadsReader(FileReadings.RINGPARK, blocks, threads, loop::executor, file::read, file, loop::close);
    }

    /** The JDK's, through its channel. */
    static ThreadsReader ofJdk(Blocks blocks, int threads, boolean direct) throws IOException {
        FileChannel file = FileChannel.open(blocks.path(), options(direct));
        return new ThreadsReader(FileReadings.FILE_CHANNEL, blocks, threads, Executors::newVirtualThreadPerTaskExecutor,
                file::read, file);
    }

    private static Set<OpenOption> options(boolean direct) {
        Set<OpenOption> options = new HashSet<>(Set.of(StandardOpenOption.READ));
        if (direct) {
            options.add(pastTheCache());
        }
        return options;
    }

    /** {@code com.sun.nio.file.ExtendedOpenOption.DIRECT}, without a compiler's word on it. */
    private static OpenOption pastTheCache() {
        try {
            return (OpenOption) Class.forName("com.sun.nio.file.ExtendedOpenOption").getField("DIRECT").get(null);
        } catch (ReflectiveOperationException e) {
            throw new UnsupportedOperationException("this JVM cannot read past the cache", e);
        }
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public ReadSlice read(double seconds) throws IOException, InterruptedException {
        var system = (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
        long cpuNanos = system.getProcessCpuTime();
        long start = System.nanoTime();
        long end = start + (long) (seconds * 1e9);
        List<Future<Long>> counts = new ArrayList<>();
        try (ExecutorService executor = executors.get()) {
            for (int i = 0; i < threads; i++) {
                counts.add(executor.submit(() -> readUntil(end)));
            }
        }
        double took = (System.nanoTime() - start) / 1e9;
        double cpuSeconds = (system.getProcessCpuTime() - cpuNanos) / 1e9;
        long reads = 0;
        for (Future<Long> count : counts) {
            reads += result(count);
        }
        return new ReadSlice(reads, took, cpuSeconds);
    }

    private static long result(Future<Long> count) throws IOException, InterruptedException {
        try {
            return count.get();
        } catch (ExecutionException e) {
            throw new IOException("a reader has failed", e.getCause());
        }
    }

    private long readUntil(long endNanos) throws IOException {
        ByteBuffer room = Blocks.room();
        ThreadLocalRandom random = ThreadLocalRandom.current();
        long count = 0;
        while (System.nanoTime() - endNanos < 0) {
            long place = random.nextLong(blocks.count()) * Blocks.BYTES;
            source.read(room.clear(), place);
            Blocks.check(room, place);
            count++;
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : closed) {
            each.close();
        }
    }
}
