package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Defaults, changes and limits. */
class LoopOptionsTest {
    private static final LoopOptions DEFAULTS = LoopOptions.defaults();

    @Test
    void theDefaultsAreThese() {
        assertThat(told(DEFAULTS).values()).containsExactly("ringpark", null, null, 4096, 16_384, 131_072, 16_384, 256,
                512, Duration.ofMillis(1), Duration.ofSeconds(1), 16, 1024, 16);
    }

    @Test
    void eachChangeChangesItsOwnValueOnly() {
        assertChanges(DEFAULTS.withName("api"), "name", "api");
        assertChanges(DEFAULTS.withBackend("selector"), "backend", "selector");
        assertChanges(DEFAULTS.withMode(LoopMode.CARRIED), "mode", LoopMode.CARRIED);
        assertChanges(DEFAULTS.withEntries(1, 2), "submissionEntries", 1, "completionEntries", 2);
        assertChanges(DEFAULTS.withMaxInFlight(3), "maxInFlight", 3);
        assertChanges(DEFAULTS.withBuffers(600, 5), "bufferBytes", 600, "bufferCount", 5);
        assertChanges(DEFAULTS.withTurn(6, Duration.ofNanos(7)), "turnTasks", 6, "turnBudget", Duration.ofNanos(7));
        assertChanges(DEFAULTS.withStallAfter(Duration.ofHours(8)), "stallAfter", Duration.ofHours(8));
        assertChanges(DEFAULTS.withOffload(9, 10), "offloadThreads", 9, "offloadQueue", 10);
        assertChanges(DEFAULTS.withFileThreads(11), "fileThreads", 11);
    }

    private static void assertChanges(LoopOptions changed, Object... namesAndValues) {
        Map<String, Object> expected = told(DEFAULTS);
        for (int i = 0; i < namesAndValues.length; i += 2) {
            expected.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        assertThat(told(changed)).isEqualTo(expected);
        assertThat(changed).isNotEqualTo(DEFAULTS);
    }

    private static Map<String, Object> told(LoopOptions options) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("name", options.name());
        told.put("backend", options.backend());
        told.put("mode", options.mode());
        told.put("submissionEntries", options.submissionEntries());
        told.put("completionEntries", options.completionEntries());
        told.put("maxInFlight", options.maxInFlight());
        told.put("bufferBytes", options.bufferBytes());
        told.put("bufferCount", options.bufferCount());
        told.put("turnTasks", options.turnTasks());
        told.put("turnBudget", options.turnBudget());
        told.put("stallAfter", options.stallAfter());
        told.put("offloadThreads", options.offloadThreads());
        told.put("offloadQueue", options.offloadQueue());
        told.put("fileThreads", options.fileThreads());
        return told;
    }

    @Test
    void oneChangeKeepsTheOthers() {
        Duration stall = Duration.ofHours(8);
        LoopOptions changed = DEFAULTS.withFileThreads(11).withOffload(9, 10).withStallAfter(stall)
                .withTurn(6, Duration.ofNanos(7)).withBuffers(600, 5).withMaxInFlight(3).withEntries(1, 2)
                .withMode(LoopMode.HANDED_OVER).withBackend("io_uring").withName("api");

        assertThat(told(changed).values()).containsExactly("api", "io_uring", LoopMode.HANDED_OVER, 1, 2, 3, 600, 5, 6,
                Duration.ofNanos(7), stall, 9, 10, 11);
        assertThat(told(changed.withTurn(8, Duration.ofNanos(9)).withName("other")).values()).containsExactly("other",
                "io_uring", LoopMode.HANDED_OVER, 1, 2, 3, 600, 5, 8, Duration.ofNanos(9), stall, 9, 10, 11);
        assertThat(told(changed.withBackend(null).withMode(null)).values()).containsExactly("api", null, null, 1, 2, 3,
                600, 5, 6, Duration.ofNanos(7), stall, 9, 10, 11);
    }

    @Test
    void optionsAreEqualIfAllTheirValuesAre() {
        LoopOptions one = DEFAULTS.withName("api").withEntries(1, 2);
        LoopOptions other = DEFAULTS.withEntries(1, 2).withName("api");

        assertThat(one).isEqualTo(other).hasSameHashCodeAs(other).hasToString(other.toString());
        assertThat(one.toString()).startsWith("LoopOptions[api, null, null, 1, 2, ");
    }

    @Test
    void theDefaultsStayAsTheyAre() {
        DEFAULTS.withName("api");

        assertThat(LoopOptions.defaults().name()).isEqualTo("ringpark");
    }

    // ---- limits ----

