package dev.ringpark.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.MethodModel;
import java.lang.classfile.instruction.MonitorInstruction;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Loop code enters no monitor: a virtual thread that waits for it in front of its own carrier would never run again.
 * Monitors stand in the instructions, which ArchUnit does not show.
 */
class MonitorsTest {
    @Test
    void loopCodeEntersNoMonitorButThoseThatAreExplained() throws IOException {
        assertThat(monitors(Project.CLASSES)).containsExactlyInAnyOrderElementsOf(LoopCode.MONITORS.keySet());
    }

    @Test
    void aMonitorInLoopCodeIsNoticed(@TempDir Path folder) throws IOException {
        Compiled.compile(folder, List.of(),
                "package dev.ringpark.internal.op; class Block { void enter() { synchronized (this) { notify(); } } }",
                "package dev.ringpark; class Mailbox { Object o = this; void add() { synchronized (o) { add(); } } }",
                "package dev.ringpark; class RunQueue { static class Part { synchronized void enter() {} } }",
                "package dev.ringpark; class Elsewhere { synchronized void enter() {} }");

        assertThat(monitors(folder)).containsExactlyInAnyOrder(
                "dev.ringpark.internal.op.Block.enter", "dev.ringpark.Mailbox.add", "dev.ringpark.RunQueue$Part.enter");
    }

    private static List<String> monitors(Path classes) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> files = Files.walk(classes)) {
            for (Path file : files.filter(each -> each.toString().endsWith(".class")).toList()) {
                ClassModel type = ClassFile.of().parse(file);
                String name = type.thisClass().asInternalName().replace('/', '.');
                type.methods().stream().filter(method -> LoopCode.includes(name) && entersMonitor(method))
                        .forEach(method -> found.add(name + "." + method.methodName().stringValue()));
            }
        }
        return found;
    }

    private static boolean entersMonitor(MethodModel method) {
        return method.flags().has(AccessFlag.SYNCHRONIZED) || method.code().stream()
                .flatMap(code -> code.elementStream()).anyMatch(MonitorInstruction.class::isInstance);
    }
}
