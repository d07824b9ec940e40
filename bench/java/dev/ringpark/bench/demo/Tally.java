package dev.ringpark.bench.demo;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BooleanSupplier;

/** What all threads of a stage count together. */
public final class Tally {
    /** Something on a connection that may fail. */
    interface Work {
        void run() throws IOException;
    }

    private final LongAdder messages = new LongAdder();
    private final LongAdder wrongBytes = new LongAdder();
    private final LongAdder failures = new LongAdder();
    private final AtomicReference<String> firstFailure = new AtomicReference<>("");

    void echoed() {
        messages.increment();
    }

    void wrong(long bytes) {
        wrongBytes.add(bytes);
    }

    void failed(String reason) {
        failures.increment();
        firstFailure.compareAndSet("", reason);
    }

    /** Runs the work; an exception counts as a failure. */
    void watch(Work work) {
        watch(work, () -> true);
    }

    /** Runs the work; an exception counts as a failure while {@code wanted}. */
    void watch(Work work, BooleanSupplier wanted) {
        try {
            work.run();
        } catch (IOException | RuntimeException e) {
            if (wanted.getAsBoolean()) {
                failed(e.toString());
            }
        }
    }

    long messages() {
        return messages.sum();
    }

    public long wrongBytes() {
        return wrongBytes.sum();
    }

    public long failures() {
        return failures.sum();
    }

    public String firstFailure() {
        return firstFailure.get();
    }
}
