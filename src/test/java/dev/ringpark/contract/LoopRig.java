package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.time.Duration;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** A loop and what tests do with one. No wait in here has a guessed length: each ends with what it is for, or fails. */
final class LoopRig implements AutoCloseable {
    /** Far away: who reaches it has failed. */
    static final Duration FAR = Duration.ofSeconds(30);

    private static final int SMALL_BYTES = 32 * 1024;

    final CarrierLoop loop;

    LoopRig(Flavor flavor) throws IOException {
        this(flavor, flavor.options());
    }

    /** With options made from the flavor's. */
    LoopRig(Flavor flavor, LoopOptions options) throws IOException {
        loop = flavor.start(options);
    }

    static boolean isCarried(Flavor flavor) {
        return flavor.options().mode() == LoopMode.CARRIED;
    }

    /** The name of the loop's thread. */
    static String threadName(Flavor flavor) {
        return flavor.options().name() + "-loop";
    }

    /** On a thread of its own: a loop that does not end fails its test and not the whole run. */
    @Override
    public void close() {
        Thread closer = Thread.ofPlatform().daemon().name("closer").start(loop::close);
        until(() -> !closer.isAlive(), () -> loop + " does not close");
        Held.letGo();
    }

    // ---- sockets ----

    /** Two ends of a connection. */
    record Pair(TcpSocket near, TcpSocket far) {}

    /** One end on a loop, the other the JDK's. */
    record Mixed(TcpSocket near, Socket far) {}

    Pair pair() throws IOException {
        return pair(loop, loop);
    }

    /** Connects from any thread; a backlog takes the connection before its accept. */
    static Pair pair(CarrierLoop nearLoop, CarrierLoop farLoop) throws IOException {
        try (TcpListener listener = TcpListener.bind(nearLoop, loopback())) {
            return pair(listener, farLoop);
        }
    }

    /** For many pairs: to find a port for each takes longer the more connections have just ended, or there is none. */
    static Pair pair(TcpListener listener, CarrierLoop farLoop) throws IOException {
        TcpSocket far = TcpSocket.connect(farLoop, Objects.requireNonNull(listener.getLocalAddress()));
        return Held.hold(new Pair(listener.accept(), far));
    }

    Mixed mixed() throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            TcpSocket near = TcpSocket.connect(loop, listener.getLocalSocketAddress());
            return Held.hold(new Mixed(near, listener.accept()));
        }
    }

    /** A connection whose near end has to wait once it has written some tens of kilobytes that nobody reads. */
    Mixed slow() throws IOException {
        try (ServerSocket listener = new ServerSocket()) {
            listener.setReceiveBufferSize(SMALL_BYTES);
            listener.bind(loopback());
            TcpSocket near = TcpSocket.open(loop, StandardProtocolFamily.INET);
            near.setOption(StandardSocketOptions.SO_SNDBUF, SMALL_BYTES);
            near.connect(listener.getLocalSocketAddress());
            return Held.hold(new Mixed(near, listener.accept()));
        }
    }

    static SocketAddress loopback() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    // ---- threads ----

    /** A thread and what comes of its task. */
    record Running<T>(Thread thread, Future<T> result) {
        T await() throws Exception {
            return LoopRig.await(result);
        }
    }

    /** Runs {@code task} on a virtual thread of the loop. */
    <T> Running<T> start(Callable<T> task) {
        return startOn(loop, task);
    }

    static <T> Running<T> startOn(CarrierLoop loop, Callable<T> task) {
        FutureTask<T> result = new FutureTask<>(task);
        return new Running<>(loop.startVirtualThread(result), result);
    }

    /** Runs {@code task} on a platform thread. */
    static <T> Running<T> startPlatform(Callable<T> task) {
        FutureTask<T> result = new FutureTask<>(task);
        return new Running<>(Thread.ofPlatform().daemon().start(result), result);
    }

    static <T> T await(Future<T> result) throws Exception {
        try {
            return result.get(FAR.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Exception cause) {
                throw cause;
            }
            throw e;
        } catch (TimeoutException e) {
            throw new AssertionError("not done within " + FAR, e);
        }
    }

    static void join(Thread thread) throws InterruptedException {
        if (!thread.join(FAR)) {
            throw new AssertionError(thread + " still lives after " + FAR + ", " + thread.getState() + " in "
                    + Arrays.toString(thread.getStackTrace()));
        }
    }

    /** Waits until {@code thread} is parked in a call of the library. */
    static void awaitParkedInCall(Thread thread) {
        until(() -> isParkedInCall(thread), () -> thread + " is not parked in a call but " + thread.getState() + " in "
                + Arrays.toString(thread.getStackTrace()));
    }

    private static boolean isParkedInCall(Thread thread) {
        return isWaiting(thread) && Arrays.stream(thread.getStackTrace())
                .anyMatch(frame -> frame.getClassName().startsWith("dev.ringpark.")
                        && !frame.getClassName().startsWith("dev.ringpark.contract."));
    }

    /** Waits until {@code thread} is parked, be it in a timed wait or one without end. */
    static void awaitWaiting(Thread thread) {
        until(() -> isWaiting(thread), () -> thread + " does not wait but is " + thread.getState());
    }

    static boolean isWaiting(Thread thread) {
        return thread.getState() == Thread.State.WAITING || thread.getState() == Thread.State.TIMED_WAITING;
    }

    static void until(BooleanSupplier condition, Supplier<String> otherwise) {
        long endNanos = System.nanoTime() + FAR.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - endNanos > 0) {
                throw new AssertionError(otherwise.get());
            }
            LockSupport.parkNanos(500_000);
        }
    }
}
