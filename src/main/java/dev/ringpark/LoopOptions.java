package dev.ringpark;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The sizes and choices a {@link CarrierLoop} is started with. Immutable; start from {@link #defaults()} and change
 * what you need:
 * {@snippet :
 * CarrierLoop.start(LoopOptions.defaults().withName("api").withEntries(512, 2048));
 * }
 *
 * @param name begins the names of the loop's threads and of what it logs
 * @param backend forces a backend: {@code io_uring} or {@code selector}; null lets the system property
 *     {@code ringpark.backend}, the environment variable {@code RINGPARK_BACKEND}, or else the machine decide
 * @param mode forces a {@link LoopMode}; null lets the system property {@code ringpark.mode}, the environment variable
 *     {@code RINGPARK_MODE} ({@code carried} or {@code handed-over}), or else the JVM decide
 * @param submissionEntries operations one system call can submit, 1 to 32,768; more wait in a queue of the loop
 * @param completionEntries completions the platform holds for the loop, 2 to 65,536; what exceeds them is kept by the
 *     kernel and costs a further call
 * @param maxInFlight operations the platform may hold at once, 1 to 16,777,216; further ones wait in a queue of the
 *     loop, first come, first served. A read that waits for bytes counts, so have room for every connection
 * @param bufferBytes size of a pooled native buffer, 512 to 1,048,576: what one read into, or write from, an array
 *     moves at most over io_uring
 * @param bufferCount pooled buffers for each direction, 1 to 32,768, for reads rounded down to a power of two; their
 *     memory is touched, and so taken, only as far as it is used at one time
 * @param turnTasks virtual threads that run before the loop looks at I/O again, at least 1
 * @param turnBudget time they may take together before it does, above zero and a day at most; a thread that runs on
 *     without parking is not interrupted
 * @param stallAfter how long a thread may keep the loop from its I/O, computing or blocking without parking, before a
 *     watchdog logs a warning with its name and stack and counts it in {@link LoopStats#stalls()}: a millisecond to a
 *     day; zero for never. Carried mode only: handed over, no thread but its own runs on the loop's
 * @param offloadThreads platform threads for {@link CarrierLoop#offload} and for looking names up, 1 to 4,096; they are
 *     started as they are needed, and end after a second without work
 * @param offloadQueue tasks that may wait for one of those threads, 0 to 1,048,576; when as many wait, who offloads one
 *     more waits until one has ended, first come, first served
 */
public record LoopOptions(
        String name,
        @Nullable String backend,
        @Nullable LoopMode mode,
        int submissionEntries,
        int completionEntries,
        int maxInFlight,
        int bufferBytes,
        int bufferCount,
        int turnTasks,
        Duration turnBudget,
        Duration stallAfter,
        int offloadThreads,
        int offloadQueue) {

    private static final Duration LONGEST_TURN = Duration.ofDays(1);
    private static final Duration SHORTEST_STALL = Duration.ofMillis(1);
    private static final LoopOptions DEFAULTS = new LoopOptions("ringpark", null, null,
            4096, 16_384, 131_072, 16_384, 256, 512, Duration.ofMillis(1),
            Duration.ofSeconds(1), 16, 1024);

    /**
     * Checks the ranges.
     *
     * @throws IllegalArgumentException if a number is out of its range; the message names it
     * @throws NullPointerException if {@code name}, {@code turnBudget} or {@code stallAfter} is null
     */
    public LoopOptions {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(turnBudget, "turnBudget");
        Objects.requireNonNull(stallAfter, "stallAfter");
        check("submissionEntries", submissionEntries, 1, 32_768);
        check("completionEntries", completionEntries, 2, 65_536);
        check("maxInFlight", maxInFlight, 1, 1 << 24);
        check("bufferBytes", bufferBytes, 512, 1 << 20);
        check("bufferCount", bufferCount, 1, 32_768);
        check("turnTasks", turnTasks, 1, Integer.MAX_VALUE);
        check("offloadThreads", offloadThreads, 1, 4096);
        check("offloadQueue", offloadQueue, 0, 1 << 20);
        if (turnBudget.isNegative() || turnBudget.isZero() || turnBudget.compareTo(LONGEST_TURN) > 0) {
            throw new IllegalArgumentException(
                    "turnBudget is " + turnBudget + "; it has to be above zero, and a day at most");
        }
        if (!stallAfter.isZero()
                && (stallAfter.compareTo(SHORTEST_STALL) < 0 || stallAfter.compareTo(LONGEST_TURN) > 0)) {
            throw new IllegalArgumentException(
                    "stallAfter is " + stallAfter + "; it has to be zero, or a millisecond to a day");
        }
    }

    /** What {@link CarrierLoop#start()} uses. */
    public static LoopOptions defaults() {
        return DEFAULTS;
    }

    /** These options with another name. */
    public LoopOptions withName(String value) {
        return new LoopOptions(value, backend, mode, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, turnTasks, turnBudget, stallAfter, offloadThreads, offloadQueue);
    }

    /** These options with a forced backend; null to choose. */
    public LoopOptions withBackend(@Nullable String value) {
        return new LoopOptions(name, value, mode, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, turnTasks, turnBudget, stallAfter, offloadThreads, offloadQueue);
    }

    /** These options with a forced mode; null to choose. */
    public LoopOptions withMode(@Nullable LoopMode value) {
        return new LoopOptions(name, backend, value, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, turnTasks, turnBudget, stallAfter, offloadThreads, offloadQueue);
    }

    /** These options with queues of other sizes. */
    public LoopOptions withEntries(int submission, int completion) {
        return new LoopOptions(name, backend, mode, submission, completion, maxInFlight, bufferBytes, bufferCount,
                turnTasks, turnBudget, stallAfter, offloadThreads, offloadQueue);
    }

    /** These options with another limit of operations in flight. */
    public LoopOptions withMaxInFlight(int value) {
        return new LoopOptions(name, backend, mode, submissionEntries, completionEntries, value, bufferBytes,
                bufferCount, turnTasks, turnBudget, stallAfter, offloadThreads, offloadQueue);
    }

    /** These options with another buffer pool. */
    public LoopOptions withBuffers(int bytes, int count) {
        return new LoopOptions(name, backend, mode, submissionEntries, completionEntries, maxInFlight, bytes, count,
                turnTasks, turnBudget, stallAfter, offloadThreads, offloadQueue);
    }

    /** These options with another fairness budget. */
    public LoopOptions withTurn(int tasks, Duration budget) {
        return new LoopOptions(name, backend, mode, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, tasks, budget, stallAfter, offloadThreads, offloadQueue);
    }

    /** These options with another patience of the watchdog; zero for none. */
    public LoopOptions withStallAfter(Duration value) {
        return new LoopOptions(name, backend, mode, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, turnTasks, turnBudget, value, offloadThreads, offloadQueue);
    }

    /** These options with another pool for what would block the loop. */
    public LoopOptions withOffload(int threads, int queue) {
        return new LoopOptions(name, backend, mode, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                bufferCount, turnTasks, turnBudget, stallAfter, threads, queue);
    }

    private static void check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + value + "; it has to be " + least + " to " + most);
        }
    }
}
