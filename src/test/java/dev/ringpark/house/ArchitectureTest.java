package dev.ringpark.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What ARCHITECTURE.md and the decisions say of the code is still there, members too; and their form. */
class ArchitectureTest {
    private static final Pattern NAME = Pattern.compile("`([A-Z][a-z]\\w*)(?:\\.(\\w+))?(?:\\([^`]*\\))?`");
    private static final Pattern DECISION = Pattern.compile("(\\d{4})-[a-z0-9-]+\\.md");
    private static final int MOST_LINES_OF_A_DECISION = 60;

    private static Map<String, String> sources;

    @BeforeAll
    static void readSources() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            sources = files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> !file.endsWith("package-info.java"))
                    .collect(Collectors.toMap(
                            file -> file.getFileName().toString().replace(".java", ""), ArchitectureTest::text,
                            String::concat));
        }
    }

    static List<Path> documents() throws IOException {
        List<Path> documents = new ArrayList<>(List.of(Path.of("ARCHITECTURE.md")));
        documents.addAll(decisions());
        return documents;
    }

    @ParameterizedTest
    @MethodSource("documents")
    void namesOnlyWhatThereIs(Path document) {
        assertThat(unknownNames(text(document))).isEmpty();
    }

    @Test
    void aTypeOrAMemberThatDoesNotExistIsNoticed() {
        assertThat(unknownNames("`Ring.push`, `Ring.pull`, `Ringlet`, `Backend.Factory`, `Factory`, `Factory.name`"))
                .containsExactly("`Ring.pull`", "`Ringlet`", "`Factory.name`");
    }

    @Test
    void decisionsAreNumberedWithoutAGapAndSayContextDecisionAndConsequences() throws IOException {
        List<Path> decisions = decisions();

        assertThat(decisions).isNotEmpty();
        for (int i = 0; i < decisions.size(); i++) {
            String text = text(decisions.get(i));
            Matcher name = DECISION.matcher(decisions.get(i).getFileName().toString());
            assertThat(name.matches()).as("%s", decisions.get(i)).isTrue();
            assertThat(Integer.parseInt(name.group(1))).isEqualTo(i + 1);
            assertThat(text).startsWith("# " + (i + 1) + ". ")
                    .containsSubsequence("**Context.**", "**Decision.**", "**Consequences.**");
            assertThat(text.lines()).hasSizeLessThanOrEqualTo(MOST_LINES_OF_A_DECISION);
        }
    }

    @Test
    void theChangelogSpeaksToItsReadersOneAfterTheOther() {
        assertThat(text(Path.of("CHANGELOG.md")))
                .containsSubsequence("## 0.1.0", "### Breaking", "### New", "### Fixed", "### Inside");
    }

    private static List<String> unknownNames(String text) {
        return NAME.matcher(text).results()
                .filter(name -> !exists(name.group(1), name.group(2)))
                .map(MatchResult::group)
                .toList();
    }

    private static boolean exists(String type, @Nullable String member) {
        String source = sources.get(type);
        if (source == null) {
            return member == null && isNested(type);
        }
        return member == null || Pattern.compile("\\b" + member + "\\b").matcher(source).find();
    }

    private static boolean isNested(String type) {
        Pattern declaration = Pattern.compile("\\b(class|interface|enum|record) " + type + "\\b");
        return sources.values().stream().anyMatch(source -> declaration.matcher(source).find());
    }

    private static List<Path> decisions() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("docs", "adr"))) {
            return files.sorted().toList();
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
