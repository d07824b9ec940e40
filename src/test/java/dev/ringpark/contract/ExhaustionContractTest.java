package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jar;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a server shows that has run out of descriptors. */
class ExhaustionContractTest {
    @TempDir
    private static Path folder;

    private static Path jar;

    /** One file that is open: once all descriptors are taken, a folder has no more classes. */
    @BeforeAll
    static void packTheProgram() throws IOException {
        jar = Jar.pack(folder.resolve("exhaustion.jar"), name -> name.startsWith("dev/ringpark/"), List.of(),
                CarrierLoop.class, Exhaustion.class);
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void anAcceptWithoutADescriptorSaysSoAndDoesNotSpinAndTheConnectionWaitsForOne(Flavor flavor) throws Exception {
        Tool.require("prlimit");
        flavor.start().close();   // or the test is skipped
        LoopOptions options = flavor.options();

        Finished run = Jvm.withFullAccess().and(flavor.access()).and("-cp", jar.toString(), Exhaustion.class.getName(),
                Objects.requireNonNull(options.backend()), Objects.requireNonNull(options.mode()).name())
                .behind("prlimit", "--nofile=60:60").run();

        assertThat(run.out().lines()).as("what the program said: %s", run).containsExactly(
                "a parked accept: java.net.SocketException: Too many open files",
                "the loop spins: false",
                "a later accept: [java.net.SocketException: Too many open files]",
                "the listener is open: true",
                "the first is accepted: true",
                "a further accept: java.net.SocketException: Too many open files",
                "the second is accepted: true",
                "an accept while nobody connects: java.net.SocketTimeoutException: Accept timed out",
                "the same when somebody does: java.net.SocketException: Too many open files");
    }
}
