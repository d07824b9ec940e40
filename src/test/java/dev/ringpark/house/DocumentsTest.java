package dev.ringpark.house;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.house.Project.Text;
import java.io.IOException;
import java.net.URI;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is written for readers: it is there, short enough, and means things that exist. */
class DocumentsTest {
    private static final int README_LINES = 250;
    private static final Pattern CODE = Pattern.compile("`([^`\n]+)`");
    private static final Pattern CLASS_NAME = Pattern.compile("(?<![\\w.@$/-])[A-Z]\\w*[a-z]\\w*(?![\\w/-])");
    private static final Pattern LINK = Pattern.compile("\\]\\((?!\\w+:|#)([^)#\\s]+)");
    private static final Pattern TYPE = Pattern.compile("\\b(?:class|interface|record|enum|@interface) ([A-Z]\\w*)");

    @ParameterizedTest
    @ValueSource(strings = {"README.md", "ARCHITECTURE.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE"})
    void theDocumentIsThereAndSaysSomething(String name) throws IOException {
        assertThat(Project.text(name).lines()).hasSizeGreaterThan(5);
    }

    @Test
    void theReadmeIsShort() throws IOException {
        assertThat(Project.text("README.md").lines()).hasSizeLessThan(README_LINES);
    }

    @Test
    void everyClassTheArchitectureNamesExists() throws IOException {
        assertThat(unknownClasses(Project.text("ARCHITECTURE.md").text())).isEmpty();
    }

    @Test
    void aClassThatDoesNotExistIsNoticed() throws IOException {
        assertThat(unknownClasses("""
                `CarrierLoop` and `Backend.Factory` and `UringBackend.poll()` over `java.nio.channels.SocketChannel`;
                `dev.ringpark.internal.op.Handel`, `SleepGates`, `IORING_OP_RECV`, `Thread.sleep`, `LoopCode`, a Nobody.
                """)).containsExactlyInAnyOrder("Handel", "SleepGates");
    }

    @Test
    void everyLinkToAFileLeadsToOne() throws IOException {
        List<Text> documents = Project.texts().stream().filter(each -> each.extension().equals("md")).toList();

        assertThat(documents.stream().flatMap(DocumentsTest::brokenLinks)).isEmpty();
        assertThat(brokenLinks(new Text("docs/a.md", "[a](../LICENSE) [b](gone.md) [c](https://x.org/y) [d](#here)")))
                .containsExactly("docs/a.md -> gone.md");
    }

    private static Stream<String> brokenLinks(Text document) {
        Path folder = Project.ROOT.resolve(document.path()).resolveSibling("");
        return LINK.matcher(document.text()).results().map(link -> link.group(1))
                .filter(target -> !Files.exists(folder.resolve(target).normalize()))
                .map(target -> document.path() + " -> " + target);
    }

    private static Set<String> unknownClasses(String text) throws IOException {
        Set<String> known = knownClasses();
        return CODE.matcher(text).results().map(code -> code.group(1)).flatMap(DocumentsTest::classNames)
                .filter(name -> !known.contains(name)).collect(Collectors.toSet());
    }

    private static Stream<String> classNames(String code) {
        return CLASS_NAME.matcher(code.replaceAll("\\b[a-z]\\w*[.]", "")).results().map(MatchResult::group);
    }

    /** Ours, nested ones too, and the JDK's. */
    private static Set<String> knownClasses() throws IOException {
        Set<String> names = new HashSet<>();
        for (Text source : Project.sources("")) {
            TYPE.matcher(source.text()).results().map(type -> type.group(1)).forEach(names::add);
        }
        Path modules = FileSystems.getFileSystem(URI.create("jrt:/")).getPath("modules");
        for (String module : List.of("java.base", "java.instrument", "jdk.jfr", "java.management")) {
            try (Stream<Path> files = Files.walk(modules.resolve(module))) {
                files.map(file -> String.valueOf(file.getFileName())).filter(name -> name.endsWith(".class"))
                        .flatMap(name -> Stream.of(name.replace(".class", "").split("[$]"))).forEach(names::add);
            }
        }
        return names;
    }
}
