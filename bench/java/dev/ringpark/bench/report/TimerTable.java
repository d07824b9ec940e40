package dev.ringpark.bench.report;

import dev.ringpark.bench.measure.Timed;
import java.util.Map;
import java.util.stream.Stream;

/** What each method of each keeper of timers takes, and where another's takes less than ours. */
final class TimerTable {
    private static final String OURS = "ringpark";   // and what begins like it

    private TimerTable() {}

    static Stream<String> lines(Map<String, Timed> timers) {
        return timers.isEmpty()
                ? Stream.of()
                : Stream.concat(
                        Stream.of("| | ns per timer | ± (99.9 %) | |", "|---|---:|---:|---|"),
                        timers.keySet().stream().map(each -> row(each, timers)));
    }

    private static String row(String name, Map<String, Timed> timers) {
        var timed = timers.get(name);
        return "| %s | %s | %s | %s |".formatted(
                name, Numbers.plain(timed.nanos()), Numbers.plain(timed.error()), remark(name, timers));
    }

    private static String remark(String name, Map<String, Timed> timers) {
        boolean loses = isOurs(name) && timers.entrySet().stream()
                .filter(each -> !isOurs(each.getKey()) && method(each.getKey()).equals(method(name)))
                .anyMatch(each -> isSurelyLess(each.getValue(), timers.get(name)));
        return loses ? "**we lose**" : "";
    }

    private static boolean isSurelyLess(Timed one, Timed other) {
        return one.nanos() + one.error() < other.nanos() - other.error();
    }

    /** Names are METHOD, KEEPER. */
    private static String method(String name) {
        return name.substring(0, name.indexOf(','));
    }

    private static boolean isOurs(String name) {
        return name.startsWith(OURS, name.indexOf(',') + 2);
    }
}
