package dev.ringpark;

import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.op.Addresses;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.platform.Backends;
import java.io.IOException;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Several {@linkplain CarrierLoop loops}, for more cores than one, and servers over all of them.
 *
 * {@snippet file="EveryCore.java" region="group"}
 *
 * <p>A socket belongs to one loop, whose threads are quickest with it; all others may use it too. All loops of a group
 * have the same backend. Every method may be called from any thread.
 */
public final class LoopGroup implements AutoCloseable {
    private static final int MOST_LOOPS = 1024;

    /** Starts one loop. */
    @FunctionalInterface
    interface Starter {
        CarrierLoop start(LoopOptions options) throws IOException;
    }

    private final List<CarrierLoop> loops;
    private final AtomicInteger turns = new AtomicInteger();

    private LoopGroup(List<CarrierLoop> loops) {
        this.loops = loops;
    }

    /**
     * Starts a loop for each processor the JVM has, with {@link LoopOptions#defaults()}. Blocks until the queue of each
     * has been opened and tried. They have the best backend that all of them can have.
     *
     * @throws IOException if one of them cannot be started, for the reasons of {@link CarrierLoop#start(LoopOptions)};
     *     those before are closed then
     */
    public static LoopGroup start() throws IOException {
        return start(Runtime.getRuntime().availableProcessors());
    }

    /**
     * Starts {@code count} loops with {@link LoopOptions#defaults()}. Blocks until the queue of each has been opened
     * and tried. They have the best backend that all of them can have.
     *
     * @param count 1 to 1,024
     * @throws IOException if one of them cannot be started, for the reasons of {@link CarrierLoop#start(LoopOptions)};
     *     those before are closed then
     * @throws IllegalArgumentException if {@code count} is out of range
     */
    public static LoopGroup start(int count) throws IOException {
        return start(count, LoopOptions.defaults());
    }

    /**
     * Starts {@code count} loops, named after the options' name with a number. Blocks until the queue of each has been
     * opened and tried. They have the best backend that all of them can have.
     *
     * @param count 1 to 1,024
     * @throws IOException if one of them cannot be started, for the reasons of {@link CarrierLoop#start(LoopOptions)};
     *     those before are closed then
     * @throws IllegalArgumentException if {@code count} is out of range, or there is no backend or mode of the name
     *     that forces one
     */
    public static LoopGroup start(int count, LoopOptions options) throws IOException {
        return start(count, options, CarrierLoop::start);
    }

    static LoopGroup start(int count, LoopOptions options, Starter starter) throws IOException {
        Objects.requireNonNull(options, "options");
        if (count < 1 || count > MOST_LOOPS) {
            throw new IllegalArgumentException("count is " + count + "; it has to be 1 to " + MOST_LOOPS);
        }
        boolean mayChoose = Backends.forced(options.backend()) == null;
        List<CarrierLoop> loops = new ArrayList<>();
        LoopOptions tried = options;
        while (true) {   // ends: each round has a backend less
            try {
                startAll(count, tried, starter, loops);
                return new LoopGroup(List.copyOf(loops));
            } catch (Throwable e) {
                loops.forEach(CarrierLoop::close);
                String refusal = mayChoose && !loops.isEmpty() ? refusal(e) : null;
                if (refusal == null) {
                    throw e;
                }
                String reason = "not for " + count + " loops: " + refusal;
                tried = options.withRefused(with(loops.getFirst().backend(), reason));
                loops.clear();
            }
        }
    }

    private static void startAll(int count, LoopOptions options, Starter starter, List<CarrierLoop> started)
            throws IOException {
        LoopOptions next = options;
        for (int i = 1; i <= count; i++) {
            CarrierLoop loop = starter.start(next.withName(options.name() + "-" + i));
            started.add(loop);
            BackendChoice first = loop.backend();   // of all, or a socket could not be dealt out
            next = options.withBackend(first.name()).withRefused(first.refused());
        }
    }

    /** Why a loop cannot have the backend that loops before it have: of some things a process gets only so much. */
    private static @Nullable String refusal(Throwable failure) {
        Throwable choice = failure.getCause();
        return choice != null && choice.getCause() instanceof BackendUnavailableException refused
                ? refused.getMessage() : null;
    }

    private static Map<String, String> with(BackendChoice choice, String refusal) {
        Map<String, String> refused = new LinkedHashMap<>(choice.refused());
        refused.put(choice.name(), refusal);
        return refused;
    }

    /** The loops; always the same ones, in the same order. */
    public List<CarrierLoop> loops() {
        return loops;
    }

    /**
     * The loop whose turn it is: each after the other, those left out that have been closed.
     *
     * @throws IllegalStateException if all are closed
     */
    public CarrierLoop next() {
        CarrierLoop next = nextOfAll();
        if (!next.isOpen()) {
            throw new IllegalStateException("the group is closed: " + this);
        }
        return next;
    }

