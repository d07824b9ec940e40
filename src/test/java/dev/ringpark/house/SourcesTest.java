package dev.ringpark.house;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.CatchTree;
import com.sun.source.tree.MemberReferenceTree;
import com.sun.source.tree.MemberSelectTree;
import com.sun.source.tree.MethodTree;
import dev.ringpark.house.Parsed.Finder;
import dev.ringpark.house.Project.Text;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The shape of the Java sources. Each rule is a finder, and each is shown a snippet that it has to find. */
class SourcesTest {
    private static final int FILE_LINES = 350;
    private static final int METHOD_LINES = 40;

    /** Files of main that may be longer, and why. */
    private static final Map<String, String> LONG_FILES = Map.of(
            "src/main/java/dev/ringpark/StreamSocket.java", "one public type, half of it the Javadoc of its calls",
            "src/main/java/dev/ringpark/UdpSocket.java", "the same");
    /** Methods that may be longer, and why. */
    private static final Map<String, String> LONG_METHODS = Map.of(
            "src/main/java/dev/ringpark/internal/os/linux/LinuxErrno.java of", "a table: one line for each number");
    /** Tests that may sleep, and why. */
    private static final Map<String, String> SLEEPERS = Map.of(
            "src/test/java/dev/ringpark/contract/TimeoutContractTest.java", "pauses as long as a timeout, to meet it",
            "src/test/java/dev/ringpark/contract/LoopTimeTest.java", "a sleep on the loop is what it tests",
            "src/test/java/dev/ringpark/contract/SleepContractTest.java", "the loop's own sleep is what it tests",
            "src/test/java/dev/ringpark/SleepersTest.java", "the same",
            "src/test/java/dev/ringpark/contract/EndStormContractTest.java", "a loop's sleep that its end cuts short",
            "src/test/java/dev/ringpark/contract/DeadlineContractTest.java", "no deadline ends a sleep",
            "src/test/java/dev/ringpark/contract/LoopFairnessTest.java", "tests a sleep beside busy threads");
    private static final Pattern SENT_ELSEWHERE =
            Pattern.compile("[*] Like [{]@link|([Ss]ee|Like) the (other|last) one|[{]@inheritDoc");
    private static final Set<String> TESTS = Set.of("Test", "ParameterizedTest", "RepeatedTest", "TestFactory");
    /** What only tests carry, and what alone runs nothing. */
    private static final Set<String> MARKS_OF_TESTS = Set.of("Stress", "Timeout", "Disabled", "EnabledOnOs",
            "EnumSource", "ValueSource", "CsvSource", "MethodSource");

    private static List<Text> main;
    private static List<Text> tests;
    private static List<Parsed> all;

    @BeforeAll
    static void parse() throws IOException {
        main = Project.sources("src/main/java");
        tests = Project.sources("src/test/java");
        all = Parsed.of(Stream.concat(main.stream(), tests.stream()).toList());
    }

    @Test
    void filesOfMainAreShort() {
        Set<String> longOnes = main.stream().filter(each -> each.lines().size() > FILE_LINES).map(Text::path)
                .collect(Collectors.toSet());

        assertThat(longOnes).isEqualTo(LONG_FILES.keySet());
    }

    @Test
    void methodsAreShort() throws IOException {
        Set<String> longOnes = Parsed.find(all, new LongMethods()).stream()
                .map(found -> found.replaceFirst(":\\d+ (\\w+) .*", " $1")).collect(Collectors.toSet());

        assertThat(longOnes).isEqualTo(LONG_METHODS.keySet());
        assertThat(Parsed.find(Parsed.of("A.java", "class A { void just() {" + "\n".repeat(METHOD_LINES - 1) + "} }"),
                new LongMethods())).isEmpty();
        assertThat(Parsed.find(Parsed.of("A.java", "class A { void beyond() {" + "\n".repeat(METHOD_LINES) + "} }"),
                new LongMethods())).containsExactly("A.java:1 beyond has 41 lines");
    }

