package dev.ringpark.availability;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.house.Samples;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Peer;
import dev.ringpark.process.RunningProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.Random;
import java.util.regex.Pattern;

/** What users start first: the samples that serve, under whatever conditions {@code jvm} brings. */
final class SampleServers {
    private static final int MUCH = 200_000;   // more than one buffer of anybody's
    private static final int PATIENCE_MILLIS = 30_000;
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";

    private SampleServers() {}

    /** Checks that both come up on a backend that {@code backend} matches, and serve. */
    static void assertServe(Jvm jvm, String backend) throws Exception {
        try (RunningProgram server = Samples.start(jvm, "EchoServer", 0)) {
            assertEchoes(addressOf(server, backend));
        }
        try (RunningProgram server = Samples.start(jvm, "HelloHttp", 0)) {
            assertGreets(addressOf(server, backend));
        }
    }

    private static InetSocketAddress addressOf(RunningProgram server, String backend) throws InterruptedException {
        server.await(Pattern.compile("backend " + backend + "\\b"));   // what the log says, before it listens
        return Samples.awaitAddress(server);
    }

    private static void assertEchoes(InetSocketAddress address) throws Exception {
        byte[] bytes = new byte[MUCH];
        new Random(MUCH).nextBytes(bytes);
        try (Socket socket = connect(address)) {
            Thread writer = Thread.startVirtualThread(() -> Peer.sendAndShut(socket, bytes));

            assertThat(socket.getInputStream().readAllBytes()).isEqualTo(bytes);
            writer.join();
        }
    }

    private static void assertGreets(InetSocketAddress address) throws IOException {
        try (Socket socket = connect(address)) {
            socket.getOutputStream().write(REQUEST.getBytes(US_ASCII));

            assertThat(new String(socket.getInputStream().readAllBytes(), US_ASCII))
                    .startsWith("HTTP/1.1 200 OK\r\n").endsWith("\r\n\r\nHello, ring!\n");
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(PATIENCE_MILLIS);
        return socket;
    }
}
