package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Jvm;
import java.util.List;
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

    private static void assertBytesAreRight(String collector, Flavor flavor, long bytes) throws Exception {
        Jvm jvm = Jvm.withFullAccess()
                .and("-XX:-UseSerialGC", "-XX:+Use" + collector + "GC", "-D" + EchoProgram.COLLECTS + "=true");
        try (EchoServer server = EchoServer.start(flavor, jvm)) {
            List<EchoTraffic> traffic =
                    server.connect(CONNECTIONS).stream().map(client -> new EchoTraffic(client, bytes)).toList();
            for (EchoTraffic each : traffic) {
                assertThat(each.awaitEnd()).isEqualTo(bytes);
            }
            System.out.printf("%s, %s: %d x %d bytes echoed, 0 wrong%n", flavor, collector, CONNECTIONS, bytes);
        }
    }
}
