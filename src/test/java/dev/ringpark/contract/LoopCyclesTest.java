package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A hundred loops leave as little as one: in a JVM that does nothing else, as every JVM maps memory as it goes. */
class LoopCyclesTest {
    /** Buffers and tables of a loop take 12 MiB; the JVM itself maps a few more meanwhile, for code and stacks. */
    private static final long MOST_KIBIBYTES = 24 * 1024;

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(Flavor.class)
    @EnabledOnOs(OS.LINUX)
    void aHundredLoopsLeaveNoThreadNoDescriptorAndNoMapping(Flavor flavor) throws Exception {
        flavor.start().close();   // or the test is skipped
        // One arena and a heap that is there from the start: what else grows is ours.
        Finished run = Jvm.withFullAccess().variable("MALLOC_ARENA_MAX", "1").and("-Xms128m").and(flavor.flags())
                .with(Cycles.class, CarrierLoop.class).and("30", "100", folder.toString()).run();

        assertThat(run.exitCode()).as("what the program said: %s", run).isZero();
        Map<String, String> facts = run.out().lines().map(line -> line.split(": "))
                .collect(Collectors.toMap(line -> line[0], line -> line[1]));
        assertThat(facts).containsEntry("descriptors", "0").containsEntry("rings", "0");
        assertThat(Long.parseLong(facts.get("mapped KiB"))).isLessThan(MOST_KIBIBYTES);
    }
}
