package dev.ringpark.dispatch;

import org.jspecify.annotations.Nullable;

/**
 * The sizes and choices a {@link Dispatcher} is opened with; start from {@link #defaults()}.
 *
 * @param backend the one that is forced, {@code io_uring}, {@code epoll}, {@code kqueue} or {@code selector}; null lets
 *     the system property {@code ringpark.backend}, the environment variable {@code RINGPARK_BACKEND}, or else the
 *     machine decide
 * @param submissionEntries how many operations one system call can submit over io_uring, at least 1
 * @param completionEntries how many completions io_uring's queue holds, at least 1; as many as submissions at least
 * @param maxInFlight how many operations the platform has at once, at least 1; others wait their turn
 * @param bufferBytes the size of one pooled buffer of io_uring's, or of the selector's one, which has 64 KiB at
 *     least; at least 1
 * @param bufferCount how many io_uring has for each direction, at least 1
 * @param fileThreads the threads for files at most, the kernel's or those beside the queue, at least 1
 * @param offloadThreads the threads for what {@link Dispatcher#offload} is given at most, at least 1
 */
public record DispatcherOptions(@Nullable String backend, int submissionEntries, int completionEntries, int maxInFlight,
        int bufferBytes, int bufferCount, int fileThreads, int offloadThreads) {

    private static final DispatcherOptions DEFAULTS = new DispatcherOptions(null, 256, 4096, 16_384, 16_384, 64, 4, 4);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of its range, with its name
     */
    public DispatcherOptions {
        requirePositive("submissionEntries", submissionEntries);
        requirePositive("completionEntries", completionEntries);
        requirePositive("maxInFlight", maxInFlight);
        requirePositive("bufferBytes", bufferBytes);
        requirePositive("bufferCount", bufferCount);
        requirePositive("fileThreads", fileThreads);
        requirePositive("offloadThreads", offloadThreads);
    }

    private static void requirePositive(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " is " + value + "; it has to be at least 1");
        }
    }

    /** What {@link Dispatcher#open()} uses. */
    public static DispatcherOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another {@link #backend}; null to choose. */
    public DispatcherOptions withBackend(@Nullable String backend) {
        return new DispatcherOptions(backend, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, fileThreads, offloadThreads);
    }

    /** These options with other numbers of {@link #submissionEntries} and {@link #completionEntries}. */
    public DispatcherOptions withEntries(int submissionEntries, int completionEntries) {
        return new DispatcherOptions(backend, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, fileThreads, offloadThreads);
    }

    /** These options with another {@link #maxInFlight}. */
    public DispatcherOptions withMaxInFlight(int maxInFlight) {
        return new DispatcherOptions(backend, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, fileThreads, offloadThreads);
    }

    /** These options with other numbers of {@link #bufferBytes} and {@link #bufferCount}. */
    public DispatcherOptions withBuffers(int bufferBytes, int bufferCount) {
        return new DispatcherOptions(backend, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, fileThreads, offloadThreads);
    }

    /** These options with another number of {@link #fileThreads}. */
    public DispatcherOptions withFileThreads(int fileThreads) {
        return new DispatcherOptions(backend, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, fileThreads, offloadThreads);
    }

    /** These options with another number of {@link #offloadThreads}. */
    public DispatcherOptions withOffloadThreads(int offloadThreads) {
        return new DispatcherOptions(backend, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, fileThreads, offloadThreads);
    }
}
