package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * The protocols between threads: sleep gate, operation, descriptor, park, the end of a loop. JCStress runs each race of
 * the real classes many thousand times, and beside it twins that differ in one step. The real ones may lose none, and
 * each twin has to lose its own: else the race would prove nothing. What takes part stands beside the classes it is
 * about, in files whose names end in Stress, and a twin has the name of its race and its fault.
 */
class ProtocolsTest {
    private static final String[] ACCESS = {"--add-opens", "java.base/java.lang=ALL-UNNAMED",
        "--add-exports", "java.base/jdk.internal.vm=ALL-UNNAMED"};
    /** The best compiler, and the memory that JCStress counts on. */
    private static final String[] ROOM = {"-XX:TieredStopAtLevel=4", "-Xmx512m"};
    /** On a busy machine two threads are seldom run at once: what has not shown enough by then goes on, for longer. */
    private static final String[] ROUND_MILLIS = {"200", "500", "2500", "10000", "30000"};
    private static final long LEAST_RUNS = 1_000;   // or to have lost none would say little
    private static final Duration FAR = Duration.ofMinutes(14);

    @TempDir
    private Path folder;

    private final Map<String, Long> samples = new TreeMap<>();
    private final Set<String> lost = new TreeSet<>();

    /** In one JVM. */
    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void noRaceIsLostButByTheTwins() throws Exception {
        requireTwoProcessors();
        List<String> command = Jvm.with(Jvm.NATIVE_ACCESS).and(ACCESS).and(ROOM)
                .and("-cp", System.getProperty("java.class.path"), Races.class.getName()).and(ROUND_MILLIS).command();
        Finished run = Finished.runLong(FAR, command);

        assertThat(run.exitCode()).as("%s", run).isZero();
        run.out().lines().map(line -> line.split(" ")).filter(words -> words.length == 3)
                .forEach(words -> take(words[0], Long.parseLong(words[1]), Long.parseLong(words[2])));
        assertOnlyTheTwinsHaveLost();
    }

    /** In many, by each compiler, also where it may put what it likes first. */
    @Stress
    @Test
    void noRaceIsLostButByTheTwinsHoweverTheCodeIsCompiled() throws Exception {
        requireTwoProcessors();
        for (String order : List.of("", " -XX:+UnlockDiagnosticVMOptions -XX:+StressLCM -XX:+StressGCM")) {
            run("-jvmArgs", String.join(" ", ACCESS) + " -ea" + order, "-iters", "1", "-time", "500");
        }
        assertOnlyTheTwinsHaveLost();
    }

    private static void requireTwoProcessors() {
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two threads have to run at once");
    }

    private void assertOnlyTheTwinsHaveLost() {
        System.out.println("samples: " + samples);
        assertThat(samples).containsOnlyKeys(TestList.tests());
        assertThat(samples).allSatisfy((name, runs) -> assertThat(runs).as(name)
                .isGreaterThan(Races.isTwin(name) ? 0 : LEAST_RUNS));
        assertThat(lost).as("lost, of %s", samples).containsExactlyInAnyOrderElementsOf(twins());
    }

    private static Set<String> twins() {
        Set<String> twins = TestList.tests().stream().filter(Races::isTwin).collect(Collectors.toSet());
        Set<String> races = TestList.tests().stream().map(Races::race).collect(Collectors.toSet());
        assertThat(TestList.tests()).as("each twin has its race").containsAll(races);
        assertThat(twins.stream().map(Races::race)).as("each race has its twin").containsAll(races);
        return twins;
    }

    private void run(String... arguments) throws Exception {
        Path results = Files.createTempDirectory(folder, "results");
        Process harness = Jvm.with(ROOM).and("-cp", System.getProperty("java.class.path"),
                        "org.openjdk.jcstress.Main", "-f", "1", "-c", "2", "-sc", "false", "-af", "NONE")
                .and(arguments).start(results);
        try {
            harness.waitFor();   // its answer is no, as twins have lost
        } finally {
            harness.descendants().forEach(ProcessHandle::destroyForcibly);
            harness.destroyForcibly();
        }
        read(results).forEach(this::take);
    }

    private static Collection<TestResult> read(Path folder) throws Exception {
        InProcessCollector collector = new InProcessCollector();
        try (Stream<Path> files = Files.list(folder)) {
            Path written = files.filter(each -> each.toString().endsWith(".gz")).findAny()
                    .orElseThrow(() -> new IOException("JCStress has left no results"));
            DiskReadCollector reader = new DiskReadCollector(written.toString(), collector);
            reader.dump();
            reader.close();
        }
        return collector.getTestResults();
    }

    private void take(TestResult result) {
        assertThat(result.status()).as("%s: %s %s", result.getName(), result.getMessages(), result.getVmErr())
                .isEqualTo(Status.NORMAL);
        take(result.getName(), result.getTotalCount(), Races.forbidden(result));
    }

    private void take(String name, long runs, long lostRuns) {
        samples.merge(name, runs, Long::sum);
        if (lostRuns > 0) {
            lost.add(name);
        }
    }
}
