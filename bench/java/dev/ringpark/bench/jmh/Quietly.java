package dev.ringpark.bench.jmh;

import java.util.Collection;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/** Runs a benchmark as part of a comparison, which has its own words for the results. */
final class Quietly {
    private Quietly() {}

    /** Every method of {@code benchmark}, with each of its parameters, in JVMs of their own. */
    static Collection<RunResult> run(Class<?> benchmark) throws RunnerException {
        var options = new OptionsBuilder().include(benchmark.getName()).verbosity(VerboseMode.SILENT).build();
        return new Runner(options).run();
    }
}
