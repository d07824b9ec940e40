package dev.ringpark.bench.report;

import dev.ringpark.bench.measure.Findings;
import java.util.OptionalDouble;
import java.util.function.Function;

/**
 * A figure that the library promises.
 *
 * @param seen finds it among the findings, empty if it was not measured
 * @param limit what the C server reached in the same rounds, which no server on that machine will be far below
 * @param must what it has to stay under
 * @param aim what it should reach; empty where "must" is all there is to ask
 */
record Target(
        String what,
        String peer,
        String unit,
        double must,
        OptionalDouble aim,
        Function<Findings, OptionalDouble> seen,
        Function<Findings, OptionalDouble> limit) {
    static final String HEAD = "| what | against | seen | must | aim | C | |";
    static final String RULE = "|---|---|---:|---:|---:|---:|---|";

    String row(Findings findings) {
        var figure = seen.apply(findings);
        return "| %s | %s | %s | %s | %s | %s | %s |".formatted(
                what,
                peer,
                words(figure, "-"),
                Numbers.plain(must) + unit,
                words(aim, ""),
                words(limit.apply(findings), ""),
                Verdict.of(figure, must, aim).words());
    }

    private String words(OptionalDouble figure, String absent) {
        return figure.isPresent() ? Numbers.plain(figure.getAsDouble()) + unit : absent;
    }
}
