package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** A process that is started while a loop runs gets none of its descriptors. */
@EnabledOnOs(OS.LINUX)
class ChildProcessTest extends Contract {
    private static final int CLOSE_ON_EXEC = 02000000;   // O_CLOEXEC in asm-generic/fcntl.h

    @Test
    void aChildInheritsNoSocketAndNoQueue() throws Exception {
        Tool.require("cat");
        useSockets();

        Process child = new ProcessBuilder("cat").start();   // until its input ends
        try {
            assertThat(descriptors("self")).isNotEmpty();
            assertThat(descriptors(String.valueOf(child.pid()))).doesNotContainAnyElementsOf(descriptors("self"));
        } finally {
            child.destroyForcibly();
            child.waitFor();
        }
    }

    /** ProcessBuilder closes what it can find; whoever else starts a program may not. */
    @Test
    void everyDescriptorIsClosedByAnExec() throws Exception {
        assumeTrue(flavor.isOn("io_uring"), "the selector's descriptors are the JDK's");
        Set<String> before = numbers();
        try (CarrierLoop second = flavor.start()) {
            Pair pair = Pair.on(second);
            assertThat(pair.near().isOpen()).isTrue();
            List<String> open = new ArrayList<>();
            Set<String> ours = numbers();
            ours.removeAll(before);
            for (String number : ours) {
                if ((flags(number) & CLOSE_ON_EXEC) == 0) {
                    open.add(number + " " + target(Path.of("/proc/self/fd", number)));
                }
            }

            assertThat(ours).as("queue, wake-up, two sockets").hasSizeGreaterThanOrEqualTo(4);
            assertThat(open).isEmpty();
        }
    }

    private void useSockets() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        Pair pair = pair();
        parked(listener::accept);
        parked(() -> pair.near().read(new byte[1], 0, 1));
        assertPasses(pair.turned());
    }

    private static Set<String> numbers() throws IOException {
        Set<String> numbers = new TreeSet<>();
        try (Stream<Path> links = Files.list(Path.of("/proc/self/fd"))) {
            links.filter(each -> isOurs(target(each))).forEach(each -> numbers.add(each.getFileName().toString()));
        }
        return numbers;
    }

    /** What the sockets and queues of process {@code id} are. */
    private static Set<String> descriptors(String id) throws IOException {
        Set<String> targets = new TreeSet<>();
        try (Stream<Path> links = Files.list(Path.of("/proc", id, "fd"))) {
            links.map(ChildProcessTest::target).filter(ChildProcessTest::isOurs).forEach(targets::add);
        }
        return targets;
    }

    private static boolean isOurs(String target) {
        return target.startsWith("socket:") || target.startsWith("anon_inode:");
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }

    private static int flags(String number) throws IOException {
        return Files.readAllLines(Path.of("/proc/self/fdinfo", number)).stream().filter(each -> each.startsWith("flags:"))
                .mapToInt(each -> Integer.parseInt(each.substring(6).trim(), 8)).findFirst().orElseThrow();
    }
}