    @Test
    void noExceptionIsCaughtAndForgottenWithoutAWordOfWhy() throws IOException {
        assertThat(Parsed.find(all, new EmptyCatches())).isEmpty();
        assertThat(Parsed.find(Parsed.of("A.java", """
                class A {
                    void forgetful() { try { hashCode(); } catch (Error e) { } }
                    void told() { try { hashCode(); } catch (Error e) { /* why */ } }
                    void used() { try { hashCode(); } catch (Error e) { return; } }
                }
                """), new EmptyCatches())).containsExactly("A.java:2 catches Error e and forgets it");
    }

    @Test
    void noTestSleeps() throws IOException {
        Set<String> sleepers = Parsed.find(testsOf(all), new Sleeps()).stream()
                .map(found -> found.replaceFirst(":.*", "")).collect(Collectors.toSet());

        assertThat(sleepers).isEqualTo(SLEEPERS.keySet());
        assertThat(Parsed.find(Parsed.of("src/test/java/A.java", """
                class A {
                    void a() { Thread.sleep(5); }
                    void b() { TimeUnit.SECONDS.sleep(1); }
                    Sleep c = Thread::sleep;
                }
                """), new Sleeps())).hasSize(3);
    }

    @Test
    void namesOfTestsAreSentences() throws IOException {
        assertThat(Parsed.find(testsOf(all), new NoSentences())).isEmpty();
        assertThat(Parsed.find(Parsed.of("src/test/java/A.java", """
                class A {
                    @Test void testRead() { }
                    @ParameterizedTest void works() { }
                    @Test void read_returns_bytes() { }
                    @Test void aReadReturnsBytes() { }
                    void helper() { }
                }
                """), new NoSentences())).containsExactly("src/test/java/A.java:2 testRead is no sentence",
                "src/test/java/A.java:3 works is no sentence",
                "src/test/java/A.java:4 read_returns_bytes is no sentence");
    }

    @Test
    void whatIsMarkedLikeATestIsOne() throws IOException {
        assertThat(Parsed.find(testsOf(all), new NeverRun())).isEmpty();
        assertThat(Parsed.find(Parsed.of("src/test/java/A.java", """
                class A {
                    @Stress void aLongOneIsForgotten() { }
                    @Stress @Test void aLongOneIsRun() { }
                    @EnumSource(Flavor.class) void oneWithParametersIsForgotten(Flavor flavor) { }
                    @ParameterizedTest @EnumSource(Flavor.class) void oneWithParametersIsRun(Flavor flavor) { }
                    @Override public String toString() { return ""; }
                }
                """), new NeverRun())).containsExactly("src/test/java/A.java:2 aLongOneIsForgotten is never run",
                "src/test/java/A.java:4 oneWithParametersIsForgotten is never run");
    }

    @Test
    void eachRoomSaysWhatItIsForAndIsNullMarked() throws IOException {
        assertThat(roomsWithoutPackageInfo(Stream.concat(main.stream(), tests.stream()).toList(),
                Project.sources("bench/java"))).isEmpty();
        assertThat(roomsWithoutPackageInfo(List.of(
                new Text("a/A.java", ""), new Text("a/package-info.java", "/** A. */\n@NullMarked\npackage a;"),
                new Text("b/B.java", ""), new Text("b/package-info.java", "@NullMarked\npackage b;"),
                new Text("c/C.java", ""), new Text("c/package-info.java", "/** C. */\npackage c;"),
                new Text("src/test/java/d/D.java", ""), new Text("src/test/java/e/E.java", "")),
                List.of(new Text("bench/java/d/package-info.java", "/** D. */\npackage d;"))))
                .containsExactly("b", "c", "src/test/java/e");
    }

    @Test
    void noJavadocSendsItsReaderToAnotherOne() {
        assertThat(main.stream().flatMap(SourcesTest::sentElsewhere)).isEmpty();
        assertThat(sentElsewhere(new Text("A.java", """
                /** Reads. See the other one. */
                /**
                 * Like {@link #read(byte[])}, with a timeout of its own.
                 * {@inheritDoc}
                 * Reads as {@link #read(byte[])} does, but waits longer.
                 */
                """))).containsExactly("A.java:1", "A.java:3", "A.java:4");
    }

