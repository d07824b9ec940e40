package dev.ringpark.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static dev.ringpark.house.Compiled.MAIN;
import static dev.ringpark.house.Compiled.injected;
import static dev.ringpark.house.Compiled.violations;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.io.IOException;
import java.io.InputStream;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Exports;
import java.lang.module.ModuleDescriptor.Requires;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What users see. The compiler's lint for it is off, as it would complain of JSpecify's annotations. */
class ExportsTest {
    private static final List<String> EXPORTED = List.of("dev.ringpark", "dev.ringpark.dispatch");
    private static final ArchRule SIGNATURES =
            classes().that().resideInAnyPackage(EXPORTED.toArray(String[]::new)).and().arePublic()
                    .should(showOnlyWhatIsExported());

    @Test
    void theModuleExportsTwoPackagesAndOpensNone() throws IOException {
        ModuleDescriptor module = descriptor();

        assertThat(module.name()).isEqualTo("dev.ringpark");
        assertThat(module.isOpen()).isFalse();
        assertThat(module.opens()).isEmpty();
        assertThat(module.exports()).filteredOn(each -> !each.isQualified())
                .extracting(Exports::source).containsExactlyInAnyOrderElementsOf(EXPORTED);
    }

    @Test
    void theAgentIsShownToTheJvmAloneThatCallsIt() throws IOException {
        assertThat(descriptor().exports()).filteredOn(Exports::isQualified).singleElement().satisfies(exports -> {
            assertThat(exports.source()).isEqualTo("dev.ringpark.internal.agent");
            assertThat(exports.targets()).containsExactly("java.instrument");
        });
    }

    @Test
    void nothingButTheJdksBaseIsNeededAtRunTime() throws IOException {
        assertThat(descriptor().requires()).filteredOn(each -> !each.modifiers().contains(Requires.Modifier.STATIC))
                .extracting(Requires::name).containsExactly("java.base");
        assertThat(descriptor().requires()).filteredOn(each -> each.modifiers().contains(Requires.Modifier.STATIC))
                .allSatisfy(each -> assertThat(each.modifiers()).isEqualTo(Set.of(Requires.Modifier.STATIC)))
                .extracting(Requires::name).containsExactlyInAnyOrder("java.instrument", "org.jspecify");
    }

    @Test
    void signaturesShowOnlyWhatIsExported() {
        assertThat(violations(SIGNATURES, MAIN)).isEmpty();
    }

    @Test
    void aSignatureThatShowsMoreIsNoticed(@TempDir Path folder) throws Exception {
        List<String> leaks = List.of(
                "{ public dev.ringpark.internal.op.Handle leaked; }",
                "{ protected void leaked(dev.ringpark.internal.op.Handle[] handles) {} }",
                "{ public java.util.List<? extends dev.ringpark.internal.op.Handle> leaked() { return null; } }",
                "{ public <T extends dev.ringpark.internal.op.Handle> void leaked() {} }",
                "{ public void leaked() throws dev.ringpark.internal.backend.BackendUnavailableException {} }",
                "{ public RunQueue leaked() { return null; } }",
                "{ public dev.ringpark.internal.dispatch.Proactor leaked() { return null; } }",
                "extends dev.ringpark.internal.op.Timer { public void fire() {} }");
        String[] sources = IntStream.range(0, leaks.size())
                .mapToObj(i -> "package dev.ringpark; public class Leak" + i + " " + leaks.get(i))
                .toArray(String[]::new);
        List<String> noticed = violations(SIGNATURES, injected(folder, sources));

        assertThat(noticed).allMatch(each -> each.startsWith("dev.ringpark.Leak"));
        for (int i = 0; i < leaks.size(); i++) {
            String shows = "dev.ringpark.Leak" + i + " shows ";
            assertThat(noticed).as(leaks.get(i)).anyMatch(each -> each.startsWith(shows));
        }
    }

    @Test
    void whatAHiddenParentAddsIsNoticed(@TempDir Path folder) throws Exception {
        String parent = "package dev.ringpark; class Parent { public dev.ringpark.internal.op.Handle leaked; }";
        String leak = "package dev.ringpark; public class Leak extends Parent {}";

        assertThat(violations(SIGNATURES, injected(folder, parent, leak)))
                .containsExactly("dev.ringpark.Leak shows dev.ringpark.internal.op.Handle");
    }

    private static ModuleDescriptor descriptor() throws IOException {
        try (InputStream file = Files.newInputStream(Project.CLASSES.resolve("module-info.class"))) {
            return ModuleDescriptor.read(file);
        }
    }

    private static ArchCondition<JavaClass> showOnlyWhatIsExported() {
        return new ArchCondition<>("show only what is exported") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                shown(item).filter(each -> isOurs(each) && !isExported(each)).distinct().forEach(hidden ->
                        events.add(SimpleConditionEvent.violated(item, item.getName() + " shows " + hidden.getName())));
            }
        };
    }

    private static Stream<JavaClass> shown(JavaClass type) {
        Stream<JavaClass> parents = Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())
                .flatMap(each -> each.getAllInvolvedRawTypes().stream()).flatMap(ExportsTest::shownAsParent);
        Stream<JavaClass> members = type.getMembers().stream().filter(ExportsTest::isShown)
                .flatMap(ExportsTest::typesOf);
        return Stream.concat(parents, members).map(JavaClass::getBaseComponentType);
    }

    /** Users cannot name a hidden parent next door; they see what they inherit from it. */
    private static Stream<JavaClass> shownAsParent(JavaClass parent) {
        return EXPORTED.contains(parent.getPackageName()) && !isExported(parent) ? shown(parent) : Stream.of(parent);
    }

    private static Stream<JavaClass> typesOf(JavaMember member) {
        return Stream.concat(member.getAllInvolvedRawTypes().stream(),
                member instanceof JavaCodeUnit unit
                        ? unit.getExceptionTypes().stream() : Stream.empty());
    }

    private static boolean isShown(JavaMember member) {
        return !Collections.disjoint(member.getModifiers(), Set.of(JavaModifier.PUBLIC, JavaModifier.PROTECTED));
    }

    private static boolean isOurs(JavaClass type) {
        return (type.getPackageName() + ".").startsWith("dev.ringpark.");
    }

    private static boolean isExported(JavaClass type) {
        return EXPORTED.contains(type.getPackageName()) && type.getModifiers().contains(JavaModifier.PUBLIC);
    }
}
