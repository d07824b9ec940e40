package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.KernelVersion;
import dev.ringpark.process.RunningProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whether a program that sleeps is shown as one that waits for a disk. Linux tells everybody how many threads of the
 * machine are in iowait at this moment (procs_blocked, proc_stat(5)): as soon as there are none while all threads of
 * the program sleep, none of its is. If that does not come, its end shows whether it was to blame.
 */
final class Iowait {
    private static final Pattern BLOCKED = Pattern.compile("(?m)^procs_blocked (\\d+)$");
    private static final Pattern SLEEP = Pattern.compile("(?m)^(State:\\tS|(?:non)?voluntary_ctxt_switches:.*)");

    private Iowait() {}

    /** Skips the test where a ring that waits is in iowait, whoever uses it. */
    static void requireAKernelThatCanSaySo() {
        assumeTrue(KernelVersion.isAtLeast(6, 15),
                "the kernel is older than 6.15 and shows each ring that waits as iowait");
    }

    /** Fails if a thread of {@code program} is in iowait as long as it sleeps. Ends the program if it must. */
    static void assertNone(RunningProgram program) throws Exception {
        if (!comes(() -> nobodyIsWhileAllSleep(program.handle()))) {
            program.close();
            assumeTrue(comes(() -> blocked() == 0), "somebody else on this machine is in iowait all the time");
            assertThat(program).as("in iowait until it was ended").isNull();
        }
    }

    private static boolean comes(Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + Duration.ofSeconds(Eventually.LONG_SECONDS).toNanos();
        boolean came = condition.call();
        while (!came && System.nanoTime() - end < 0) {
            came = condition.call();
        }
        return came;
    }

    /** A thread that has neither run nor been switched between two looks has slept from the one to the other. */
    private static boolean nobodyIsWhileAllSleep(ProcessHandle program) throws IOException {
        List<List<String>> before = sleep(program);
        long blocked = blocked();
        return blocked == 0 && before.stream().allMatch(thread -> thread.size() == 3) && sleep(program).equals(before);
    }

    /** Of each thread: that it sleeps, and how often it has been switched. */
    private static List<List<String>> sleep(ProcessHandle program) throws IOException {
        List<List<String>> all = new ArrayList<>();
        try (Stream<Path> threads = Files.list(Path.of("/proc/" + program.pid() + "/task"))) {
            for (Path thread : threads.toList()) {
                all.add(SLEEP.matcher(status(thread)).results().map(MatchResult::group).toList());
            }
        }
        return all;
    }

    /** Nothing of a thread that has ended since it was listed: not one that sleeps. */
    private static String status(Path thread) throws IOException {
        try {
            return Files.readString(thread.resolve("status"));
        } catch (IOException e) {
            if (Files.exists(thread)) {
                throw e;
            }
            return "";
        }
    }

    private static long blocked() throws IOException {
        Matcher blocked = BLOCKED.matcher(Files.readString(Path.of("/proc/stat")));
        assumeTrue(blocked.find(), "this machine does not tell how many threads are in iowait");
        return Long.parseLong(blocked.group(1));
    }
}
