package dev.ringpark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Stress;
import dev.ringpark.process.RunningProgram;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A thousand clients that dawdle, against the sample HelloHttp. */
class SlowHttpTest {
    private static final int CONNECTIONS = 1000;
    private static final Duration PATIENCE = Duration.ofSeconds(10);   // of somebody with a proper request
    private static final Duration PAUSE = Duration.ofMillis(100);

    @TempDir
    private Path folder;

    /** Heads that never end, bodies, which the sample does not take, and answers that are hardly read. */
    @Stress
    @ParameterizedTest
    @CsvSource({
        "io_uring, -H", "io_uring, -B", "io_uring, -X",
        "selector, -H", "selector, -B", "selector, -X",
    })
    void aProperRequestIsAnsweredBesideAThousandThatDawdle(String backend, String kind) throws Exception {
        Tool.require("slowhttptest", "slowhttptest");
        try (Sample server = Sample.start(backend, "HelloHttp"); HttpClient client = HttpClient.newHttpClient()) {
            URI uri = URI.create("http://127.0.0.1:" + server.port() + "/");
            int answers = 0;
            Duration slowest = Duration.ZERO;
            try (RunningProgram tool = start(kind, uri)) {
                do {
                    Duration took = ask(client, uri);
                    slowest = took.compareTo(slowest) > 0 ? took : slowest;
                    answers++;
                } while (tool.livesOnFor(PAUSE));
                assertThat(tool.exitCode()).isZero();
            }
            ask(client, uri);
            client.shutdownNow();
            server.assertNothingIsLeft();
            System.out.printf("slowhttptest %s, %s: %s, %d proper answers beside it, the slowest after %d ms%n", kind,
                    backend, report(), answers, slowest.toMillis());
        }
    }

    private static Duration ask(HttpClient client, URI uri) throws IOException, InterruptedException {
        long start = System.nanoTime();
        HttpResponse<String> answer =
                client.send(HttpRequest.newBuilder(uri).timeout(PATIENCE).build(), BodyHandlers.ofString());
        assertThat(answer.statusCode()).isEqualTo(200);
        return Duration.ofNanos(System.nanoTime() - start);
    }

    private RunningProgram start(String kind, URI uri) throws IOException {
        return RunningProgram.start(List.of("slowhttptest", kind, "-u", uri.toString(),
                "-c", String.valueOf(CONNECTIONS), "-r", rate(kind), "-i", "2", "-l", "60", "-p", "5",
                "-n", "2", "-w", "1", "-y", "16", "-z", "1", "-k", "5",
                "-g", "-o", folder.resolve("report").toString()), Map.of());
    }

    /**
     * How many connections it begins in a second. Heads that never end keep theirs, so all are open together. Others
     * are answered, and gone: what ends in the last second, which the tool does not tell of, has to be little.
     */
    private static String rate(String kind) {
        return kind.equals("-H") ? "500" : "40";
    }

    /** What the tool itself has seen, second for second: that it was served, and how many it had connected. */
    private String report() throws IOException {
        List<int[]> seconds = Files.readAllLines(folder.resolve("report.csv")).stream().skip(1)
                .map(row -> List.of(row.split(",")).stream().mapToInt(Integer::parseInt).toArray()).toList();
        assertThat(seconds).allSatisfy(second -> assertThat(second[4]).as("the service is available").isPositive());
        int most = seconds.stream().mapToInt(second -> second[1] + second[3]).max().orElseThrow();
        assertThat(most).as("connections made, of " + CONNECTIONS).isGreaterThanOrEqualTo(CONNECTIONS * 95 / 100);
        return most + " connections";
    }
}
