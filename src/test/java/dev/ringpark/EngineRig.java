package dev.ringpark;

import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.jdk.VirtualThreads;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Assumptions;

/** An engine on a thread of its own, over a {@link ScriptedBackend}. */
final class EngineRig implements AutoCloseable {
    static final long LONG_SECONDS = 20;

    final Counters counters = new Counters();
    final Thread thread;
    final LoopEngine engine;
    final LoopDoor door;
    final Parking parking;
    private final LoopScheduler scheduler;
    private final CompletableFuture<LoopEngine> opened = new CompletableFuture<>();
    private final CompletableFuture<Void> ended = new CompletableFuture<>();

    EngineRig(boolean carried) {
        if (carried) {
            String refusal = VirtualThreads.refusal();
            Assumptions.assumeTrue(refusal == null, refusal);
        }
        thread = Thread.ofPlatform().daemon().name("scripted-loop").start(() -> live(carried));
        engine = opened.join();
        door = engine.door();
        parking = new Parking(engine);
        scheduler = new LoopScheduler(door);
    }

    private void live(boolean carried) {
        try {
            LoopEngine made = new LoopEngine(ScriptedBackend::new, carried, LoopOptions.defaults(), counters);
            opened.complete(made);
            made.run();
            ended.complete(null);
        } catch (Throwable e) {
            opened.completeExceptionally(e);
            ended.completeExceptionally(e);
        }
    }

    ScriptedBackend backend() {
        return (ScriptedBackend) engine.backend();
    }

    Handle socket() {
        return backend().openSocket(SocketType.STREAM, null);
    }

    long wakeups() {
        return counters.get(Count.WAKEUPS);
    }

    /** What {@link #read} needs of a socket: its reading operation, begun by the thread that is to wait for it. */
    static Operation begin(Handle handle) {
        Operation read = handle.operation(Handle.READING);
        read.beginTransfer(Kind.READ, new byte[8], 0, 8, Moment.NONE);
        return read;
    }

    /** A whole call, on the caller's thread; the result, and the operation free again. */
    int read(Handle handle) {
        Operation read = begin(handle);
        parking.submitAndPark(read);
        int result = read.failure() == null ? read.result() : -1;
        read.reset();
        return result;
    }

    // ---- threads ----

    <T> FutureTask<T> startPlatform(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    /** On a virtual thread that the engine carries. */
    <T> FutureTask<T> startCarried(Callable<T> body) {
        FutureTask<T> task = new FutureTask<>(body);
        VirtualThreads.builder(scheduler).start(task);
        return task;
    }

    static <T> T await(Future<T> task) throws Exception {
        try {
            return task.get(LONG_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw new AssertionError("failed: " + e.getCause(), e.getCause());
        } catch (TimeoutException e) {
            throw new AssertionError("never ended", e);
        }
    }

    static void await(CountDownLatch latch) {
        try {
            if (!latch.await(LONG_SECONDS, TimeUnit.SECONDS)) {
                throw new AssertionError("never came");
            }
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")   // gives way to those whose progress it waits for
    static void until(BooleanSupplier condition, String what) {
        long endNanos = System.nanoTime() + TimeUnit.SECONDS.toNanos(LONG_SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError("never: " + what);
            }
            Thread.yield();
        }
    }

    static boolean isParkedOn(Thread waiting, Operation operation) {
        return LockSupport.getBlocker(waiting) == operation;
    }

    /** Returns when everything mailed before has been taken in: the mailbox is first in, first out. */
    void awaitMailTakenIn() {
        CountDownLatch taken = new CountDownLatch(1);
        door.execute(taken::countDown);
        await(taken);
    }

    /** Stops the engine and waits for its end; what made it fail fails the test. */
    void stop() throws Exception {
        engine.stop();
        await(ended);
    }

    @Override
    public void close() {
        engine.stop();
        until(ended::isDone, "the engine ends");
    }
}
