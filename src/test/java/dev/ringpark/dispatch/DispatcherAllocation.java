package dev.ringpark.dispatch;

import dev.ringpark.process.Allocation;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A program of its own, whose compiler has seen nothing else: tells what a dispatcher allocates whose callers use
 * requests of their own again and again.
 */
public final class DispatcherAllocation {
    private final Dispatcher dispatcher;

    private DispatcherAllocation(Dispatcher dispatcher) {
        this.dispatcher = dispatcher;
    }

    /** Takes a backend, and a file that is not empty; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        try (Dispatcher dispatcher = Dispatcher.open(DispatcherOptions.defaults().withBackend(args[0]))) {
            DispatcherAllocation program = new DispatcherAllocation(dispatcher);
            Allocation.tell("echoes", program.new Echo()::run);
            Allocation.tell("timeouts", program.new Timeouts()::run);
            if (args[0].equals("io_uring")) {   // elsewhere they go to threads, as tasks that have to be made
                Allocation.tell("reads of a file", program.new Reads(Path.of(args[1]))::run);
            }
        }
    }

    private SocketHandle socket() throws IOException {
        return dispatcher.openSocket(StandardProtocolFamily.INET);
    }

    /** One byte there and back, with four operations. */
    private final class Echo {
        private final SocketHandle near;
        private final SocketHandle far;
        private final ByteBuffer ping = ByteBuffer.allocateDirect(1);
        private final ByteBuffer pong = ByteBuffer.allocateDirect(1);
        private final Request<ByteBuffer> sent = new Request<>(_ -> { });
        private final Request<ByteBuffer> answered = new Request<>(_ -> { });
        private final Request<ByteBuffer> received = new Request<>(this::answer);
        private final Request<ByteBuffer> returned = new Request<>(this::again);
        private int left;

        Echo() throws IOException {
            SocketHandle listener = dispatcher.openListener(StandardProtocolFamily.INET);
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
            Request<SocketHandle> accepted = dispatcher.accept(listener, _ -> { });
            Request<SocketHandle> connected = dispatcher.connect(socket(), listener.localAddress(), _ -> { });
            dispatcher.run();
            near = connected.result();
            far = accepted.result();
        }

        void run(int rounds) throws IOException {
            left = rounds;
            begin();
            dispatcher.run();
            if (returned.count() != 1) {
                throw new IOException(returned.count() + " bytes came back");
            }
        }

        private void begin() {
            dispatcher.send(near, ping.clear(), sent);
            dispatcher.receive(far, pong.clear(), received);
        }

        private void answer(Request<ByteBuffer> request) {
            dispatcher.send(far, pong.clear(), answered);
            dispatcher.receive(near, ping.clear(), returned);
        }

        private void again(Request<ByteBuffer> request) {
            if (--left > 0) {
                begin();
            }
        }
    }

    private final class Timeouts {
        private static final Duration SHORT = Duration.ofNanos(1);

        private final Request<@Nullable Void> timeout = new Request<>(this::again);
        private int left;

        void run(int times) throws IOException {
            left = times;
            dispatcher.timeout(SHORT, timeout);
            dispatcher.run();
        }

        private void again(Request<@Nullable Void> request) {
            if (--left > 0) {
                dispatcher.timeout(SHORT, request);
            }
        }
    }

    /** One byte of a file. */
    private final class Reads {
        private final FileHandle file;
        private final ByteBuffer target = ByteBuffer.allocateDirect(1);
        private final Request<ByteBuffer> read = new Request<>(this::again);
        private int left;

        Reads(Path path) throws IOException {
            Request<FileHandle> opened = dispatcher.open(path, Set.of(StandardOpenOption.READ), _ -> { });
            dispatcher.run();
            file = opened.result();
        }

        void run(int times) throws IOException {
            left = times;
            dispatcher.read(file, target.clear(), 0, read);
            dispatcher.run();
            if (read.count() != 1) {
                throw new IOException(read.count() + " bytes read");
            }
        }

        private void again(Request<ByteBuffer> request) {
            if (--left > 0) {
                dispatcher.read(file, target.clear(), 0, request);
            }
        }
    }
}
