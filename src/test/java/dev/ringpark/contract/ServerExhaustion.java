package dev.ringpark.contract;

import dev.ringpark.Accepting;
import dev.ringpark.LoopGroup;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.LoopServer;
import dev.ringpark.TcpSocket;
import java.io.Closeable;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.stream.Stream;

/** A program of its own, to be started with a low limit of open files: a server that has no descriptor for a client. */
public final class ServerExhaustion {
    private static final int TRIES = 8;
    private static final long LEAST_NANOS = TRIES * 10_000_000L;   // a fifth of what the server waits

    private ServerExhaustion() {}

    /** Takes a backend, a mode and a way to accept; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (LoopGroup group = LoopGroup.start(2, options)) {
            TcpSocket.open(group.next()).close();
            long ofTheJdk = sockets();   // it keeps some for itself
            Accepting accepting = Accepting.valueOf(args[2]);
            LoopServer server = group.serve(Loopback.anyPort(), accepting, each -> each.in().transferTo(each.out()));
            for (int i = 0; i < 4; i++) {
                serve(group, server);   // has loaded every class by now
            }
            int listeners = accepting == Accepting.ON_EVERY_LOOP ? 2 : 1;
            Eventually.until(() -> sockets() == ofTheJdk + listeners, "closed all sockets but the listeners");
            exhaust(group, server);
        }
    }

    private static void exhaust(LoopGroup group, LoopServer server) throws Exception {
        TcpSocket client = TcpSocket.open(group.next());
        Deque<Closeable> taken = takeAll();
        client.connect(server.getLocalAddress());
        long submitted = group.stats().submitted();
        long start = System.nanoTime();
        Eventually.until(() -> group.stats().submitted() >= submitted + TRIES, "tried again and again");
        tell("the server spins", System.nanoTime() - start < LEAST_NANOS);
        tell("the server is open", server.isOpen());
        taken.pop().close();
        client.write(new byte[] {7}, 0, 1);
        tell("the client is served", client.in().read());
    }

    private static void serve(LoopGroup group, LoopServer server) throws IOException {
        try (TcpSocket client = TcpSocket.open(group.next())) {
            client.connect(server.getLocalAddress());
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

    private static Deque<Closeable> takeAll() {
        Deque<Closeable> taken = new ArrayDeque<>();
        while (true) {
            try {
                taken.push(new FileInputStream("/dev/null"));
            } catch (IOException allTaken) {
                return taken;
            }
        }
    }

    private static void tell(String fact, Object value) {
        System.out.println(fact + ": " + value);
    }
}
