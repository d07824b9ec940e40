package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only a program of its own can show of datagrams: what they allocate, and what a network of its own does. */
class UdpProcessTest {
    /** One interface that takes a kilobyte a second, to somebody who never answers; one that knows groups. */
    private static final String NETWORK = """
            ip link set lo up && ip link add slow type veth peer name groups && ip link set groups up &&
            ip link set slow up && ip addr add 10.9.9.1/24 dev slow && ip addr add 10.9.8.1/24 dev groups &&
            ip neigh add 10.9.9.2 lladdr 02:00:00:00:00:02 dev slow &&
            ip -6 addr add fe80::7/64 dev groups nodad &&
            tc qdisc add dev slow root tbf rate 8kbit burst 1600 latency 400s""";

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void warmTrafficBetweenConnectedSocketsAllocatesNothing(Flavor flavor) throws Exception {
        assumeTrue(flavor.isCarried(), "the JDK's scheduler allocates when threads are handed over to it");
        assumeTrue(!flavor.isOn("kqueue"), "the compiler does not know which of several systems' calls are made");
        flavor.start().close();   // or the test is skipped
        Finished run = program(flavor, UdpAllocation.class, Jvm.asUsersHaveIt()).run().orFail();

        assertThat(run.out().lines()).as("what the program said: %s", run)
                .containsExactly("arrays: nothing", "direct buffers: nothing");
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aSendWaitsForRoomAndGroupsAreHeardAsTheOptionsSay(Flavor flavor) throws Exception {
        requireANetworkOfItsOwn();
        flavor.start().close();
        Finished run = program(flavor, UdpNetwork.class, Jvm.withFullAccess())
                .behind(inside(NETWORK + " && exec \"$@\"")).run();

        assertThat(run.out().lines()).as("what the program said: %s", run).containsExactly(
                "array: Send timed out, later sent, open: true",
                "array: AsynchronousCloseException, ClosedByInterruptException",
                "direct buffer: Send timed out, later sent, open: true",
                "direct buffer: AsynchronousCloseException, ClosedByInterruptException",
                "array to the peer: Send timed out, later sent, open: true",
                "array to the peer: AsynchronousCloseException, ClosedByInterruptException",
                "empty: Send timed out, later sent, open: true",
                "empty: AsynchronousCloseException, ClosedByInterruptException",
                "239.1.2.3: heard 1, without loop 0",
                "ff02:0:0:0:0:0:7:7: heard 1, without loop 0");
    }

    private static Jvm program(Flavor flavor, Class<?> program, Jvm jvm) {
        LoopOptions options = flavor.options();
        return jvm.and(flavor.access()).with(program, CarrierLoop.class)
                .and(Objects.requireNonNull(options.backend()), Objects.requireNonNull(options.mode()).name());
    }

    private static void requireANetworkOfItsOwn() throws Exception {
        for (String tool : List.of("unshare", "ip", "tc")) {
            Tool.require(tool);
        }
        Finished trial = Finished.run(List.of(inside(NETWORK)));
        assumeTrue(trial.exitCode() == 0, () -> "no network of its own is to be had here: " + trial.err());
    }

    private static String[] inside(String script) {
        return new String[] {"unshare", "--net", "sh", "-c", script, "sh"};
    }
}
