package dev.ringpark.house;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.contract.Stress;
import dev.ringpark.process.OwnPort;
import dev.ringpark.process.Peer;
import dev.ringpark.process.RunningProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sample PortForwarder promises: the two sides notice each other, and nothing between them. */
class PortForwarderTest {
    private static final int LIMIT_MILLIS = 40_000;   // fails loudly
    private static final int MANY_BYTES = 1_000_000;
    private static final int PIECE = 64 * 1024;

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void passesOnBytesHalfClosesAndResets(String backend) throws Exception {
        Samples.require(backend);
        try (ServerSocket target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RunningProgram forwarder = Samples.start(
                        backend, "PortForwarder", 0, "127.0.0.1", target.getLocalPort())) {
            target.setSoTimeout(LIMIT_MILLIS);
            InetSocketAddress address = Samples.awaitAddress(forwarder);

            try (Socket client = connect(address); Socket server = accept(target)) {
                passesTheEndOfOneDirectionAndKeepsTheOther(client, server);
            }
            try (Socket client = connect(address); Socket server = accept(target)) {
                passesTheEndOfOneDirectionAndKeepsTheOther(server, client);
            }
            try (Socket client = connect(address); Socket server = accept(target)) {
                passesAReset(client, server);
            }
            try (Socket client = connect(address); Socket server = accept(target)) {
                passesAReset(server, client);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void resetsTheClientWhenTheTargetRefuses(String backend) throws Exception {
        Samples.require(backend);
        try (OwnPort nobody = OwnPort.take();
                RunningProgram forwarder = Samples.start(backend, "PortForwarder", 0, "127.0.0.1", nobody.number());
                Socket client = connect(Samples.awaitAddress(forwarder))) {
            assertThatThrownBy(() -> client.getInputStream().read())
                    .isInstanceOf(SocketException.class).hasMessage("Connection reset");
            forwarder.await(Pattern.compile("Connection refused"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void goesUnnoticedBetweenTheEchoSamples(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram server = Samples.start(backend, "EchoServer", 0);
                RunningProgram forwarder = Samples.start(
                        backend, "PortForwarder", 0, "127.0.0.1", Samples.awaitAddress(server).getPort());
                RunningProgram client = Samples.start(
                        backend, "EchoClient", "127.0.0.1", Samples.awaitAddress(forwarder).getPort(), "In between")) {
            assertThat(client.awaitEnd()).contains("In between");
        }
    }

    // ---- much ----

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void sixtyFourMebibytesArriveAsTheyWereSent(String backend) throws Exception {
        assertHashesAgree(backend, 64L << 20);
    }

    @Stress
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "selector"})
    void fiveGibibytesArriveAsTheyWereSent(String backend) throws Exception {
        assertHashesAgree(backend, 5L << 30);
    }

    private static void assertHashesAgree(String backend, long bytes) throws Exception {
        Samples.require(backend);
        try (ServerSocket target = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
                RunningProgram forwarder = Samples.start(
                        backend, "PortForwarder", 0, "127.0.0.1", target.getLocalPort());
                Socket client = connect(Samples.awaitAddress(forwarder));
                Socket server = accept(target)) {
            long start = System.nanoTime();
            FutureTask<String> sent = new FutureTask<>(() -> send(client, bytes));
            Thread.ofPlatform().daemon().start(sent);

            assertThat(receive(server)).isEqualTo(sent.get());
            System.out.printf(Locale.ROOT, "PortForwarder, %s: %,d bytes in %.1f s, equal%n", backend, bytes,
                    (System.nanoTime() - start) / 1e9);
        }
    }

    /** Random bytes; their number and their hash. */
    private static String send(Socket socket, long bytes) throws Exception {
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        SplittableRandom random = new SplittableRandom(bytes);
        byte[] piece = new byte[PIECE];
        for (long sent = 0; sent < bytes; sent += PIECE) {
            random.nextBytes(piece);
            hash.update(piece);
            socket.getOutputStream().write(piece);
        }
        socket.shutdownOutput();
        return bytes + " " + HexFormat.of().formatHex(hash.digest());
    }

    /** All there is; its number of bytes and their hash. */
    private static String receive(Socket socket) throws Exception {
        MessageDigest hash = MessageDigest.getInstance("SHA-256");
        byte[] piece = new byte[PIECE];
        long received = 0;
        for (int count = socket.getInputStream().read(piece); count >= 0; count = socket.getInputStream().read(piece)) {
            hash.update(piece, 0, count);
            received += count;
        }
        return received + " " + HexFormat.of().formatHex(hash.digest());
    }

    // ---- ends ----

    private static void passesTheEndOfOneDirectionAndKeepsTheOther(Socket one, Socket other) throws Exception {
        byte[] sent = new byte[MANY_BYTES];
        new Random(42).nextBytes(sent);
        Thread sender = Thread.ofVirtual().start(() -> Peer.sendAndShut(one, sent));

        assertThat(Arrays.equals(other.getInputStream().readAllBytes(), sent)).isTrue();
        sender.join();

        other.getOutputStream().write("still here".getBytes(US_ASCII));
        assertThat(one.getInputStream().readNBytes(10)).isEqualTo("still here".getBytes(US_ASCII));
        other.shutdownOutput();
        assertThat(one.getInputStream().read()).isEqualTo(-1);
    }

    private static void passesAReset(Socket one, Socket other) throws IOException {
        one.setSoLinger(true, 0);
        one.close();

        assertThatThrownBy(() -> other.getInputStream().read())
                .isInstanceOf(SocketException.class).hasMessage("Connection reset");
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }

    private static Socket accept(ServerSocket target) throws IOException {
        Socket socket = target.accept();
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }
}
