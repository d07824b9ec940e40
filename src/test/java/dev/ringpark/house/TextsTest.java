package dev.ringpark.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.house.Project.Text;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tidiness of every text file. The words looked for stand here in pieces, or this file would be found. */
class TextsTest {
    private static final int LINE_COLUMNS = 120;
    private static final Set<String> UNWRAPPABLE = Set.of("xml", "json", "csv", "svg");
    private static final Pattern POSTPONED = Pattern.compile("\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b");
    private static final Pattern MACHINE_PATH = Pattern.compile(
            "(?<![\\w.\\-}/])/(t" + "mp|w" + "ork|r" + "oot|h" + "ome/\\w|Us" + "ers/\\w|usr/lib/j" + "vm|opt/\\w*j)");
    private static final Pattern REGISTRY = Pattern.compile(
            "https?://[^/\\s\"]*(regi" + "stry|arti" + "factory|ne" + "xus|mir" + "ror|pro" + "xy|re" + "po\\d?[.])");

    /** Files that name folders of machines, and why. */
    private static final Map<String, String> PATH_FINDERS = Map.of(
            "samples/jdk25.sh", "looks where systems and tools install JDKs");

    private static List<Text> texts;

    @BeforeAll
    static void read() throws IOException {
        texts = Project.texts();
    }

    @Test
    void thereIsNoTab() {
        assertThat(linesWith(texts, line -> line.indexOf('\t') >= 0)).isEmpty();
        assertThat(linesWith(sample("a\n\tb\n"), line -> line.indexOf('\t') >= 0)).containsExactly("sample:2");
    }

    @Test
    void noLineEndsInBlanks() {
        assertThat(linesWith(texts, TextsTest::endsInBlank)).isEmpty();
        assertThat(linesWith(sample("a\nb \n\n  \n"), TextsTest::endsInBlank)).containsExactly("sample:2", "sample:4");
    }

    @Test
    void filesEndWithOneLineEndAndHaveNoCarriageReturns() {
        assertThat(texts.stream().filter(TextsTest::endsOddly).map(Text::path)).isEmpty();
        assertThat(Stream.of("a", "a\n\n", "a\r\n").map(text -> new Text("sample", text)))
                .allMatch(TextsTest::endsOddly);
    }

    @Test
    void linesAreNotTooLong() {
        List<Text> wrappable = texts.stream().filter(each -> !UNWRAPPABLE.contains(each.extension()))
                .filter(each -> !each.path().startsWith("bench/results/")).toList();   // the bench's own words

        assertThat(linesWith(wrappable, TextsTest::isTooLong)).isEmpty();
        assertThat(linesWith(sample("a".repeat(121) + "\n| " + "a".repeat(121) + " |\n" + "a".repeat(120) + "\n"),
                TextsTest::isTooLong)).containsExactly("sample:1");
    }

    @Test
    void nothingIsPutOff() {
        assertThat(linesWith(texts, line -> POSTPONED.matcher(line).find())).isEmpty();
        assertThat(linesWith(sample("// TO" + "DO: later\n// todos\n"), line -> POSTPONED.matcher(line).find()))
                .containsExactly("sample:1");
    }

    @Test
    void noFileNamesAFolderOfSomebodysMachine() {
        List<Text> others = texts.stream().filter(each -> !PATH_FINDERS.containsKey(each.path())).toList();

        assertThat(linesWith(others, line -> MACHINE_PATH.matcher(line).find())).isEmpty();
        assertThat(Stream.of("cd /w" + "ork/main", "\"/t" + "mp/x\"", "/usr/lib/j" + "vm/some", "(/h" + "ome/me)"))
                .allMatch(line -> MACHINE_PATH.matcher(line).find());
        assertThat(Stream.of("a/t" + "mp", "a net/w" + "ork", "/etc/hosts", "https://x.org/w" + "ork"))
                .noneMatch(line -> MACHINE_PATH.matcher(line).find());
    }

    @Test
    void noFileNamesARegistryOrAMirror() {
        assertThat(linesWith(texts, line -> REGISTRY.matcher(line).find())).isEmpty();
        assertThat(Stream.of("https://re" + "po1.maven.org/a", "http://ne" + "xus.corp:8081", "https://a.pro" + "xy/x"))
                .allMatch(line -> REGISTRY.matcher(line).find());
        assertThat(REGISTRY.matcher("https://maven.apache.org/xsd/maven-4.0.0.xsd").find()).isFalse();
    }

    private static List<Text> sample(String text) {
        return List.of(new Text("sample", text));
    }

    private static List<String> linesWith(List<Text> files, Predicate<String> offence) {
        List<String> found = new ArrayList<>();
        for (Text file : files) {
            List<String> lines = file.lines();
            for (int i = 0; i < lines.size(); i++) {
                if (offence.test(lines.get(i))) {
                    found.add(file.path() + ":" + (i + 1));
                }
            }
        }
        return found;
    }

    private static boolean endsInBlank(String line) {
        return !line.isEmpty() && Character.isWhitespace(line.charAt(line.length() - 1));
    }

    private static boolean endsOddly(Text file) {
        String text = file.text();
        return text.contains("\r") || (!text.isEmpty() && (!text.endsWith("\n") || text.endsWith("\n\n")));
    }

    /** Rows of a Markdown table cannot be wrapped. */
    private static boolean isTooLong(String line) {
        return line.codePointCount(0, line.length()) > LINE_COLUMNS && !line.startsWith("|");
    }
}
