package dev.ringpark;

import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.dispatch.FileBuffers;
import dev.ringpark.internal.jdk.SocketPollers;
import dev.ringpark.internal.jdk.VirtualThreads;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.op.PathsHandle;
import dev.ringpark.internal.platform.Backends;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.ProtocolFamily;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * One platform thread that owns the platform's I/O queue and, in {@linkplain LoopMode#CARRIED carried} mode, is the
 * carrier of the virtual threads it serves. A blocking call of {@link TcpSocket} or {@link TcpListener} fills in a
 * submission and parks its thread; when no thread can run, one system call submits the whole batch and waits for the
 * first completion.
 *
 * {@snippet file="EchoServer.java" region="echo"}
 *
 * <p>Every method may be called from any thread. The sockets of a loop may be used from any thread too: its own virtual
 * threads are quickest, others pass their calls through a mailbox.
 *
 * <p>The loop's thread is a daemon. A virtual thread that runs for long without parking delays all I/O of its loop; one
 * that takes longer than {@link LoopOptions#stallAfter()} is named in the log.
 */
public final class CarrierLoop implements AutoCloseable {
    private final LoopOptions options;
    private final Counters counters = new Counters();
    private final ModeChoice mode;
    private final Backends backends;
    private final LoopEngine engine;
    private final Parking parking;
    private final OpenSockets sockets;
    private final FileBuffers fileBuffers = new FileBuffers();
    private final Sleepers sleepers;
    private final OffloadPool offloadPool;
    private final LoopLife life;
    private final ThreadFactory threads;

    /** On the thread that is to be the loop: some queues belong to the thread that opened them. */
    private CarrierLoop(LoopOptions options, Parts parts) throws IOException {
        this.options = options;
        this.mode = Choices.mode(options);
        if (mode.mode() == LoopMode.CARRIED) {
            SocketPollers.start();
        }
        this.backends = new Backends(Backends.forced(options.backend()), options.refused(), new BackendOptions(
                options.submissionEntries(), options.completionEntries(), options.bufferBytes(), options.bufferCount(),
                options.fileThreads()));
        try {
            this.engine = new LoopEngine(backends::open, mode.mode() == LoopMode.CARRIED, options, counters);
            this.parking = new Parking(engine);
            this.sockets = new OpenSockets(engine.door(), parking, Choices.reportsLeaks());
            this.offloadPool = parts.offloadPool(options);
            this.sleepers = new Sleepers(engine.door(), parking);
            this.life = new LoopLife(options.name(), engine, parking, sockets, sleepers, offloadPool);
            this.threads = threads(mode.mode(), engine.door());
            Log.say(Level.INFO, options.name() + ": backend " + backend() + ", mode " + mode, null);
        } catch (Throwable e) {
            backends.giveBack(e);
            throw e;
        }
    }

    /** Makes what a loop needs beside its queue. */
    @FunctionalInterface
    interface Parts {
        OffloadPool offloadPool(LoopOptions options);
    }

    private static ThreadFactory threads(LoopMode mode, LoopDoor door) {
        return mode == LoopMode.CARRIED
                ? VirtualThreads.builder(new LoopScheduler(door)).factory()
                : Thread.ofVirtual().factory();
    }

    /**
     * Starts a loop with {@link LoopOptions#defaults()}.
     *
     * @throws IOException if no backend can be had, with every candidate's reason, or the system has run out of
     *     descriptors or memory
     */
    public static CarrierLoop start() throws IOException {
        return start(LoopOptions.defaults());
    }

    /**
     * Starts a loop. Blocks until its queue has been opened and tried.
     *
     * @throws IOException if no backend can be had, or the forced one, or the forced mode, cannot; or the system has
     *     run out of descriptors or memory
     * @throws IllegalArgumentException if there is no backend or mode of the name that forces one, or no such report
     *     of leaks
     */
    public static CarrierLoop start(LoopOptions options) throws IOException {
        return start(options, OffloadPool::new);
    }

    static CarrierLoop start(LoopOptions options, Parts parts) throws IOException {
        Objects.requireNonNull(options, "options");
        CompletableFuture<CarrierLoop> started = new CompletableFuture<>();
        new LoopThread(options.name() + "-loop", () -> live(options, parts, started)).start();
        try {
            return started.join();
        } catch (CompletionException e) {
            throw startFailure(e.getCause());
        }
    }

    /** What the loop's thread threw, for the one who waits for it. */
    private static IOException startFailure(@Nullable Throwable cause) {
        if (cause instanceof Error error) {
            throw error;
        }
        if (cause instanceof RuntimeException unchecked) {
            throw unchecked;
        }
        String reason = cause == null ? "the loop did not start" : OpenFiles.withCure(cause.getMessage());
        return new IOException(reason, cause);
    }

    private static void live(LoopOptions options, Parts parts, CompletableFuture<CarrierLoop> started) {
        CarrierLoop loop;
        try {
            Afterlife.prepare();
            Threads.load(OpenFiles.class);
            loop = new CarrierLoop(options, parts);
        } catch (Throwable e) {
            started.completeExceptionally(e);
            return;
        }
        started.complete(loop);
        loop.life.run();
    }

    /**
     * Starts {@code task} on a new virtual thread of this loop. Virtual threads it starts in turn stay with the loop in
     * carried mode.
     *
     * @throws IllegalStateException if the loop is closed
     */
    public Thread startVirtualThread(Runnable task) {
        Objects.requireNonNull(task, "task");
        requireOpen();
        Thread thread = threads.newThread(task);
        thread.start();
        return thread;
    }

    /**
     * Makes virtual threads of this loop. A thread started after the loop was closed runs, and finds its sockets
     * closed.
     */
    public ThreadFactory threadFactory() {
        return threads;
    }

    /**
     * A new executor that runs each task on a virtual thread of this loop; closing it waits for its tasks, as
     * usual.
     */
    public ExecutorService executor() {
        return Executors.newThreadPerTaskExecutor(threads);
    }

    /**
     * Runs {@code task} on a virtual thread of this loop and waits for its end: a virtual caller parks, others block.
     * One that is pinned to this loop's thread waits for ever, as it keeps the task's from running.
     *
     * @return what the task returned
     * @throws Exception what it threw; {@link InterruptedException} if the caller is interrupted; so is the task
     * @throws IllegalStateException if the loop is closed
     */
    public <T extends @Nullable Object> T run(Callable<T> task) throws Exception {
        FutureTask<T> result = new FutureTask<>(Objects.requireNonNull(task, "task"));
        startVirtualThread(result);
        return Outcome.await(result, Moment.NONE);
    }

    /**
     * Runs {@code task}, which may block, on one of a few platform threads beside the loop, and waits for its end. When
     * all are busy and as many tasks wait as {@link LoopOptions} allows, the caller waits for a place first. A task
     * that offloads in turn runs that itself. Nothing of the caller's thread, such as its thread locals, goes with it.
     *
     * @return what the task returned
     * @throws Exception what the task threw; {@link InterruptedException} if the caller was interrupted before or while
     *     it waited, {@link java.util.concurrent.TimeoutException} at its {@link Deadline},
     *     {@link AsynchronousCloseException} if the loop was closed: the task's thread is interrupted then, no more
     * @throws IllegalStateException if the loop is closed
     */
    public <T extends @Nullable Object> T offload(Callable<T> task) throws Exception {
        return offload(task, Timeouts.deadline(0));
    }

    /**
     * Parks the calling thread for {@code duration}, and no less, by a timer of this loop. A virtual thread of any
     * scheduler frees its carrier, a platform thread blocks; who was first to sleep until a moment is woken first. On a
     * thread of this loop {@link Thread#sleep} is such a timer, too; but this one ends when the loop is closed.
     *
     * @param duration to the nanosecond; 146 years at most, and what is longer is cut to that. Zero or less gives other
     *     threads their turn and returns.
     * @throws InterruptedException if the thread was interrupted before or meanwhile; the status is cleared
     * @throws AsynchronousCloseException if the loop was closed meanwhile
     * @throws IllegalStateException if the loop is closed
     */
    public void sleep(Duration duration) throws InterruptedException, AsynchronousCloseException {
        requireOpen();
        if (duration.isPositive()) {
            sleepers.sleep(Moment.nanos(duration));
        } else {
            Thread.sleep(Duration.ZERO);
        }
    }

    /** What this loop was started with, the forced choices of properties and the environment aside. */
    public LoopOptions options() {
        return options;
    }

    /** Which platform queue this loop runs on, and why better ones were refused. */
    public BackendChoice backend() {
        return new BackendChoice(backends.chosen(), backends.refused());
    }

    /** How this loop's virtual threads run; if they are not carried, why not. */
    public ModeChoice mode() {
        return mode;
    }

    /** What the loop has done so far. */
    public LoopStats stats() {
        return new LoopStats(counters.get(Count.SUBMITTED), counters.get(Count.COMPLETED), counters.get(Count.ENTERS),
                counters.get(Count.WAKEUPS), counters.get(Count.OVERFLOWS), counters.get(Count.STALE_TOKENS),
                Duration.ofNanos(counters.get(Count.LONGEST_TURN_NANOS)), counters.get(Count.STALLS));
    }

    /** Whether {@link #close} has not been called, and the queue has not failed. */
    public boolean isOpen() {
        return !sockets.isShut();
    }

    /**
     * Closes the loop: closes its sockets, listeners and files, so that every call parked on one ends with
     * {@link AsynchronousCloseException}, gives offloaded tasks up, waits for the last completion, and gives the queue
     * back. Its virtual threads are not stopped; they find their sockets closed. Idempotent; a second caller waits for
     * the first. Not interruptible. Called by a virtual thread that the loop carries, it does not wait for the loop's
     * own thread.
     */
    @Override
    public void close() {
        life.close(Moment.NONE);
    }

    /**
     * Closes the loop as {@link #close()} does, but waits {@code timeout} at most. What has not ended by then, mostly
     * because a thread computes or blocks on the loop's thread, ends as soon as it can; calling this or
     * {@link #close()} again goes on waiting for it.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} to wait for nothing, for the end comes all the
     *     same. Without limit waits {@link #close()}.
     * @return whether all has ended, and what has not
     * @throws IllegalArgumentException if {@code timeout} is negative; the loop stays open
     */
    public LoopEnd close(Duration timeout) {
        return close(Timeouts.patience(timeout));
    }

    /** The same, until {@code deadlineNanos}. */
    LoopEnd close(long deadlineNanos) {
        return life.close(deadlineNanos);
    }

    @Override
    public String toString() {
        return "CarrierLoop[" + options.name() + ", " + backends.chosen() + ", " + mode.mode().label()
                + (isOpen() ? "]" : ", closed]");
    }

    // ---- for the sockets ----

    Handle openSocket(SocketType type, @Nullable ProtocolFamily family) throws IOException {
        requireOpen();
        return engine.backend().openSocket(type, family);
    }

    Handle watch(int descriptor) throws IOException {
        requireOpen();
        return engine.backend().watch(descriptor);
    }

    FileBuffers fileBuffers() {
        return fileBuffers;
    }

    FileResource newFile(Path path) {
        requireOpen();
        return engine.backend().newFile(path);
    }

    /** What its operations on paths belong to; like a file it is closed with the loop. */
    PathsHandle paths() throws IOException {
        requireOpen();
        return sockets.paths();
    }

    /** Those of this loop, which it closes at its end. */
    OpenSockets sockets() {
        return sockets;
    }

    /** Like the public one; {@link java.util.concurrent.TimeoutException} at {@code deadlineNanos}. */
    <T extends @Nullable Object> T offload(Callable<T> task, long deadlineNanos) throws Exception {
        Objects.requireNonNull(task, "task");
        requireOpen();
        return offloadPool.run(task, deadlineNanos);
    }

    Parking parking() {
        return parking;
    }

    LoopDoor door() {
        return engine.door();
    }

    private void requireOpen() {
        if (!isOpen()) {
            throw new IllegalStateException("the loop is closed: " + this);
        }
    }
}
