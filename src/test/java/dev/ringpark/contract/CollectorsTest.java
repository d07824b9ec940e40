package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Jvm;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Arrays that are read into and written from while a collector moves them constantly: under G1 on every flavor, under
 * Serial and ZGC on half of them each, as the copies are made at one place for each kind of backend.
 */
class CollectorsTest {
    private static final int CONNECTIONS = 4;
    private static final long SOME = 50_000;
    private static final long MANY = 1_000_000;
    private static final int LEAST_COLLECTIONS = 6;   // the first two are over before any byte has come
    private static final int MOST_ROUNDS = 200;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void g1MovesArraysUnderReadsAndWrites(Flavor flavor) throws Exception {
        assertBytesAreRight("G1", flavor, SOME);
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING_CARRIED", "EPOLL_HANDED_OVER", "KQUEUE_CARRIED", "SELECTOR_HANDED_OVER"})
    void serialMovesArraysUnderReadsAndWrites(Flavor flavor) throws Exception {
        assertBytesAreRight("Serial", flavor, SOME);
    }

    @ParameterizedTest
    @EnumSource(names = {"IO_URING_HANDED_OVER", "EPOLL_CARRIED", "KQUEUE_HANDED_OVER", "SELECTOR_CARRIED"})
    void zMovesArraysUnderReadsAndWrites(Flavor flavor) throws Exception {
        assertBytesAreRight("Z", flavor, SOME);
    }

    @Stress
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void everyCollectorMovesArraysUnderReadsAndWritesForLong(Flavor flavor) throws Exception {
        for (String collector : List.of("Serial", "G1", "Z")) {
            assertBytesAreRight(collector, flavor, MANY);
        }
    }

    private void assertBytesAreRight(String collector, Flavor flavor, long bytes) throws Exception {
        Path log = folder.resolve("gc.log");
        Jvm jvm = Jvm.withFullAccess().and("-XX:-UseSerialGC", "-XX:+Use" + collector + "GC", "-Xlog:gc:file=" + log,
                "-D" + EchoProgram.COLLECTS + "=true");
        try (EchoServer server = EchoServer.start(flavor, jvm)) {
            long echoed = 0;
            long collections = 0;
            // Some collectors take longer for once than others for fifty times.
            for (int round = 0; round < MOST_ROUNDS && collections < LEAST_COLLECTIONS; round++) {
                echoed += echo(server, bytes);
                collections = collections(log);
            }
            System.out.printf("%s, %s: %d bytes echoed under %d collections, 0 wrong%n", flavor, collector, echoed,
                    collections);
            assertThat(collections).as("collections").isGreaterThanOrEqualTo(LEAST_COLLECTIONS);
        }
    }

    private static long echo(EchoServer server, long bytes) throws Exception {
        List<Socket> clients = server.connect(CONNECTIONS);
        List<EchoTraffic> traffic = clients.subList(clients.size() - CONNECTIONS, clients.size()).stream()
                .map(client -> new EchoTraffic(client, bytes)).toList();
        for (EchoTraffic each : traffic) {
            assertThat(each.awaitEnd()).isEqualTo(bytes);
        }
        return CONNECTIONS * bytes;
    }

    /** How often everything was collected, and each time with a line that says what it took. */
    private static long collections(Path log) throws IOException {
        return Files.readAllLines(log).stream().filter(line -> line.matches(".* \\(System\\.gc\\(\\)\\) .*s")).count();
    }
}
