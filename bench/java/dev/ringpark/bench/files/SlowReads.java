package dev.ringpark.bench.files;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopFile;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;

/** Reads of pipes into which nobody writes: under way on a loop until they are told to end. */
final class SlowReads implements AutoCloseable {
    private final CarrierLoop loop;
    private final List<Path> pipes = new ArrayList<>();
    private final List<RandomAccessFile> writers = new ArrayList<>();
    private final List<LoopFile> readers = new ArrayList<>();

    private SlowReads(CarrierLoop loop) {
        this.loop = loop;
    }

    static SlowReads make(CarrierLoop loop, Path folder, int count) throws IOException, InterruptedException {
        SlowReads made = new SlowReads(loop);
        List<String> command = new ArrayList<>(List.of("mkfifo"));
        for (int i = 0; i < count; i++) {
            made.pipes.add(folder.resolve("slow-" + i));
            command.add(made.pipes.getLast().toString());
        }
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("mkfifo has failed");
        }
        for (Path pipe : made.pipes) {
            made.writers.add(new RandomAccessFile(pipe.toFile(), "rw"));   // waits for no reader
            made.readers.add(LoopFile.open(loop, pipe, StandardOpenOption.READ));
        }
        return made;
    }

    /** Runs {@code body} while every pipe is read from. */
    <T> T during(Body<T> body) throws IOException, InterruptedException {
        CountDownLatch ended = new CountDownLatch(readers.size());
        long before = loop.stats().submitted();
        for (LoopFile reader : readers) {
            loop.startVirtualThread(() -> readOne(reader, ended));
        }
        while (loop.stats().submitted() - before < readers.size()) {
            Thread.sleep(1);
        }
        T result = body.run();
        if (ended.getCount() != readers.size()) {
            throw new IOException("reads that should have waited have ended");
        }
        for (RandomAccessFile writer : writers) {
            writer.write(1);
        }
        ended.await();
        return result;
    }

    /** What is done meanwhile. */
    @FunctionalInterface
    interface Body<T> {
        T run() throws IOException;
    }

    private static void readOne(LoopFile reader, CountDownLatch ended) {
        try {
            if (reader.read(ByteBuffer.allocate(1)) != 1) {
                throw new IOException("a pipe has ended");
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } finally {
            ended.countDown();
        }
    }

    @Override
    public void close() throws IOException {
        for (LoopFile reader : readers) {
            reader.close();
        }
        for (RandomAccessFile writer : writers) {
            writer.close();
        }
        for (Path pipe : pipes) {
            Files.delete(pipe);
        }
    }
}
