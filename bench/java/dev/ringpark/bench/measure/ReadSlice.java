package dev.ringpark.bench.measure;

/**
 * What somebody who reads a file did in a slice of time.
 *
 * @param cpuSeconds of the process, the kernel's threads for it among them
 */
public record ReadSlice(long reads, double seconds, double cpuSeconds) {
    public double readsPerSecond() {
        return reads / seconds;
    }

    public double secondsPerRead() {
        return seconds / reads;
    }

    public double cpuMicros() {
        return cpuSeconds * 1e6 / reads;
    }
}
