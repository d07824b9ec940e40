package dev.ringpark.bench.report;

import java.util.OptionalDouble;

/** How a figure stands to what it must be and what it should be; for all of them, less is better. */
enum Verdict {
    AIM("**aim met**"),
    MET("met"),
    MISSED("**missed**"),
    NOT_MEASURED("not measured");

    private final String words;

    Verdict(String words) {
        this.words = words;
    }

    static Verdict of(OptionalDouble seen, double must, OptionalDouble aim) {
        if (seen.isEmpty() || Double.isNaN(seen.getAsDouble())) {
            return NOT_MEASURED;
        }
        if (aim.isPresent() && seen.getAsDouble() <= aim.getAsDouble()) {
            return AIM;
        }
        return seen.getAsDouble() <= must ? MET : MISSED;
    }

    String words() {
        return words;
    }
}
