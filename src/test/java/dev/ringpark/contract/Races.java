package dev.ringpark.contract;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.TestInfo;
import org.openjdk.jcstress.infra.collectors.TestResult;
import org.openjdk.jcstress.infra.runners.ForkedTestConfig;
import org.openjdk.jcstress.infra.runners.ResourceEstimator;
import org.openjdk.jcstress.infra.runners.Runner;
import org.openjdk.jcstress.infra.runners.TestConfig;
import org.openjdk.jcstress.infra.runners.TestList;
import org.openjdk.jcstress.os.AffinityMode;
import org.openjdk.jcstress.os.NodeType;
import org.openjdk.jcstress.os.SchedulingClass;
import org.openjdk.jcstress.vm.CompileMode;

/**
 * A program of its own that runs the races of JCStress one after the other. JCStress itself would ask the machine and
 * the JVM first, and take a JVM for each: several times as long as the races.
 */
public final class Races {
    static final String TWIN = "Twin";

    private static final String STRIDES = "4";   // at once: the usual 40 of a slow race outlast its round
    private static final long ENOUGH = 10_000;   // runs of a race, if its twins have lost

    private final Map<String, Long> samples = new TreeMap<>();
    private final Map<String, Long> lost = new TreeMap<>();

    private Races() {}

    /** Takes the milliseconds of each round; tells a line for each race: its name, runs, and lost runs. */
    public static void main(String[] roundMillis) throws Exception {
        Races races = new Races();
        for (String millis : roundMillis) {
            races.run(millis);
        }
        races.samples.forEach((name, count) -> System.out.println(name + " " + count + " " + races.lost.get(name)));
        System.out.flush();
        Runtime.getRuntime().halt(0);   // whatever threads a race has left
    }

    /** The race that a twin is of, or that {@code name} is itself. */
    static String race(String name) {
        return name.replaceFirst(TWIN + ".*", "");
    }

    static boolean isTwin(String name) {
        return name.contains(TWIN);
    }

    private void run(String millis) throws Exception {
        Set<String> wanted = racesToRun();
        for (String name : new TreeSet<>(TestList.tests())) {
            if (wanted.contains(race(name))) {
                run(name, millis);
            }
        }
    }

    /** Those that have been run seldom, or have a twin that has not lost. */
    private Set<String> racesToRun() {
        return TestList.tests().stream().filter(Races::isTwin)
                .filter(twin -> lost.getOrDefault(twin, 0L) == 0 || samples.getOrDefault(race(twin), 0L) < ENOUGH)
                .map(Races::race).collect(Collectors.toSet());
    }

    private void run(String name, String millis) throws Exception {
        TestInfo info = TestList.getInfo(name);
        Options options = new Options(new String[] {
            "-iters", "1", "-time", millis, "-c", "2", "-sc", "false", "-af", "NONE", "-strideCount", STRIDES});
        options.parse();
        TestConfig config = new TestConfig(options, info, 1, List.of(), CompileMode.UNIFIED,
                new SchedulingClass(AffinityMode.NONE, info.threads(), NodeType.PACKAGE));
        Runner<?> runner = Class.forName(info.generatedRunner()).asSubclass(Runner.class)
                .getConstructor(ForkedTestConfig.class).newInstance(new RoomyConfig(config));
        TestResult result = runner.run();
        result.setConfig(config);
        if (result.status() != Status.NORMAL) {
            throw new AssertionError(name + " " + result.status() + " " + result.getMessages());
        }
        samples.merge(name, result.getTotalCount(), Long::sum);
        lost.merge(name, forbidden(result), Long::sum);
    }

    /** Takes for granted that a stride fits in memory, where JCStress would try it out for longer than a race takes. */
    private static final class RoomyConfig extends ForkedTestConfig {
        private static final long serialVersionUID = 1L;

        RoomyConfig(TestConfig config) {
            super(config);
        }

        @Override
        public void adjustStrideCount(ResourceEstimator estimator) {
            // As it was asked for.
        }
    }

    /** How many runs had an outcome that no race may have. */
    static long forbidden(TestResult result) {
        return result.grading().gradingResults.values().stream()
                .filter(each -> each.expect == Expect.FORBIDDEN).mapToLong(each -> each.count).sum();
    }
}
