package dev.ringpark.house;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.RunningProgram;
import dev.ringpark.process.StandIn;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the sample HelloHttp promises: that it answers whoever asks properly, and is rid of whoever does not. */
class HelloHttpTest {
    private static final int LIMIT_MILLIS = 40_000;   // fails loudly
    private static final int DAWDLERS = 100;
    private static final int DESCRIPTORS = 100;
    private static final String GREETING = "Hello, ring!\n";

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of freebsd", "selector"})
    void answersProperRequestsAndWaitsForNobodyWithoutEnd(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram server = Samples.start(backend, "HelloHttp", 0)) {
            InetSocketAddress address = Samples.awaitAddress(server);
            List<Socket> dawdlers = dawdlers(address);
            answersTheJdksClient(address);
            answersPipelinedRequestsInTheirOrder(address);
            keepsAnOldConnectionOnlyIfAsked(address);
            closesAfterWhatItDoesNotKnow(address);
            closesOnAHeadTooLong(address);

            for (Socket each : dawdlers) {
                assertThat(rest(each)).isEmpty();   // its patience ends after ten seconds
                each.close();
            }
        }
    }

    /** What slowhttptest does by the thousand. */
    private static List<Socket> dawdlers(InetSocketAddress address) throws IOException {
        List<Socket> dawdlers = new ArrayList<>();
        for (int i = 0; i < DAWDLERS; i++) {
            dawdlers.add(connect(address));
            send(dawdlers.getLast(), "GET / HTTP/1.1\r\nHost: here\r\n");
        }
        return dawdlers;
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of freebsd", "selector"})
    void livesThroughAShortageOfDescriptors(String backend) throws Exception {
        Samples.require(backend);
        List<String> words = new ArrayList<>(Samples.command("HelloHttp", 0));
        words.addAll(1, StandIn.flagsFor(backend));
        String command = String.join(" ", words);
        List<Socket> crowd = new ArrayList<>();
        try (RunningProgram server = RunningProgram.start(
                List.of("bash", "-c", "ulimit -n " + DESCRIPTORS + "; exec " + command),
                Map.of("RINGPARK_BACKEND", StandIn.backend(backend)))) {
            InetSocketAddress address = Samples.awaitAddress(server);
            for (int i = 0; i < DESCRIPTORS; i++) {
                crowd.add(connect(address));
            }
            server.await(Pattern.compile("Too many open files"));
            for (Socket each : crowd) {
                each.close();
            }

            answersPipelinedRequestsInTheirOrder(address);
        }
    }

    private static void answersTheJdksClient(InetSocketAddress address) throws Exception {
        URI uri = URI.create("http://" + address.getAddress().getHostAddress() + ":" + address.getPort() + "/");
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < 20; i++) {
                HttpResponse<String> got = client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString());
                assertThat(got.statusCode()).isEqualTo(200);
                assertThat(got.body()).isEqualTo(GREETING);
            }
            HttpRequest headOnly = HttpRequest.newBuilder(uri).HEAD().build();
            HttpResponse<String> head = client.send(headOnly, BodyHandlers.ofString());
            assertThat(head.body()).isEmpty();
            assertThat(head.headers().firstValue("Content-Length")).contains("13");
        }
    }

    private static void answersPipelinedRequestsInTheirOrder(InetSocketAddress address) throws IOException {
        try (Socket socket = connect(address)) {
            send(socket, "GET /1 HTTP/1.1\r\n\r\nHEAD /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n");
            String[] answers = rest(socket).split("(?=HTTP/1.1 )");

            assertThat(answers).hasSize(3).allMatch(each -> each.startsWith("HTTP/1.1 200 OK\r\n"));
            assertThat(answers[0]).contains("Connection: keep-alive").endsWith("\r\n\r\n" + GREETING);
            assertThat(answers[1]).contains("Connection: keep-alive").endsWith("\r\n\r\n");
            assertThat(answers[2]).contains("Connection: close").endsWith("\r\n\r\n" + GREETING);
        }
    }

    private static void keepsAnOldConnectionOnlyIfAsked(InetSocketAddress address) throws IOException {
        try (Socket socket = connect(address)) {
            send(socket, "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
            send(socket, "GET / HTTP/1.0\r\n\r\n");

            assertThat(rest(socket))
                    .containsSubsequence("Connection: keep-alive", GREETING, "Connection: close", GREETING);
        }
    }

    private static void closesAfterWhatItDoesNotKnow(InetSocketAddress address) throws IOException {
        try (Socket socket = connect(address)) {
            send(socket, "BREW /pot HTTP/1.1\r\n\r\n");

            assertThat(rest(socket)).startsWith("HTTP/1.1 501 ").contains("Connection: close");
        }
    }

    private static void closesOnAHeadTooLong(InetSocketAddress address) throws IOException {
        try (Socket socket = connect(address)) {
            send(socket, "GET / HTTP/1.1\r\nX: " + "x".repeat(8192 - 19));   // as much as it takes, and no end in sight

            assertThat(rest(socket)).isEmpty();
        }
    }

    private static Socket connect(InetSocketAddress address) throws IOException {
        Socket socket = new Socket(address.getAddress(), address.getPort());
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    }

    private static String rest(Socket socket) throws IOException {
        return new String(socket.getInputStream().readAllBytes(), ISO_8859_1);
    }
}
