package dev.ringpark.bench.files;

import dev.ringpark.bench.measure.ReadSlice;
import java.io.IOException;

/** Somebody who reads random blocks of a file, many at once. */
interface Reader extends AutoCloseable {
    String name();

    /** Reads for {@code seconds}; fails if it gets another block than it asked for. */
    ReadSlice read(double seconds) throws IOException, InterruptedException;

    @Override
    void close() throws IOException;
}
