package dev.ringpark.bench.report;

import dev.ringpark.bench.measure.Findings;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A figure that the library promises.
 *
 * @param seen finds it among the findings, empty if it was not measured
 * @param must what it has to stay under
 * @param aim what it should reach; empty where "must" is all there is to ask
 */
record Target(
        String what,
        String peer,
        String unit,
        double must,
        OptionalDouble aim,
        Function<Findings, OptionalDouble> seen) {
    String row(Findings findings) {
        var figure = seen.apply(findings);
        return "| %s | %s | %s | %s | %s | %s |".formatted(
                what,
                peer,
                figure.isPresent() ? Numbers.plain(figure.getAsDouble()) + unit : "-",
                Numbers.plain(must) + unit,
                aim.isPresent() ? Numbers.plain(aim.getAsDouble()) + unit : "",
                Verdict.of(figure, must, aim).words());
    }
}
