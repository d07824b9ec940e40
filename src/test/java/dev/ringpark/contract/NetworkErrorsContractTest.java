package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The failures of connect and bind that a healthy machine does not have, in a network made for them. */
class NetworkErrorsContractTest {
    /** What has no way, or a forbidden one, and what gets lost; a connect is tried twice only. */
    private static final String NETWORK = """
            ip link set lo up && ip route add 192.0.2.0/24 dev lo && ip route add unreachable 198.51.100.0/24 &&
            ip route add prohibit 203.0.113.0/24 && echo 1 > /proc/sys/net/ipv4/tcp_syn_retries &&
            echo 1024 > /proc/sys/net/ipv4/ip_unprivileged_port_start""";

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void whatTheNetworkRefusesIsToldInJavasWords(Flavor flavor) throws Exception {
        requireANetworkOfItsOwn();
        flavor.start().close();   // or the test is skipped
        LoopOptions options = flavor.options();

        Finished run = Jvm.withFullAccess().and(flavor.access()).with(NetworkErrors.class, CarrierLoop.class)
                .and(Objects.requireNonNull(options.backend()), Objects.requireNonNull(options.mode()).name())
                .behind(inside(NETWORK + " && exec setpriv --bounding-set=-net_bind_service \"$@\"")).run();

        assertThat(run.out().lines().map(line -> line.replaceFirst("EACCES, 13", "EACCES")))
                .as("what the program said: %s", run).containsExactly(
                        "nobody answers: java.net.ConnectException: Connection timed out, open: false",
                        "unreachable: java.net.NoRouteToHostException: No route to host, open: false",
                        "no way: java.net.NoRouteToHostException: Network is unreachable, open: false",
                        "forbidden: java.net.SocketException: Permission denied (EACCES), open: false",
                        "privileged: java.net.BindException: Permission denied, open: true",
                        "another port: true");
    }

    /** The kernel says EAGAIN to a send then, as if there were no room, and that the socket is writable. */
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void whoFindsNoFreePortIsToldSoAndMayTryAgain(Flavor flavor) throws Exception {
        requireANetworkOfItsOwn();
        flavor.start().close();   // or the test is skipped
        LoopOptions options = flavor.options();

        Finished run = Jvm.withFullAccess().and(flavor.access()).with(NoFreePort.class, CarrierLoop.class)
                .and(Objects.requireNonNull(options.backend()), Objects.requireNonNull(options.mode()).name())
                .behind(inside("ip link set lo up"
                        + " && echo 50000 50000 > /proc/sys/net/ipv4/ip_local_port_range && exec \"$@\"")).run();

        String told = ": java.net.BindException: Address already in use";
        assertThat(run.out().lines()).as("what the program said: %s", run).containsExactly("an array" + told,
                "a direct buffer" + told, "many" + told, "a receive" + told, "a connect" + told,
                "with a callback" + told);
    }

    private static void requireANetworkOfItsOwn() throws Exception {
        for (String tool : List.of("unshare", "ip", "setpriv")) {
            Tool.require(tool);
        }
        List<String> command = new ArrayList<>(List.of(inside(NETWORK)));
        Finished trial = Finished.run(command);
        assumeTrue(trial.exitCode() == 0, () -> "no network of its own is to be had here: " + trial.err());
    }

    private static String[] inside(String script) {
        return new String[] {"unshare", "--net", "sh", "-c", script, "sh"};
    }
}
