package dev.ringpark;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The sizes and choices a {@link CarrierLoop} is started with. Immutable; start from {@link #defaults()} and change
 * what you need:
 * {@snippet :
 * CarrierLoop.start(LoopOptions.defaults().withName("api").withEntries(512, 2048));
 * }
 *
 * <p>Two are equal if all their values are.
 */
public final class LoopOptions {
    private static final Duration LONGEST_TURN = Duration.ofDays(1);
    private static final Duration SHORTEST_STALL = Duration.ofMillis(1);
    private static final LoopOptions DEFAULTS = new LoopOptions(new Values());

    /** All that can be chosen, with the defaults. Changed only before it is anybody's. */
    private static final class Values implements Cloneable {
        String name = "ringpark";
        @Nullable String backend;
        Map<String, String> refused = Map.of();   // not asked for by anybody, and so no part of the value
        @Nullable LoopMode mode;
        int submissionEntries = 4096;
        int completionEntries = 16_384;
        int maxInFlight = 131_072;
        int bufferBytes = 16_384;
        int bufferCount = 256;
        int turnTasks = 512;
        Duration turnBudget = Duration.ofMillis(1);
        Duration stallAfter = Duration.ofSeconds(1);
        int offloadThreads = 16;
        int offloadQueue = 1024;
        int fileThreads = 16;

        @Override
        protected Values clone() {
            try {
                return (Values) super.clone();
            } catch (CloneNotSupportedException e) {
                throw new AssertionError(e);
            }
        }

        List<@Nullable Object> all() {
            return Arrays.asList(name, backend, mode, submissionEntries, completionEntries, maxInFlight, bufferBytes,
                    bufferCount, turnTasks, turnBudget, stallAfter, offloadThreads, offloadQueue,
                    fileThreads);
        }
    }

    private final Values values;

    private LoopOptions(Values values) {
        this.values = values;
    }

    /** What {@link CarrierLoop#start()} uses. */
    public static LoopOptions defaults() {
        return DEFAULTS;
    }

    private LoopOptions with(Consumer<Values> change) {
        Values changed = values.clone();
        change.accept(changed);
        return new LoopOptions(changed);
    }

    // ---- names and choices ----

    /** What the names of the loop's threads begin with, and what it logs. */
    public String name() {
        return values.name;
    }

    /** These options with another {@link #name}. */
    public LoopOptions withName(String name) {
        Objects.requireNonNull(name, "name");
        return with(changed -> changed.name = name);
    }

    /**
     * The backend that is forced: {@code io_uring}, {@code epoll}, {@code kqueue} or {@code selector}. Null lets the
     * system property {@code ringpark.backend}, the environment variable {@code RINGPARK_BACKEND}, or else the machine
     * decide.
     */
    public @Nullable String backend() {
        return values.backend;
    }

    /** These options with another {@link #backend}; null to choose. */
    public LoopOptions withBackend(@Nullable String backend) {
        return with(changed -> changed.backend = backend);
    }

    /** Backends that have been refused to another loop of the same group, each with its reason. */
    Map<String, String> refused() {
        return values.refused;
    }

    /** These options with other {@link #refused} backends. */
    LoopOptions withRefused(Map<String, String> refused) {
        return with(changed -> changed.refused = refused);
    }

    /**
     * The mode that is forced. Null lets the system property {@code ringpark.mode}, the environment variable
     * {@code RINGPARK_MODE} ({@code carried} or {@code handed-over}), or else the JVM decide.
     */
    public @Nullable LoopMode mode() {
        return values.mode;
    }

    /** These options with another {@link #mode}; null to choose. */
    public LoopOptions withMode(@Nullable LoopMode mode) {
        return with(changed -> changed.mode = mode);
    }

    // ---- queues and buffers ----

    /** Operations one system call can submit over io_uring; more wait in a queue of the loop. */
    public int submissionEntries() {
        return values.submissionEntries;
    }

    /**
     * Completions io_uring holds for the loop, as many as submissions at least; what exceeds them the kernel keeps, and
     * it costs a further call.
     */
    public int completionEntries() {
        return values.completionEntries;
    }

    /**
     * These options with queues of other sizes.
     *
     * @param submission {@link #submissionEntries}, 1 to 32,768
     * @param completion {@link #completionEntries}, 2 to 65,536
     * @throws IllegalArgumentException if one of them is out of its range
     */
    public LoopOptions withEntries(int submission, int completion) {
        check("submissionEntries", submission, 1, 32_768);
        check("completionEntries", completion, 2, 65_536);
        return with(changed -> {
            changed.submissionEntries = submission;
            changed.completionEntries = completion;
        });
    }

    /**
     * Operations the platform may hold at once; further ones wait in a queue of the loop, first come, first served. A
     * read that waits for bytes counts, so have room for every connection.
     */
    public int maxInFlight() {
        return values.maxInFlight;
    }

    /**
     * These options with another limit of operations in flight.
     *
     * @param count {@link #maxInFlight}, 1 to 16,777,216
     * @throws IllegalArgumentException if it is out of its range
     */
    public LoopOptions withMaxInFlight(int count) {
        check("maxInFlight", count, 1, 1 << 24);
        return with(changed -> changed.maxInFlight = count);
    }

    /**
     * Size of a pooled native buffer: what one read into, or write from, an array moves at most over io_uring.
     * Other backends have one buffer of 64 KiB, or of this size on the selector if that is more.
     */
    public int bufferBytes() {
        return values.bufferBytes;
    }

    /**
     * Pooled buffers for each direction over io_uring, for reads rounded down to a power of two; their memory is
     * touched, and so taken, only as far as it is used at one time. Datagrams have as many of 64 KiB beside, up to 64.
     */
    public int bufferCount() {
        return values.bufferCount;
    }

    /**
     * These options with another buffer pool.
     *
     * @param bytes {@link #bufferBytes}, 512 to 1,048,576
     * @param count {@link #bufferCount}, 1 to 32,768
     * @throws IllegalArgumentException if one of them is out of its range
     */
    public LoopOptions withBuffers(int bytes, int count) {
        check("bufferBytes", bytes, 512, 1 << 20);
        check("bufferCount", count, 1, 32_768);
        return with(changed -> {
            changed.bufferBytes = bytes;
            changed.bufferCount = count;
        });
    }

    // ---- the loop's time ----

    /** Virtual threads that run before the loop looks at I/O again. */
    public int turnTasks() {
        return values.turnTasks;
    }

    /** Time they may take together before it does; a thread that runs on without parking is not interrupted. */
    public Duration turnBudget() {
        return values.turnBudget;
    }

    /**
     * These options with another fairness budget.
     *
     * @param tasks {@link #turnTasks}, at least 1
     * @param budget {@link #turnBudget}, above zero and a day at most
     * @throws IllegalArgumentException if one of them is out of its range
     */
    public LoopOptions withTurn(int tasks, Duration budget) {
        check("turnTasks", tasks, 1, Integer.MAX_VALUE);
        if (!Objects.requireNonNull(budget, "turnBudget").isPositive() || budget.compareTo(LONGEST_TURN) > 0) {
            throw new IllegalArgumentException(
                    "turnBudget is " + budget + "; it has to be above zero, and a day at most");
        }
        return with(changed -> {
            changed.turnTasks = tasks;
            changed.turnBudget = budget;
        });
    }

    /**
     * How long a thread may keep the loop from its I/O, computing or blocking without parking, before a watchdog logs a
     * warning with its name and stack and counts it in {@link LoopStats#stalls()}; zero for never. Carried mode only:
     * handed over, no thread but its own runs on the loop's.
     */
    public Duration stallAfter() {
        return values.stallAfter;
    }

    /**
     * These options with another patience of the watchdog.
     *
     * @param patience {@link #stallAfter}, a millisecond to a day; zero for no watchdog
     * @throws IllegalArgumentException if it is out of its range
     */
    public LoopOptions withStallAfter(Duration patience) {
        if (!Objects.requireNonNull(patience, "stallAfter").isZero()
                && (patience.compareTo(SHORTEST_STALL) < 0 || patience.compareTo(LONGEST_TURN) > 0)) {
            throw new IllegalArgumentException(
                    "stallAfter is " + patience + "; it has to be zero, or a millisecond to a day");
        }
        return with(changed -> changed.stallAfter = patience);
    }

    // ---- what would block the loop ----

    /**
     * Platform threads for {@link CarrierLoop#offload} and for looking names up; they are started as they are needed,
     * and end after a second without work.
     */
    public int offloadThreads() {
        return values.offloadThreads;
    }

    /**
     * Tasks that may wait for one of those threads; when as many wait, who offloads one more waits until one has ended,
     * first come, first served.
     */
    public int offloadQueue() {
        return values.offloadQueue;
    }

    /**
     * These options with another pool for what would block the loop.
     *
     * @param threads {@link #offloadThreads}, 1 to 4,096
     * @param queue {@link #offloadQueue}, 0 to 1,048,576
     * @throws IllegalArgumentException if one of them is out of its range
     */
    public LoopOptions withOffload(int threads, int queue) {
        check("offloadThreads", threads, 1, 4096);
        check("offloadQueue", queue, 0, 1 << 20);
        return with(changed -> {
            changed.offloadThreads = threads;
            changed.offloadQueue = queue;
        });
    }

    /**
     * Threads at most for what files cannot do at once. Where the queue is not io_uring, and for what an older kernel
     * has not, they are threads of the loop, and whatever finds none waits, a read of what is in memory too. On
     * io_uring they are workers of the kernel, for which waits what has to ask a disk by its name and what blocks for
     * good, such as the opening of a pipe whose other end nobody opens; reads of what is in memory and of pipes need
     * none. As many again may be at work for devices, and for connects over Unix sockets that find the backlog full.
     * Before Linux 5.15 the kernel cannot be told. Of the loop's own threads as many again may close files, and one
     * whose opening of a pipe was given up no longer counts, though it stays until somebody opens the other end.
     */
    public int fileThreads() {
        return values.fileThreads;
    }

    /**
     * These options with another number of threads for files.
     *
     * @param count {@link #fileThreads}, 1 to 4,096
     * @throws IllegalArgumentException if it is out of its range
     */
    public LoopOptions withFileThreads(int count) {
        check("fileThreads", count, 1, 4096);
        return with(changed -> changed.fileThreads = count);
    }

    private static void check(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(what + " is " + value + "; it has to be " + least + " to " + most);
        }
    }

    // ---- as a value ----

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof LoopOptions options && values.all().equals(options.values.all());
    }

    @Override
    public int hashCode() {
        return values.all().hashCode();
    }

    @Override
    public String toString() {
        return "LoopOptions" + values.all();
    }
}
