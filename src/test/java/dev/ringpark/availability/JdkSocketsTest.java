package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jar;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's own sockets, used beside a loop: their pollers are not the loop's to carry. */
class JdkSocketsTest {
    /** The pollers of a process belong to whoever has waited first, so each needs a JVM of its own. */
    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "selector"})
    void whoeverWaitsFirstTheJdksSocketsWorkBesideAHogAndAfterTheLoop(String backend) throws Exception {
        if (backend.equals("io_uring")) {
            Ring.require();
        }
        Finished run = Jvm.withFullAccess().and("-Dringpark.backend=" + backend,
                "-cp", Jvm.folder(CarrierLoop.class) + ":" + Jvm.folder(JdkSocketsProbe.class),
                JdkSocketsProbe.class.getName(), "hog").run();

        assertThat(run.out().lines()).as("what the probe said: %s", run).containsExactly("on the loop: true",
                "beside a hog: true", "on the loop again: true", "on its own: true", "runs for an ended loop: false");
    }

    @Test
    void aStartThatHasNoDescriptorsBreaksNoSocketOfTheJdk(@TempDir Path folder) throws Exception {
        Tool.require("prlimit");
        Path jar = Jar.pack(folder.resolve("probe.jar"), name -> name.startsWith("dev/ringpark/"), List.of(),
                CarrierLoop.class, JdkSocketsProbe.class);
        Finished run = Jvm.withFullAccess().and("-cp", jar.toString(), JdkSocketsProbe.class.getName(), "descriptors")
                .behind("prlimit", "--nofile=60:60").run();

        assertThat(run.out().lines()).as("what the probe said: %s", run).containsExactly("descriptors taken: true",
                "starts that failed before: true", "on its own: true", "runs for an ended loop: false");
    }
}
