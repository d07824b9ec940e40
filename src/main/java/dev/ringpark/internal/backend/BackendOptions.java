package dev.ringpark.internal.backend;

/**
 * The sizes a backend is opened with.
 *
 * @param submissionEntries operations one system call can submit
 * @param completionEntries completions the platform's queue holds
 * @param bufferBytes size of one pooled buffer
 * @param bufferCount pooled buffers for each direction
 * @param fileThreads threads for files at most, the platform's or those beside the loop
 */
public record BackendOptions(
        int submissionEntries, int completionEntries, int bufferBytes, int bufferCount, int fileThreads) {}
