package dev.ringpark.tools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Stress;
import dev.ringpark.process.Finished;
import dev.ringpark.process.OwnPort;
import dev.ringpark.process.RunningProgram;
import dev.ringpark.process.Tool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real redis behind the sample PortForwarder. */
class RedisTest {
    private static final Duration LIMIT = Duration.ofMinutes(15);
    private static final int REQUESTS = 200_000;   // of each kind
    private static final Pattern ROW = Pattern.compile("(?m)^\"([^\"]+)\",\"(\\d+[.]\\d+)\"");

    @TempDir
    private Path folder;

    @Stress
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "selector"})
    void redisBenchmarkRunsCleanThroughTheForwarder(String backend) throws Exception {
        Tool.require("redis-server", "redis-server");
        Tool.require("redis-benchmark", "redis-tools");
        try (OwnPort port = OwnPort.take(); RunningProgram redis = startRedis(port.number());
                Sample forwarder = Sample.forwarderTo(backend, port.number())) {
            Finished run = Finished.runLong(LIMIT, List.of("redis-benchmark", "-h", "127.0.0.1",
                    "-p", String.valueOf(forwarder.port()), "-P", "16", "-c", "100", "-n", String.valueOf(REQUESTS),
                    "--csv"));

            assertThat(run.exitCode()).as("%s", run).isZero();
            assertThat(run.out() + run.err()).doesNotContainIgnoringCase("error");
            long kinds = ROW.matcher(run.out()).results().count();
            assertThat(kinds).as("%s", run).isGreaterThan(15);
            forwarder.assertNothingIsLeft();
            assertServed(port.number(), kinds * REQUESTS);
            System.out.println("redis-benchmark through PortForwarder, " + backend + ": " + kinds + " x " + REQUESTS
                    + " requests, no error; requests per second:\n" + run.out());
            assertThat(redis.handle().isAlive()).isTrue();
        }
    }

    private RunningProgram startRedis(int port) throws Exception {
        RunningProgram redis = RunningProgram.start(List.of("redis-server", "--port", String.valueOf(port),
                "--bind", "127.0.0.1", "--save", "", "--appendonly", "no", "--dir", folder.toString()), Map.of());
        redis.await(Pattern.compile("Ready to accept connections"));
        return redis;
    }

    /** Asks redis itself. */
    private static void assertServed(int port, long requests) throws Exception {
        String info = Finished.run(List.of("redis-cli", "-p", String.valueOf(port), "INFO", "everything")).out();

        assertThat(number(info, "total_commands_processed")).isGreaterThanOrEqualTo(requests);
        assertThat(number(info, "total_error_replies")).isZero();
        assertThat(number(info, "connected_clients")).as("the one that asks").isOne();
    }

    private static long number(String info, String name) {
        return Pattern.compile("(?m)^" + name + ":(\\d+)").matcher(info).results()
                .mapToLong(found -> Long.parseLong(found.group(1))).findFirst().orElseThrow();
    }
}