    private static Stream<String> sentElsewhere(Text file) {
        return IntStream.range(0, file.lines().size()).filter(i -> SENT_ELSEWHERE.matcher(file.lines().get(i)).find())
                .mapToObj(i -> file.path() + ":" + (i + 1));
    }

    private static List<Parsed> testsOf(List<Parsed> files) {
        return files.stream().filter(each -> each.source().path().startsWith("src/test/")).toList();
    }

    private static Set<String> roomsWithoutPackageInfo(List<Text> files, List<Text> benches) {
        Set<String> rooms = files.stream().map(SourcesTest::room).collect(Collectors.toCollection(TreeSet::new));
        files.stream().filter(each -> each.path().endsWith("/package-info.java"))
                .filter(each -> each.text().startsWith("/**") && each.text().contains("\n@NullMarked\n"))
                .map(SourcesTest::room).forEach(rooms::remove);
        rooms.remove("src/main/java");   // module-info
        Set<String> said = Stream.concat(files.stream(), benches.stream()).map(Text::path)
                .filter(each -> each.endsWith("/package-info.java")).collect(Collectors.toSet());
        // The tests of a room are of its package, which has been described where the room is.
        rooms.removeIf(each -> each.startsWith("src/test/")
                && Stream.of("src/main/", "bench/").anyMatch(
                        where -> said.contains(each.replace("src/test/", where) + "/package-info.java")));
        return rooms;
    }

    private static String room(Text file) {
        return file.path().substring(0, file.path().lastIndexOf('/'));
    }

    /** A text block counts as one line. */
    private static final class LongMethods extends Finder {
        @Override
        public Void visitMethod(MethodTree method, Parsed file) {
            long lines = 1 + file.lineEnds(method)
                    - Parsed.literals(method).stream().mapToLong(file::lineEnds).sum();
            if (lines > METHOD_LINES) {
                found(file, method, method.getName() + " has " + lines + " lines");
            }
            return super.visitMethod(method, file);
        }
    }

    private static final class EmptyCatches extends Finder {
        @Override
        public Void visitCatch(CatchTree caught, Parsed file) {
            String body = file.text(caught.getBlock());
            if (caught.getBlock().getStatements().isEmpty() && !body.contains("/*") && !body.contains("//")) {
                found(file, caught, "catches " + caught.getParameter() + " and forgets it");
            }
            return super.visitCatch(caught, file);
        }
    }

    private static final class Sleeps extends Finder {
        @Override
        public Void visitMemberSelect(MemberSelectTree select, Parsed file) {
            if (select.getIdentifier().contentEquals("sleep")) {
                found(file, select, "sleeps");
            }
            return super.visitMemberSelect(select, file);
        }

        @Override
        public Void visitMemberReference(MemberReferenceTree reference, Parsed file) {
            if (reference.getName().contentEquals("sleep")) {
                found(file, reference, "sleeps");
            }
            return super.visitMemberReference(reference, file);
        }
    }

    private static boolean hasOneOf(MethodTree method, Set<String> annotations) {
        return method.getModifiers().getAnnotations().stream().map(AnnotationTree::getAnnotationType)
                .anyMatch(type -> annotations.contains(type.toString()));
    }

    private static final class NeverRun extends Finder {
        @Override
        public Void visitMethod(MethodTree method, Parsed file) {
            if (hasOneOf(method, MARKS_OF_TESTS) && !hasOneOf(method, TESTS)) {
                found(file, method, method.getName() + " is never run");
            }
            return super.visitMethod(method, file);
        }
    }

    private static final class NoSentences extends Finder {
        @Override
        public Void visitMethod(MethodTree method, Parsed file) {
            String name = method.getName().toString();
            if (hasOneOf(method, TESTS) && !name.matches("(?!test[A-Z])[a-z]+[0-9]*([A-Z0-9][a-z0-9]*){2,}")) {
                found(file, method, name + " is no sentence");
            }
            return super.visitMethod(method, file);
        }
    }
}
