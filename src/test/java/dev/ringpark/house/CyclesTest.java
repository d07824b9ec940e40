package dev.ringpark.house;

import static dev.ringpark.house.Compiled.MAIN;
import static dev.ringpark.house.Compiled.mainWith;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaClass;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whoever reads a file can stop at the files it names: none of them leads back. ArchUnit's own rule passes over some
 * cycles that share a file with others, so the arrows are its, the search is not.
 */
class CyclesTest {
    private static final String ROOM = "dev.ringpark.internal.os.";

    @Test
    void noPackageLeadsBackToItself() {
        assertThat(cycles(MAIN, JavaClass::getPackageName)).isEmpty();
    }

    @Test
    void noFileLeadsBackToItself() {
        assertThat(cycles(MAIN, CyclesTest::file)).isEmpty();
    }

    @Test
    void aCycleOfPackagesIsNoticed(@TempDir Path folder) throws Exception {
        String up = "package dev.ringpark.internal.os; class Up { dev.ringpark.internal.op.Timer timer; }";

        assertThat(cycles(mainWith(folder, up), JavaClass::getPackageName))
                .containsExactly("dev.ringpark.internal.op -> dev.ringpark.internal.os -> dev.ringpark.internal.op");
    }

    @Test
    void eachCycleOfFilesIsNoticedAndOneWithinAFileIsNone(@TempDir Path folder) throws Exception {
        String hen = "package dev.ringpark.internal.os; class Hen { Egg egg; Cock c; Wing w; class Wing { Hen hen; } }";
        String egg = "package dev.ringpark.internal.os; class Egg { Hen[] hens; }";
        String cock = "package dev.ringpark.internal.os; class Cock { void crow() { new Hen(); } }";

        assertThat(cycles(mainWith(folder, hen, egg, cock), CyclesTest::file)).contains(
                String.join(" -> ", ROOM + "Egg", ROOM + "Hen", ROOM + "Egg"),
                String.join(" -> ", ROOM + "Cock", ROOM + "Hen", ROOM + "Cock"))
                .noneMatch(each -> each.contains("Wing"));
    }

    /** The class that names the file. */
    private static String file(JavaClass type) {
        return type.getName().replaceFirst("[$].*", "");
    }

    /** The shortest way back to each node that has one; each cycle begins with the name that comes first. */
    private static Set<String> cycles(Iterable<JavaClass> classes, Function<JavaClass, String> name) {
        Map<String, Set<String>> arrows = arrows(classes, name);
        Set<String> cycles = new TreeSet<>();
        for (String start : arrows.keySet()) {
            List<String> way = wayBack(start, arrows);
            if (!way.isEmpty()) {
                Collections.rotate(way, -way.indexOf(Collections.min(way)));
                cycles.add(String.join(" -> ", way) + " -> " + way.getFirst());
            }
        }
        return cycles;
    }

    private static Map<String, Set<String>> arrows(Iterable<JavaClass> classes, Function<JavaClass, String> name) {
        Map<String, Set<String>> arrows = new TreeMap<>();
        for (JavaClass type : classes) {
            Set<String> targets = arrows.computeIfAbsent(name.apply(type), key -> new TreeSet<>());
            for (Dependency dependency : type.getDirectDependenciesFromSelf()) {
                targets.add(name.apply(dependency.getTargetClass().getBaseComponentType()));
            }
        }
        arrows.forEach((from, targets) -> targets.removeIf(to -> to.equals(from) || !arrows.containsKey(to)));
        return arrows;
    }

    /** Breadth first; empty if there is none. */
    private static List<String> wayBack(String start, Map<String, Set<String>> arrows) {
        Map<String, String> cameFrom = new HashMap<>();
        Deque<String> open = new ArrayDeque<>(List.of(start));
        Set<String> seen = new HashSet<>();
        while (!open.isEmpty()) {
            String here = open.remove();
            for (String next : arrows.getOrDefault(here, Set.of())) {
                if (next.equals(start)) {
                    return way(here, start, cameFrom);
                }
                if (seen.add(next)) {
                    cameFrom.put(next, here);
                    open.add(next);
                }
            }
        }
        return new ArrayList<>();
    }

    private static List<String> way(String end, String start, Map<String, String> cameFrom) {
        List<String> way = new ArrayList<>(List.of(end));
        while (!way.getFirst().equals(start)) {
            way.addFirst(cameFrom.getOrDefault(way.getFirst(), start));
        }
        return way;
    }
}
