package dev.ringpark.bench.report;

import dev.ringpark.bench.measure.Spread;
import java.util.Locale;

/** Numbers as the report writes them. */
final class Numbers {
    private Numbers() {}

    /** About three digits, and no more behind the point than two. */
    static String plain(double value) {
        if (Double.isNaN(value)) {
            return "-";
        }
        double size = Math.abs(value);
        if (size >= 100) {
            return rounded(value, 0);
        }
        return rounded(value, size >= 10 ? 1 : 2);
    }

    static String rounded(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    /** A ratio with the quartiles behind it. */
    static String ratio(Spread spread) {
        return "%s [%s-%s]".formatted(
                rounded(spread.median(), 2), rounded(spread.lower(), 2), rounded(spread.upper(), 2));
    }
}