    /** A closed one only if all are. */
    private CarrierLoop nextOfAll() {
        CarrierLoop next = nextInTurn();
        for (int i = 1; i < loops.size() && !next.isOpen(); i++) {
            next = nextInTurn();
        }
        return next;
    }

    private CarrierLoop nextInTurn() {
        return loops.get(Math.floorMod(turns.getAndIncrement(), loops.size()));
    }

    /**
     * Runs {@code task} on a virtual thread of the loop whose turn it is, and waits for its end.
     *
     * @return what the task returned
     * @throws Exception what the task threw; {@link InterruptedException} if the caller was interrupted while it
     *     waited: the task's thread is interrupted then
     * @throws IllegalStateException if all loops are closed
     */
    public <T extends @Nullable Object> T run(Callable<T> task) throws Exception {
        return next().run(task);
    }

    /**
     * A new executor that runs each task on a virtual thread of its own, of the loop whose turn it is; closing it waits
     * for its tasks, as usual. A task that is begun when all loops are closed runs, and finds its sockets closed.
     */
    public ExecutorService executor() {
        return Executors.newThreadPerTaskExecutor(task -> nextOfAll().threadFactory().newThread(task));
    }

    /**
     * Listens on {@code local} and has each connection handled on a virtual thread of the loop it belongs to. Accepts
     * on every loop that is open where the system spreads connections over them, which is on Linux, else on one. The
     * server ends when it is closed, or the group is. Does not block.
     *
     * @param local the address; port 0 for one of the system's choice, which {@link LoopServer#getLocalAddress} tells
     * @throws java.net.BindException if the address is in use, also by a server that shares its port; if it is not this
     *     machine's, or its port is privileged
     * @throws IOException if the system has run out of descriptors or memory
     * @throws IllegalStateException if the group is closed
     */
    public LoopServer serve(SocketAddress local, LoopServer.Handler handler) throws IOException {
        List<CarrierLoop> open = loops.stream().filter(CarrierLoop::isOpen).toList();
        return open.size() > 1 && SharedPort.isSpread()
                ? LoopServer.onEvery(open, Addresses.inet(local), Objects.requireNonNull(handler, "handler"))
                : serve(local, Accepting.ON_ONE_LOOP, handler);
    }

    /**
     * Listens on {@code local}, accepts in the way of your choice, and has each connection handled on a virtual thread
     * of the loop it belongs to. The server ends when it is closed, or the group is. Does not block.
     *
     * @param local the address; port 0 for one of the system's choice, which {@link LoopServer#getLocalAddress} tells
     * @throws java.net.BindException if the address is in use, also by a server that shares its port; if it is not this
     *     machine's, or its port is privileged
     * @throws IOException if the system has run out of descriptors or memory
     * @throws UnsupportedOperationException if {@code accepting} asks for what the system does not have
     * @throws IllegalStateException if the group is closed, or one of the loops that are to accept
     */
    public LoopServer serve(SocketAddress local, Accepting accepting, LoopServer.Handler handler) throws IOException {
        Objects.requireNonNull(handler, "handler");
        return switch (accepting) {
            case ON_EVERY_LOOP -> LoopServer.onEvery(loops, Addresses.inet(local), handler);
            case ON_ONE_LOOP -> LoopServer.onOne(next(), this::nextOfAll, Addresses.inet(local), handler);
        };
    }

    /** What the loops have done so far, added up. */
    public LoopStats stats() {
        return loops.stream().map(CarrierLoop::stats).reduce(LoopStats::plus).orElseThrow();
    }

    /** Whether some loop is open. */
    public boolean isOpen() {
        return loops.stream().anyMatch(CarrierLoop::isOpen);
    }

    /**
     * Closes all loops as {@link CarrierLoop#close()} does, at the same time, and returns when all have ended.
     * Idempotent; a second caller waits for the first. Not interruptible. Called by a virtual thread that one of the
     * loops carries, it does not wait for the end of that loop's own thread.
     */
    @Override
    public void close() {
        close(Moment.NONE);
    }

    /**
     * Closes all loops as {@link #close()} does, but waits {@code timeout} at most, for all of them together. What has
     * not ended by then ends as soon as it can; calling this or {@link #close()} again goes on waiting for it. To let
     * the clients of a server finish before, see {@link LoopServer#close(Duration)}.
     *
     * @param timeout how long to wait at most; {@link Duration#ZERO} to wait for nothing, for the end comes all the
     *     same. Without limit waits {@link #close()}.
     * @return whether all has ended, and what has not
     * @throws IllegalArgumentException if {@code timeout} is negative; the group stays open
     */
    public LoopEnd close(Duration timeout) {
        return close(Timeouts.patience(timeout));
    }

    private LoopEnd close(long deadlineNanos) {
        loops.forEach(each -> each.close(Duration.ZERO));   // so that none waits for those before it to end
        return loops.stream().map(each -> each.close(deadlineNanos)).reduce(LoopEnd::plus).orElseThrow();
    }

    @Override
    public String toString() {
        return "LoopGroup[" + loops.size() + " x " + loops.getFirst() + "]";
    }
}
