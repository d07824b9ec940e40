package dev.ringpark.bench.files;

import java.io.IOException;

/** Somebody who reads random blocks of a file, many at once. */
public interface Reader extends AutoCloseable {
    /**
     * What he did in a slice of time.
     *
     * @param cpuSeconds of his process, the kernel's threads for it among them
     */
    record Slice(long reads, double seconds, double cpuSeconds) {
        public double readsPerSecond() {
            return reads / seconds;
        }

        public double cpuMicrosPerRead() {
            return cpuSeconds * 1e6 / reads;
        }
    }

    String name();

    /** Reads for {@code seconds}. */
    Slice read(double seconds) throws Exception;

    @Override
    void close() throws IOException;
}
