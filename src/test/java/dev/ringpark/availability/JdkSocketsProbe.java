package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;

/** A program of its own, as what it looks at happens once in a process: the JDK's sockets beside a loop. */
public final class JdkSocketsProbe {
    private static final Duration FAR = Duration.ofSeconds(10);   // who is not done by then has been forgotten

    private JdkSocketsProbe() {}

    /** Runs one of the two scenes; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        if (args[0].equals("hog")) {
            readBesideAHog();
        } else {
            startWithoutDescriptors();
        }
        tell("on its own", read(Thread.ofVirtual()::start));
        tell("runs for an ended loop", Thread.getAllStackTraces().keySet().stream()
                .anyMatch(thread -> thread.getName().startsWith("ringpark-afterlife")));
    }

    /** The first who waits in a socket of the JDK is a thread of the loop. */
    private static void readBesideAHog() throws Exception {
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withMode(LoopMode.CARRIED))) {
            tell("on the loop", read(loop::startVirtualThread));
            AtomicBoolean stop = new AtomicBoolean();
            CountDownLatch running = new CountDownLatch(1);
            Thread hog = loop.startVirtualThread(() -> {
                running.countDown();
                while (!stop.get()) {
                    Thread.onSpinWait();
                }
            });
            running.await();
            tell("beside a hog", read(Thread.ofVirtual()::start));
            stop.set(true);
            hog.join();
            tell("on the loop again", read(loop::startVirtualThread));
        }
    }

    /** Takes all descriptors, then gives them back one by one until a carried loop starts. */
    private static void startWithoutDescriptors() throws IOException {
        // Loads what has to be opened to be loaded, without carrying anybody.
        CarrierLoop.start(LoopOptions.defaults().withMode(LoopMode.HANDED_OVER)).close();
        Deque<Closeable> taken = new ArrayDeque<>();
        try {
            while (true) {
                taken.push(new FileInputStream("/dev/null"));
            }
        } catch (IOException allTaken) {
            tell("descriptors taken", !taken.isEmpty());
        }
        int failures = 0;
        while (!starts()) {
            failures++;
            taken.pop().close();
        }
        tell("starts that failed before", failures > 0);
        while (!taken.isEmpty()) {
            taken.pop().close();
        }
    }

    private static boolean starts() {
        try (CarrierLoop loop = CarrierLoop.start(LoopOptions.defaults().withMode(LoopMode.CARRIED))) {
            return loop.isOpen();
        } catch (IOException outOfDescriptors) {
            return false;
        }
    }

    /** Has a thread wait for a byte, and sends it one: whether it gets it. */
    private static boolean read(Function<Runnable, Thread> starter) throws Exception {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket near = new Socket(listener.getInetAddress(), listener.getLocalPort());
                Socket far = listener.accept()) {
            AtomicBoolean got = new AtomicBoolean();
            Thread reader = starter.apply(() -> got.set(hasByte(near)));
            awaitParked(reader);
            far.getOutputStream().write(1);
            reader.join(FAR);
            return got.get();
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")   // gives way to the one it waits for
    private static void awaitParked(Thread reader) {
        long end = System.nanoTime() + FAR.toNanos();
        while (reader.getState() != Thread.State.WAITING && System.nanoTime() - end < 0) {
            Thread.yield();
        }
    }

    private static boolean hasByte(Socket socket) {
        try {
            return socket.getInputStream().read() == 1;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void tell(String fact, boolean value) {
        System.out.println(fact + ": " + value);
    }
}