    @ParameterizedTest
    @CsvSource({
        "submissionEntries, 1, 32768",
        "completionEntries, 2, 65536",
        "maxInFlight,       1, 16777216",
        "bufferBytes,       512, 1048576",
        "bufferCount,       1, 32768",
        "turnTasks,         1, 2147483647",
        "offloadThreads,    1, 4096",
        "fileThreads,       1, 4096",
        "offloadQueue,      0, 1048576",
    })
    void theLimitsThemselvesAreAllowedAndWhatIsBeyondIsRefusedByNameValueAndRange(String what, int least, int most) {
        assertThat(value(with(what, least), what)).isEqualTo(least);
        assertThat(value(with(what, most), what)).isEqualTo(most);
        assertRefused(what, least - 1, least, most);
        assertRefused(what, Math.min(0, least - 1), least, most);
        assertRefused(what, -1, least, most);
        assertRefused(what, Integer.MIN_VALUE, least, most);
        if (most != Integer.MAX_VALUE) {
            assertRefused(what, most + 1, least, most);
            assertRefused(what, Integer.MAX_VALUE, least, most);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-0.000000001S", "PT-5H", "PT24H0.000000001S", "PT4800000H"})
    void aBudgetHasToBeAboveZeroAndADayAtMost(Duration budget) {
        assertThatThrownBy(() -> DEFAULTS.withTurn(1, budget)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("turnBudget is " + budget + "; it has to be above zero, and a day at most");
    }

    @Test
    void theLeastBudgetIsANanosecond() {
        assertThat(DEFAULTS.withTurn(1, Duration.ofNanos(1)).turnBudget()).isEqualTo(Duration.ofNanos(1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT-0.000000001S", "PT-5H", "PT0.000000001S", "PT0.000999999S", "PT24H0.000000001S"})
    void aStallHasToBeZeroOrAMillisecondToADay(Duration stallAfter) {
        assertThatThrownBy(() -> DEFAULTS.withStallAfter(stallAfter)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage("stallAfter is " + stallAfter + "; it has to be zero, or a millisecond to a day");
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT0.001S", "PT24H"})
    void theLimitsOfAStallThemselvesAreAllowed(Duration stallAfter) {
        assertThat(DEFAULTS.withStallAfter(stallAfter).stallAfter()).isEqualTo(stallAfter);
    }

    @Test
    @SuppressWarnings("NullAway") // which is what is tested
    void whatMayNotBeNullIsNamed() {
        assertThatThrownBy(() -> DEFAULTS.withName(null)).isInstanceOf(NullPointerException.class)
                .hasMessage("name");
        assertThatThrownBy(() -> DEFAULTS.withStallAfter(null)).isInstanceOf(NullPointerException.class)
                .hasMessage("stallAfter");
        assertThatThrownBy(() -> DEFAULTS.withTurn(1, null)).isInstanceOf(NullPointerException.class)
                .hasMessage("turnBudget");
    }

    private static void assertRefused(String what, int value, int least, int most) {
        assertThatThrownBy(() -> with(what, value)).isInstanceOf(IllegalArgumentException.class)
                .hasMessage(what + " is " + value + "; it has to be " + least + " to " + most);
    }

    private static LoopOptions with(String what, int value) {
        return switch (what) {
            case "submissionEntries" -> DEFAULTS.withEntries(value, DEFAULTS.completionEntries());
            case "completionEntries" -> DEFAULTS.withEntries(DEFAULTS.submissionEntries(), value);
            case "maxInFlight" -> DEFAULTS.withMaxInFlight(value);
            case "bufferBytes" -> DEFAULTS.withBuffers(value, DEFAULTS.bufferCount());
            case "bufferCount" -> DEFAULTS.withBuffers(DEFAULTS.bufferBytes(), value);
            case "turnTasks" -> DEFAULTS.withTurn(value, DEFAULTS.turnBudget());
            case "fileThreads" -> DEFAULTS.withFileThreads(value);
            case "offloadThreads" -> DEFAULTS.withOffload(value, DEFAULTS.offloadQueue());
            case "offloadQueue" -> DEFAULTS.withOffload(DEFAULTS.offloadThreads(), value);
            default -> throw new AssertionError(what);
        };
    }

    private static int value(LoopOptions options, String what) {
        return switch (what) {
            case "submissionEntries" -> options.submissionEntries();
            case "completionEntries" -> options.completionEntries();
            case "maxInFlight" -> options.maxInFlight();
            case "bufferBytes" -> options.bufferBytes();
            case "bufferCount" -> options.bufferCount();
            case "turnTasks" -> options.turnTasks();
            case "fileThreads" -> options.fileThreads();
            case "offloadThreads" -> options.offloadThreads();
            case "offloadQueue" -> options.offloadQueue();
            default -> throw new AssertionError(what);
        };
    }
}
