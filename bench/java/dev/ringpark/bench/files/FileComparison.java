package dev.ringpark.bench.files;

import dev.ringpark.bench.measure.FileReadings;
import dev.ringpark.bench.measure.ReadSlice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Random reads of 4 KiB by each reader in turn, past the cache and from it, and an echo beside slow reads.
 *
 * @param folder of the file that is read, on the disk that is meant
 * @param mebibytes of that file
 * @param threads that read at once
 * @param slowReads beside the echo
 */
public record FileComparison(Path folder, int mebibytes, int threads, int slowReads, int rounds, double sliceSeconds) {
    /** As many rounds and as long as is said, and all else as usual. */
    public static FileComparison usual(int rounds, double sliceSeconds) {
        return new FileComparison(Path.of("target"), 512, 32, 500, rounds, sliceSeconds);
    }

    /** Measures all of it; fails if a reader gets other bytes than were written. */
    public FileReadings measure() throws IOException, InterruptedException {
        Blocks blocks = Blocks.make(folder, mebibytes);
        try {
            return new FileReadings(measure(blocks, true), measure(blocks, false),
                    EchoBeside.measure(folder, slowReads, rounds, sliceSeconds));
        } finally {
            Files.delete(blocks.path());
        }
    }

    private Map<String, List<ReadSlice>> measure(Blocks blocks, boolean direct)
            throws IOException, InterruptedException {
        Map<String, List<ReadSlice>> slices = new LinkedHashMap<>();
        List<Reader> readers = readers(blocks, direct);
        for (Reader reader : readers) {
            reader.read(sliceSeconds);   // until the compiler has come to its end, and the cache is full
            slices.put(reader.name(), new ArrayList<>());
        }
        for (int round = 0; round < rounds; round++) {
            for (Reader reader : round % 2 == 0 ? readers : readers.reversed()) {
                Objects.requireNonNull(slices.get(reader.name())).add(reader.read(sliceSeconds));
            }
        }
        for (Reader reader : readers) {
            reader.close();
        }
        return slices;
    }

    private List<Reader> readers(Blocks blocks, boolean direct) throws IOException, InterruptedException {
        List<Reader> readers = new ArrayList<>();
        readers.add(ThreadsReader.ofJdk(blocks, threads, direct));
        readers.add(ThreadsReader.ofLoop(blocks, threads, direct));
        if (FioReader.isThere()) {
            readers.add(new FioReader(blocks, threads, direct));
        }
        return readers;
    }
}
