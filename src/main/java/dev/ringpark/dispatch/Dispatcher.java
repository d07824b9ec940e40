package dev.ringpark.dispatch;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.platform.Backends;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * All I/O of one thread, with a callback for each operation, over the best queue the platform has. Operations are
 * gathered and handed over in batches; {@link #run}, {@link #runFor}, {@link #runUntil} and {@link #flush} hand them
 * over, take in what has completed, and call back.
 * {@snippet :
 * try (Dispatcher dispatcher = Dispatcher.open()) {
 *     SocketHandle listener = dispatcher.openListener(null);
 *     listener.bind(new InetSocketAddress(8080), 128);
 *     dispatcher.accept(listener, accepted -> serve(accepted));
 *     dispatcher.run();
 * }
 * }
 *
 * <p><b>Callbacks</b> run on this thread only, inside one of those four calls, never inside the call that asks for an
 * operation, and never inside each other. They may ask for operations, cancel, and open and close sockets and files,
 * but not run the dispatcher. What one throws comes out of the call that ran it; the others follow in the next. A
 * callback gets its {@link Request}, whose methods tell the outcome or throw why there is none.
 *
 * <p><b>Each operation</b> ends with exactly one call back, whatever happens: a cancel or a close only asks, and bytes
 * that had moved are reported. Transfers may be short; nothing here repeats them. What finds the platform's queue full
 * waits for room, in the order it came.
 *
 * <p><b>If the platform's queue itself fails</b>, the call that ran it says so; all operations that the platform had
 * end with that as their reason, the others as cancelled, and are called back by the next {@link #run} or {@link
 * #flush}. Then the dispatcher can only be closed.
 *
 * <p><b>Threads</b>: a dispatcher belongs to the thread that opened it; every other gets a
 * {@link WrongThreadException}, but for {@link Event#trigger}. The thread may be a platform or a virtual one, but with
 * io_uring a platform one only, as a ring belongs to one thread of the system; it is blocked while the dispatcher
 * waits. Interrupts do not end a wait; trigger an event. If it has opened several, each takes its own sockets, files
 * and descriptors alone, and others with an {@link IllegalArgumentException}.
 */
public final class Dispatcher extends FileOperations implements AutoCloseable {
    private final Backends backends;
    private final TimeoutRequests timeouts;
    private final Offloads offloads;

    Dispatcher(Backends backends, CallbackLoop loop, int offloadThreads) {
        super(loop);
        this.backends = backends;
        this.timeouts = new TimeoutRequests(loop);
        this.offloads = new Offloads(loop, offloadThreads);
    }

    /**
     * Opens a dispatcher with {@link DispatcherOptions#defaults()} for the current thread.
     *
     * @throws IOException if no backend can be had, with every candidate's reason, or the system has run out of
     *     descriptors or memory
     */
    public static Dispatcher open() throws IOException {
        return open(DispatcherOptions.defaults());
    }

    /**
     * Opens a dispatcher for the current thread.
     *
     * @throws IOException if no backend, or not the forced one, can be had; or the system has run out of descriptors or
     *     memory
     * @throws IllegalArgumentException if there is no backend of the name that forces one
     */
    public static Dispatcher open(DispatcherOptions options) throws IOException {
        Backends backends = new Backends(Backends.forced(options.backend()), Map.of(), new BackendOptions(
                options.submissionEntries(), options.completionEntries(), options.bufferBytes(), options.bufferCount(),
                options.fileThreads()));
        try {
            return new Dispatcher(backends, new CallbackLoop(backends::open, options.maxInFlight()),
                    options.offloadThreads());
        } catch (Throwable e) {
            backends.giveBack(e);
            throw e;
        }
    }

    /** The backend's name: {@code io_uring}, {@code epoll}, {@code kqueue} or {@code selector}. */
    public String backend() {
        return backends.chosen();
    }

    /** The better backends that cannot be had here, each with the reason. */
    public Map<String, String> refusedBackends() {
        return backends.refused();
    }

    // ---- time, other threads ----

    /** Ends {@code delay} from now or a little later, never earlier; of those of one moment the oldest is first. */
    public Request<@Nullable Void> timeout(Duration delay, Consumer<? super Request<@Nullable Void>> callback) {
        Request<@Nullable Void> request = Request.of(callback);
        timeouts.begin(request, nanos(delay));
        return request;
    }

    /** Ends in this turn, if a callback asks, after those that are due already; else in the next. */
    public Request<@Nullable Void> nextTick(Consumer<? super Request<@Nullable Void>> callback) {
        return answer(null, null, callback);
    }

    /**
     * Runs {@code task} on another thread, one of a few for such work; others wait their turn. For what blocks and is
     * no operation here: looking up a name, listing a directory, computing. It ends with what the task returns, or with
     * the {@link IOException} it throws; what else it throws is the cause of one. A cancel interrupts its thread and
     * waits for nothing: what the task still brings is dropped.
     */
    public <T extends @Nullable Object> Request<T> offload(
            Callable<? extends T> task, Consumer<? super Request<T>> callback) {
        Objects.requireNonNull(task, "task");
        Request<T> request = Request.of(callback);
        offloads.begin(request, task);
        return request;
    }

    /** An event for other threads to trigger; {@code callback} runs on this one. */
    public Event event(Runnable callback) {
        loop().requireUsable();
        return new Event(loop(), callback);
    }

    // ---- cancel ----

    /**
     * Asks that the operation of {@code request} end early. It does, soon, with its callback: with its result if one
     * had been reached, else with an {@link OperationCanceledException}. The socket or file can be used on, unless it
     * was connecting. Nothing happens if the request is not pending, or is a close. Only where files go to threads,
     * everywhere but on io_uring, a transfer that a thread has begun runs on: if it waits for a pipe, nothing but the
     * file's close ends it.
     *
     * @throws IllegalArgumentException if another dispatcher has it
     */
    public void cancel(Request<?> request) {
        loop().requireUsable();
        if (request.isPending() && request.loop != loop()) {   // whose queue this one's knows nothing of
            throw new IllegalArgumentException("this request is another dispatcher's");
        }
        request.cancel();
    }

    /**
     * Cancels all operations, timeouts too, and waits until each has ended: then the system has none of the caller's
     * buffers, and no callback is or will be called for any of them. A connection or file that comes late is closed.
     * What {@link #cancel} cannot end is waited for.
     *
     * @throws IOException if the platform's queue fails
     * @throws IllegalStateException if a callback calls it
     */
    public void cancelAll() throws IOException {
        loop().requireMayRun();
        loop().cancelAll();
    }

    // ---- turns ----

    /**
     * Hands over what was asked for, takes in what has completed, and calls back. Does not wait.
     *
     * @throws IOException if the platform's queue fails
     * @throws IllegalStateException if a callback calls it
     */
    public void flush() throws IOException {
        loop().turn(0);
        loop().submit();
    }

    /**
     * Runs until no operation is pending and no {@link Event} open.
     *
     * @throws IOException if the platform's queue fails
     * @throws IllegalStateException if a callback calls it
     */
    public void run() throws IOException {
        do {
            loop().turn(Backend.FOREVER);
        } while (loop().isAlive());
        loop().submit();   // closes, perhaps, of what nobody will hear of
    }

    /**
     * Runs for {@code time}, also if there is nothing to do.
     *
     * @throws IOException if the platform's queue fails
     * @throws IllegalStateException if a callback calls it
     */
    public void runFor(Duration time) throws IOException {
        long end = System.nanoTime() + nanos(time);
        long left = end - System.nanoTime();
        do {
            loop().turn(Math.max(0, left));
            left = end - System.nanoTime();
        } while (left > 0);
        loop().submit();
    }

    /**
     * Runs until {@code condition} holds, which is looked at before each turn.
     *
     * @throws IOException if the platform's queue fails
     * @throws IllegalStateException if a callback calls it; or if nothing is pending any more, so that it would never
     *     return
     */
    public void runUntil(BooleanSupplier condition) throws IOException {
        loop().requireMayRun();
        while (!condition.getAsBoolean()) {
            if (!loop().isAlive()) {
                throw new IllegalStateException("nothing is pending, and so the condition will never hold");
            }
            loop().turn(Backend.FOREVER);
        }
        loop().submit();
    }

    private static long nanos(Duration time) {
        if (Objects.requireNonNull(time, "time").isNegative()) {
            throw new IllegalArgumentException("the time is " + time + "; it must not be negative");
        }
        return time.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : time.toNanos();
    }

    private static final Duration LONGEST = Duration.ofDays(365 * 100L);

    /**
     * Cancels all as {@link #cancelAll} does, closes all sockets and files, and gives the queue back. Idempotent.
     *
     * @throws IOException if the platform's queue fails
     * @throws IllegalStateException if a callback calls it
     */
    @Override
    public void close() throws IOException {
        if (loop().isClosed()) {
            return;
        }
        loop().requireMayRun();   // a close that is refused leaves the tasks alone
        offloads.close();
        loop().close();
    }
}
