package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jar;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Strace;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What only a whole process can show: its CPU time, its lack of descriptors, its standing still. */
@EnabledOnOs(OS.LINUX)
class ProcessLimitsTest {
    private static final Jvm JVM = Jvm.withFullAccess();
    private static final Duration A_WHILE = Duration.ofSeconds(1);
    private static final double IDLE_SHARE = 0.005;   // of a core
    private static final double STORM_SHARE = 0.2;
    private static final int MOST_TIMES = 10;
    private static final Duration LONG = Duration.ofSeconds(15);

    private static final Pattern SAFEPOINT = Pattern.compile("Reaching safepoint: +(\\d+) ns");
    private static final Duration SOON = Duration.ofMillis(10);

    @TempDir
    private static Path folder;

    private static Path jar;

    /** One file that is open: once all descriptors are taken, a folder has no more classes. */
    @BeforeAll
    static void packTheProgram() throws IOException {
        jar = Jar.pack(folder.resolve("echo.jar"), name -> name.startsWith("dev/ringpark/"), List.of(),
                CarrierLoop.class, EchoProgram.class);
    }

    // ---- no descriptor left ----

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aStormOfConnectionsBeyondTheDescriptorsTakesLittleCpuAndEachIsServedInTheEnd(Flavor flavor)
            throws Exception {
        assertSurvivesAStorm(flavor, 150, A_WHILE);
    }

    @Stress
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aLongStormOfConnectionsBeyondTheDescriptorsTakesLittleCpu(Flavor flavor) throws Exception {
        assertSurvivesAStorm(flavor, 2000, LONG);
    }

    private static void assertSurvivesAStorm(Flavor flavor, int connections, Duration time) throws Exception {
        Tool.require("prlimit");
        Jvm poor = JVM.and("-cp", jar.toString()).behind("prlimit", "--nofile=60:60");
        try (EchoServer server = EchoServer.startFrom(flavor, poor)) {
            server.connect(connections);
            server.ask(1);
            server.program().await(Pattern.compile("^Too many open files$"));
            double share = calmestCpuShareOver(time, server, STORM_SHARE);
            System.out.printf(Locale.ROOT, "%s: %d connections and 60 descriptors take %.1f %% of a core%n", flavor,
                    connections, 100 * share);
            assertThat(share).as("share of a core").isLessThan(STORM_SHARE);

            for (int i = 0; i < connections; i++) {   // each that goes makes room for one that waits
                server.assertAnswer(i, 1);
                server.clients().get(i).close();
            }
        }
    }

    private static double settledCpuShareOver(Duration time, EchoServer server) throws Exception {
        cpuShareOver(A_WHILE, server);   // the compiler comes to its end meanwhile
        return cpuShareOver(time, server);
    }

    /** Of several times: on a busy machine the compiler comes to its end later, but whoever polls never rests. */
    private static double calmestCpuShareOver(Duration time, EchoServer server, double enough)
            throws Exception {
        double least = settledCpuShareOver(time, server);
        for (int i = 0; i < MOST_TIMES && least >= enough; i++) {
            least = Math.min(least, cpuShareOver(time, server));
        }
        return least;
    }

    private static double cpuShareOver(Duration time, EchoServer server) throws Exception {
        Map<Path, Long> before = server.cpuNanos();
        long start = System.nanoTime();
        assertThat(server.program().livesOnFor(time)).isTrue();
        return (double) server.cpuNanosSince(before) / (System.nanoTime() - start);
    }

    // ---- no completion entry left ----

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void whatArrivesWhileTheProcessIsStoppedIsAnsweredAllTheSame(Flavor flavor) throws Exception {
        assertSurvivesAStop(flavor, 500, Duration.ZERO);
    }

    @Stress
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void fiveThousandArrivalsWhileTheProcessIsStoppedForTwoSecondsAreAllAnswered(Flavor flavor) throws Exception {
        assertSurvivesAStop(flavor, 5000, Duration.ofSeconds(2));
    }

    private static void assertSurvivesAStop(Flavor flavor, int connections, Duration stop) throws Exception {
        try (EchoServer server = EchoServer.start(flavor, JVM.and("-D" + EchoProgram.ENTRIES + "=8/16"))) {
            server.connect(connections);
            server.assertAllAnswer(1);
            try (CompletionOverflows overflows = new CompletionOverflows(server.program().handle())) {
                stopAndAsk(server, stop, 2);
                stopAndAsk(server, stop, 3);
                if (flavor.isOn("io_uring")) {
                    overflows.assertSome();
                }
            }
        }
    }

    private static void stopAndAsk(EchoServer server, Duration stop, int round) throws Exception {
        send("STOP", server);
        Eventually.until(server::isStopped, "stopped");
        server.ask(round);
        assertThat(server.program().livesOnFor(stop)).isTrue();
        send("CONT", server);
        server.assertAnswers(round);
    }

    private static void send(String signal, EchoServer server) throws Exception {
        Finished kill = Finished.run(List.of("sh", "-c", "kill -" + signal + " " + server.program().handle().pid()));
        assertThat(kill.exitCode()).as("%s", kill).isZero();
    }

    // ---- the kernel has no time ----

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void everySecondWaitIsInterruptedUnderTrafficAndNothingIsLost(Flavor flavor, @TempDir Path folder)
            throws Exception {
        assertSurvives("EINTR", flavor, folder, 200_000);
    }

