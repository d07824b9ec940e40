package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Jvm;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
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
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.TestList;

/**
 * The protocols between threads: sleep gate, operation, descriptor, park, the end of a loop. JCStress runs each race of
 * the real classes many thousand times, in JVMs of its own, and beside it twins that differ in one step. The real ones
 * may lose none, and each twin has to lose its own: else the race would prove nothing. What takes part stands beside
 * the classes it is about, in files whose names end in Stress, and a twin has the name of its race and its fault.
 */
class ProtocolsTest {
    private static final String TWIN = "Twin";
    private static final String FORKED_WITH = "--add-opens java.base/java.lang=ALL-UNNAMED "
            + "--add-exports java.base/jdk.internal.vm=ALL-UNNAMED -ea";
    /** On a busy machine two threads are seldom run at once: what has not shown enough by then goes on, for longer. */
    private static final List<String> ROUND_MILLIS = List.of("100", "500", "2500", "10000", "30000");
    private static final long ENOUGH = 5_000;   // runs of a race, if its twins have lost

    @TempDir
    private Path folder;

    private final Map<String, Long> samples = new TreeMap<>();
    private final Set<String> lost = new TreeSet<>();

    @Test
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    void noRaceIsLostButByTheTwins() throws Exception {
        for (String millis : ROUND_MILLIS) {
            run("-jvmArgs", FORKED_WITH, "-iters", "1", "-time", millis);
        }
        assertOnlyTheTwinsHaveLost();
    }

    /** By each compiler, also where it may put what it likes first. */
    @Stress
    @Test
    void noRaceIsLostButByTheTwinsHoweverTheCodeIsCompiled() throws Exception {
        run("-jvmArgsPrepend", FORKED_WITH, "-iters", "2", "-time", "300");
        assertOnlyTheTwinsHaveLost();
    }

    private void assertOnlyTheTwinsHaveLost() {
        System.out.println("samples: " + samples);
        assertThat(samples).containsOnlyKeys(TestList.tests());
        assertThat(lost).as("lost, of %s", samples).containsExactlyInAnyOrderElementsOf(twins());
    }

    private static Set<String> twins() {
        Set<String> twins = TestList.tests().stream().filter(each -> each.contains(TWIN)).collect(Collectors.toSet());
        Set<String> races = TestList.tests().stream().map(ProtocolsTest::race).collect(Collectors.toSet());
        assertThat(TestList.tests()).as("each twin has its race").containsAll(races);
        assertThat(twins.stream().map(ProtocolsTest::race)).as("each race has its twin").containsAll(races);
        return twins;
    }

    private static String race(String name) {
        return name.replaceFirst(TWIN + ".*", "");
    }

    /** Runs the races, with their twins, that have been run seldom or have a twin that has not lost. */
    private void run(String... arguments) throws Exception {
        Assumptions.assumeTrue(Runtime.getRuntime().availableProcessors() > 1, "two threads have to run at once");
        Set<String> races = twins().stream()
                .filter(twin -> !lost.contains(twin) || samples.getOrDefault(race(twin), 0L) < ENOUGH)
                .map(ProtocolsTest::race).collect(Collectors.toCollection(TreeSet::new));
        if (races.isEmpty()) {
            return;
        }
        // The forks get the same flags: the best compiler, and the memory that JCStress counts on.
        Path results = Files.createTempDirectory(folder, "results");
        List<String> command = new ArrayList<>(List.of("-XX:TieredStopAtLevel=4", "-Xmx512m", "-cp",
                System.getProperty("java.class.path"), "org.openjdk.jcstress.Main", "-f", "1", "-c", "2",
                "-sc", "false", "-af", "NONE", "-t", "(" + String.join("|", races) + ")(" + TWIN + ".*)?$"));
        command.addAll(List.of(arguments));
        Process harness = Jvm.with(command.toArray(String[]::new)).start(results);
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
        samples.merge(result.getName(), result.getTotalCount(), Long::sum);
        if (result.grading().gradingResults.values().stream()
                .anyMatch(each -> each.expect == Expect.FORBIDDEN && each.count > 0)) {
            lost.add(result.getName());
        }
    }
}
