package dev.ringpark.house;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static dev.ringpark.house.Compiled.MAIN;
import static dev.ringpark.house.Compiled.injected;
import static dev.ringpark.house.Compiled.violations;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which room may know which: the floors of the house. A room that is not on the plan may not be entered. */
class FloorsTest {
    private static final String ROOT = "dev.ringpark";

    /** Top down: the room, and the rooms below it that it may know. A dot stands for the root. */
    private static final Map<String, List<String>> PLAN = plan("""
            .                         internal.dispatch internal.platform internal.backend internal.op \
            internal.os internal.jdk
            dispatch                  internal.dispatch internal.platform internal.backend internal.op internal.os
            internal.dispatch         internal.backend internal.op internal.os
            internal.agent            internal.jdk
            internal.platform         internal.backend.uring internal.backend.readiness internal.backend.selector \
            internal.backend internal.op
            internal.backend.uring    internal.backend.fd internal.backend.files internal.backend internal.op \
            internal.os internal.os.linux
            internal.backend.readiness internal.backend.fd internal.backend.files internal.backend internal.op \
            internal.os internal.os.linux internal.os.bsd
            internal.backend.selector internal.backend.files internal.backend internal.op internal.os
            internal.backend.files    internal.op internal.os
            internal.backend.fd       internal.op internal.os internal.os.linux
            internal.backend          internal.op
            internal.op               internal.os
            internal.os.bsd           internal.os internal.os.linux
            internal.os.linux         internal.os
            internal.os               -
            internal.jdk              -
            """);

    private static final ArchRule RULE = classes().should(keepToThePlan());

    @Test
    void mainKeepsToThePlan() {
        assertThat(violations(RULE, MAIN)).isEmpty();
    }

    @Test
    void everyRoomOfThePlanIsThere() {
        assertThat(MAIN.stream().map(JavaClass::getPackageName).distinct()).containsAll(PLAN.keySet());
    }

    @Test
    void thePlanHasNoArrowUp() {
        List<String> topDown = List.copyOf(PLAN.keySet());

        PLAN.forEach((room, known) -> assertThat(known).as(room)
                .allSatisfy(below -> assertThat(topDown.indexOf(below)).isGreaterThan(topDown.indexOf(room))));
    }

    @ParameterizedTest
    @CsvSource({
        "internal.op,               internal.dispatch.Proactor",
        "internal.backend,          internal.backend.selector.SelectorBackend",
        "internal.backend.selector, internal.backend.uring.UringBackend",
        "internal.backend.selector, internal.os.linux.SocketAbi",
        "internal.backend.uring,    internal.backend.selector.SelectorBackend",
        "dispatch,                  CarrierLoop",
        "dispatch,                  internal.jdk.VirtualThreads",
        "internal.dispatch,         CarrierLoop",
        "internal.dispatch,         dispatch.Dispatcher",
        "internal.dispatch,         internal.jdk.VirtualThreads",
        "internal.dispatch,         internal.platform.Backends",
        "internal.os,               internal.op.Timer",
        "internal.attic,            internal.op.Timer",
    })
    void anArrowThatIsNotOnThePlanIsNoticed(String from, String to, @TempDir Path folder) throws Exception {
        String source = "package " + ROOT + "." + from + "; class Injected { " + ROOT + "." + to + " known; }";

        assertThat(violations(RULE, injected(folder, source))).singleElement().asString()
                .contains(ROOT + "." + from + ".Injected").contains(ROOT + "." + to);
    }

    private static ArchCondition<JavaClass> keepToThePlan() {
        return new ArchCondition<>("know only the rooms that the plan allows") {
            @Override
            public void check(JavaClass item, ConditionEvents events) {
                item.getDirectDependenciesFromSelf().stream().filter(FloorsTest::isForbidden)
                        .collect(Collectors.toMap(Dependency::getTargetClass, Dependency::getDescription, (a, b) -> a))
                        .values().forEach(each -> events.add(SimpleConditionEvent.violated(item, each)));
            }
        };
    }

    private static boolean isForbidden(Dependency dependency) {
        String from = dependency.getOriginClass().getPackageName();
        String to = dependency.getTargetClass().getBaseComponentType().getPackageName();
        boolean isOurs = (to + ".").startsWith(ROOT + ".");
        return isOurs && !to.equals(from) && !PLAN.getOrDefault(from, List.of()).contains(to);
    }

    private static Map<String, List<String>> plan(String rows) {
        return rows.lines().map(row -> row.split(" +")).collect(Collectors.toMap(
                row -> room(row[0]),
                row -> Stream.of(row).skip(1).filter(name -> !name.equals("-")).map(FloorsTest::room).toList(),
                (a, b) -> a, LinkedHashMap::new));
    }

    private static String room(String name) {
        return name.equals(".") ? ROOT : ROOT + "." + name;
    }
}