    @Stress
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void everySecondWaitIsInterruptedUnderMuchTrafficAndNothingIsLost(Flavor flavor, @TempDir Path folder)
            throws Exception {
        assertSurvives("EINTR", flavor, folder, 20_000_000);
    }

    @Stress
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void everySecondEnterIsRefusedForNowUnderMuchTrafficAndNothingIsLost(Flavor flavor, @TempDir Path folder)
            throws Exception {
        assumeTrue(flavor.isOn("io_uring"), "these are answers of io_uring_enter's");
        for (String error : List.of("EAGAIN", "EBUSY")) {
            assertSurvives(error, flavor, folder, 20_000_000);
        }
    }

    private static void assertSurvives(String error, Flavor flavor, Path folder, long bytes) throws Exception {
        assumeTrue(!flavor.isOn("selector"), "the call is the JDK's");
        String wait = flavor.isOn("io_uring") ? "io_uring_enter"
                : flavor.isOn("epoll") ? "epoll_pwait2,epoll_pwait" : "ppoll";   // by which the stand-in waits
        Strace.require();
        Strace strace = new Strace(folder.resolve("strace.txt"));
        try (EchoServer server =
                EchoServer.start(flavor, strace.injecting(wait, "error=" + error + ":when=2+2", JVM))) {
            List<EchoTraffic> traffic =
                    server.connect(4).stream().map(client -> new EchoTraffic(client, bytes)).toList();
            for (EchoTraffic each : traffic) {
                assertThat(each.awaitEnd()).isEqualTo(bytes);
            }
        }
        System.out.printf("%s: %d times %s from %s, 4 x %d bytes echoed, 0 wrong%n", flavor, strace.assertInjected(10),
                error, wait, bytes);
    }

    // ---- nothing to do ----

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aLoopWithIdleConnectionsTakesNoCpuAndIsNotInIowait(Flavor flavor) throws Exception {
        assertIsIdle(flavor, 200, A_WHILE);
    }

    @Stress
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aLoopWithAThousandIdleConnectionsTakesNoCpuForLongAndIsNotInIowait(Flavor flavor) throws Exception {
        assertIsIdle(flavor, 1000, LONG);
    }

    private static void assertIsIdle(Flavor flavor, int connections, Duration time) throws Exception {
        try (EchoServer server = EchoServer.start(flavor, JVM)) {
            server.connect(connections);
            server.assertAllAnswer(1);
            double share = calmestCpuShareOver(time, server, IDLE_SHARE);
            System.out.printf(Locale.ROOT, "%s: %d idle connections take %.3f %% of a core%n", flavor, connections,
                    100 * share);
            assertThat(share).as("share of a core").isLessThan(IDLE_SHARE);
            server.assertAllAnswer(2);
            if (flavor.isOn("io_uring")) {
                Iowait.requireAKernelThatCanSaySo();
            }
            Iowait.assertNone(server.program());
        }
    }

    /**
     * A call to the system that the JVM takes for a short one would have each safepoint wait for its end. Where others
     * keep the machine busy too, some wait for a processor instead: three in four tell enough in every build.
     */
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void safepointsDoNotWaitForALoopThatSleeps(Flavor flavor) throws Exception {
        assertReached(safepoints(flavor, A_WHILE), 0.75);
    }

    @Stress
    @ParameterizedTest
    @EnumSource(Flavor.class)
    void ofTheSafepointsOfALongSleepAllButOneInAHundredAreReachedSoon(Flavor flavor) throws Exception {
        assertReached(safepoints(flavor, LONG), 0.99);
    }

    /** How many nanoseconds each has taken, in ascending order. */
    private static double[] safepoints(Flavor flavor, Duration time) throws Exception {
        Jvm jvm = JVM.and("-XX:+UnlockDiagnosticVMOptions", "-XX:+SafepointALot", "-XX:GuaranteedSafepointInterval=20",
                "-Xlog:safepoint:stdout");
        try (EchoServer server = EchoServer.start(flavor, jvm)) {
            server.connect(1);
            server.assertAllAnswer(1);
            assertThat(server.program().livesOnFor(time)).isTrue();
            server.assertAllAnswer(2);
            server.program().handle().destroy();
            double[] nanos = server.program().awaitEnd().stream().map(SAFEPOINT::matcher)
                    .filter(found -> found.find()).mapToDouble(found -> Double.parseDouble(found.group(1))).toArray();
            Arrays.sort(nanos);
            assumeTrue(nanos.length > 0, "this JVM tells of no safepoints");
            System.out.printf(Locale.ROOT, "%s: %d safepoints, reached in %.3f ms (median), %.3f, %.3f, %.3f ms "
                    + "(75, 95, 99 %%), %.3f ms (last)%n", flavor, nanos.length, millis(nanos, 0.5),
                    millis(nanos, 0.75), millis(nanos, 0.95), millis(nanos, 0.99), millis(nanos, 1));
            return nanos;
        }
    }

    private static void assertReached(double[] nanos, double share) {
        assertThat(nanos).hasSizeGreaterThan(20);
        assertThat(millis(nanos, share)).as("milliseconds to %s of all safepoints", share)
                .isLessThan((double) SOON.toMillis());
    }

    private static double millis(double[] nanos, double share) {
        return nanos[(int) Math.ceil(share * nanos.length) - 1] / 1e6;
    }
}
