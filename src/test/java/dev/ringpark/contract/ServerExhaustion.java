package dev.ringpark.contract;

import dev.ringpark.Accepting;
import dev.ringpark.LoopGroup;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import dev.ringpark.process.AllDescriptors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.SocketAddress;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** A program of its own, to be started with a low limit of open files: a server that has no descriptor for a client. */
public final class ServerExhaustion {
    /** In place of a way to accept: a server as it must not be, which tries again at once. */
    static final String SPINNING = "SPINNING";
    /** What a line begins with before all that is said of one way to accept. */
    static final String WAY = "way: ";

    private static final long A_WHILE_NANOS = Duration.ofMillis(500).toNanos();
    private static final double MOST_CPU = 0.2;   // of one core
    private static final long MOST_TRIES = 200;   // in that while: one that spins on a busy machine has less of the CPU
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();   // needs no descriptor to tell

    private ServerExhaustion() {}

    /** Takes a backend, a mode and ways to accept; tells one fact a line, and each way on both outputs before it. */
    public static void main(String[] args) throws Exception {
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        for (String way : List.of(args).subList(2, args.length)) {
            System.out.println(WAY + way);
            System.err.println(WAY + way);
            try (LoopGroup group = LoopGroup.start(2, options)) {
                run(group, way);
            }
        }
    }

    private static void run(LoopGroup group, String way) throws Exception {
        TcpSocket.open(group.next()).close();
        long ofTheJdk = sockets();   // it keeps some for itself
        SocketAddress address = way.equals(SPINNING) ? spin(group) : serve(group, Accepting.valueOf(way));
        for (int i = 0; i < 4; i++) {
            useOnce(group, address);   // has loaded every class by now
        }
        int listeners = way.equals(Accepting.ON_EVERY_LOOP.name()) ? 2 : 1;
        Eventually.until(() -> sockets() == ofTheJdk + listeners, "closed all sockets but the listeners");
        exhaust(group, address);
    }

    private static void exhaust(LoopGroup group, SocketAddress address) throws Exception {
        TcpSocket client = TcpSocket.open(group.next());
        cpuNanosOver(1);
        try (AllDescriptors taken = AllDescriptors.take()) {
            client.connect(address);
            long submitted = group.stats().submitted();
            long start = System.nanoTime();
            boolean isHot = cpuNanosOver(A_WHILE_NANOS) > MOST_CPU * A_WHILE_NANOS;
            double tries = group.stats().submitted() - submitted;
            double whiles = (double) (System.nanoTime() - start) / A_WHILE_NANOS;
            tell("the server spins", isHot || tries / whiles > MOST_TRIES);
            Eventually.until(() -> group.stats().submitted() >= submitted + 2, "tried again");
            taken.giveOneBack();
            client.write(new byte[] {7}, 0, 1);
            tell("the client is served", client.in().read());
        }
    }

    /** What Java's threads take, and not what the compiler does, which is not done with the start yet. */
    private static long cpuNanosOver(long nanos) {
        long before = cpuNanos();
        long end = System.nanoTime() + nanos;
        for (long left = nanos; left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        return cpuNanos() - before;
    }

    private static long cpuNanos() {
        return LongStream.of(THREADS.getAllThreadIds()).map(THREADS::getThreadCpuTime).filter(nanos -> nanos > 0).sum();
    }

    // ---- servers and a client ----

    private static SocketAddress serve(LoopGroup group, Accepting accepting) throws IOException {
        return group.serve(Loopback.anyPort(), accepting, ServerExhaustion::echo).getLocalAddress();
    }

    private static SocketAddress spin(LoopGroup group) throws IOException {
        TcpListener listener = TcpListener.bind(group.next(), Loopback.anyPort());
        listener.loop().startVirtualThread(() -> {
            while (listener.isOpen()) {
                try (TcpSocket client = listener.accept()) {
                    echo(client);
                } catch (SocketException outOfDescriptors) {
                    // That is its fault: it neither rests nor says so.
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            }
        });
        return Objects.requireNonNull(listener.getLocalAddress());
    }

    private static void echo(TcpSocket socket) throws IOException {
        socket.in().transferTo(socket.out());
    }

    private static void useOnce(LoopGroup group, SocketAddress address) throws IOException {
        try (TcpSocket client = TcpSocket.open(group.next())) {
            client.connect(address);
            client.write(new byte[] {5}, 0, 1);
            client.in().read();
        }
    }

    private static long sockets() {
        try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
            return descriptors.filter(ServerExhaustion::isSocket).count();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    private static void tell(String fact, Object value) {
        System.out.println(fact + ": " + value);
    }
}
