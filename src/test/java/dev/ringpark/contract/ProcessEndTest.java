package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Jvm;
import java.net.SocketException;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A process that ends in the midst of its traffic: it ends as it was told, its peers learn it, and nothing crashes. */
class ProcessEndTest {
    private static final Jvm JVM = Jvm.withFullAccess();
    private static final int CONNECTIONS = 20;
    private static final int SIGNAL_BASE = 128;   // what the system adds to a signal for an exit code
    private static final int SIGTERM = 15;

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aThreadOfTheLoopMayExitWhileOperationsAreInFlight(Flavor flavor) throws Exception {
        try (EchoServer server = EchoServer.start(flavor, JVM.and("-D" + EchoProgram.EXIT_AFTER + "=500000"))) {
            List<EchoTraffic> traffic = traffic(server);
            assertEnds(server, traffic, EchoProgram.EXIT_CODE);
        }
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aProcessThatIsToldToEndDoesSo(Flavor flavor) throws Exception {
        try (EchoServer server = EchoServer.start(flavor, JVM)) {
            List<EchoTraffic> traffic = traffic(server);
            awaitFlow(traffic);
            server.program().handle().destroy();
            assertEnds(server, traffic, SIGNAL_BASE + SIGTERM);
        }
    }

    private static List<EchoTraffic> traffic(EchoServer server) throws Exception {
        return server.connect(CONNECTIONS).stream().map(client -> new EchoTraffic(client, Long.MAX_VALUE)).toList();
    }

    private static void awaitFlow(List<EchoTraffic> traffic) {
        Eventually.until(() -> traffic.stream().allMatch(each -> each.received() > 0), "bytes come back on each");
    }

    /** What came back was right up to the end, which is an end of the stream or a reset. */
    private static void assertEnds(EchoServer server, List<EchoTraffic> traffic, int exitCode) throws Exception {
        assertThat(server.program().exitCode()).isEqualTo(exitCode);
        for (EchoTraffic each : traffic) {
            try {
                assertThat(each.awaitEnd()).isEqualTo(each.received());
            } catch (SocketException e) {
                assertThat(e).hasMessage("Connection reset");
            }
        }
    }
}
