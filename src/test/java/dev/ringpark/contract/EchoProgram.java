package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * A program of its own that sends back what it gets, for tests of what befalls a whole process. Every read is into a
 * new array. Takes a backend and a mode, and says where it listens.
 */
public final class EchoProgram {
    static final int EXIT_CODE = 7;

    /** Makes the queues small: {@code 8/16}, submissions and completions. */
    static final String ENTRIES = "echo.entries";
    /** Exits in the middle of a write, once so many bytes have come. */
    static final String EXIT_AFTER = "echo.exitAfter";
    /** Collects garbage again as soon as something has been read. */
    static final String COLLECTS = "echo.collects";

    private static final int BACKLOG = 4096;
    private static final int MOST_BYTES = 4096;
    private static final long REST_NANOS = 100_000;
    private static final long PAUSE_NANOS = 10_000_000;   // after an accept without a descriptor

    private final CarrierLoop loop;
    private final AtomicLong left = new AtomicLong(Long.getLong(EXIT_AFTER, Long.MAX_VALUE));

    private EchoProgram(CarrierLoop loop) {
        this.loop = loop;
    }

    /** Serves until the process ends. */
    public static void main(String[] args) throws Exception {
        LoopOptions options = entries(LoopOptions.defaults()).withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (CarrierLoop loop = CarrierLoop.start(options);
                TcpListener listener = TcpListener.bind(loop, Loopback.anyPort(), BACKLOG)) {
            EchoProgram program = new EchoProgram(loop);
            if (Boolean.getBoolean(COLLECTS)) {
                Thread.ofPlatform().daemon().start(program::collect);
            }
            System.out.println("port " + ((InetSocketAddress) listener.getLocalAddress()).getPort());
            loop.run(() -> program.acceptAll(listener));
        }
    }

    private static LoopOptions entries(LoopOptions options) {
        String[] entries = System.getProperty(ENTRIES, "").split("/", -1);
        return entries.length < 2 ? options
                : options.withEntries(Integer.parseInt(entries[0]), Integer.parseInt(entries[1]));
    }

    /** Some collectors stop everything: without a rest in between, nothing else would ever run on a busy machine. */
    private void collect() {
        for (long seen = 0; ; seen = left.get()) {
            System.gc();
            while (left.get() == seen) {
                LockSupport.parkNanos(REST_NANOS);
            }
        }
    }

    private Void acceptAll(TcpListener listener) throws IOException {
        while (true) {
            try {
                TcpSocket socket = listener.accept();
                loop.startVirtualThread(() -> echo(socket));
            } catch (SocketException e) {
                System.out.println(e.getMessage());
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void echo(TcpSocket socket) {
        try (socket) {
            int size = 1;
            byte[] bytes = new byte[size];
            for (int count = socket.read(bytes, 0, size); count >= 0; count = socket.read(bytes, 0, size)) {
                exitIfTimeHasCome(count);
                socket.out().write(bytes, 0, count);
                size = size * 3 % MOST_BYTES;   // 3 is no factor of it, so all odd sizes of an orbit, never 0
                bytes = new byte[size];
            }
        } catch (IOException e) {
            System.out.printf(Locale.ROOT, "%s: %s%n", socket, e);
        }
    }

    private void exitIfTimeHasCome(int count) {
        if (left.addAndGet(-count) < 0) {
            System.exit(EXIT_CODE);
        }
    }
}
