package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.Accepting;
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
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server that has run out of descriptors waits for one, and serves on. */
class ServerExhaustionContractTest {
    @TempDir
    private static Path folder;

    private static Path jar;

    /** One file that is open: once all descriptors are taken, a folder has no more classes. */
    @BeforeAll
    static void packTheProgram() throws IOException {
        jar = Jar.pack(folder.resolve("exhaustion.jar"), name -> name.startsWith("dev/ringpark/"), List.of(),
                CarrierLoop.class, ServerExhaustion.class);
    }

    @ParameterizedTest
    @EnumSource(Flavor.class)
    void aServerWithoutADescriptorDoesNotSpinAndServesOnWhenThereIsOne(Flavor flavor) throws Exception {
        Finished run = exhausted(flavor, Stream.of(Accepting.values()).map(Accepting::name).toArray(String[]::new));

        assertThat(factsOfEachWay(run)).as("what the program said: %s", run)
                .hasSameSizeAs(Accepting.values())
                .allSatisfy(said -> assertThat(said.lines())
                        .containsExactly("the server spins: false", "the client is served: 7"));
        assertThat(saidOfEachWay(run.err())).as("warnings: %s", run)
                .hasSameSizeAs(Accepting.values())
                .allSatisfy(said -> assertThat(said.lines()).filteredOn(line ->
                        line.contains("cannot accept: Too many open files: ") && line.contains("ulimit -n"))
                        .hasSizeBetween(1, 3));   // one for each time it begins
    }

    @Test
    void aServerThatTriesAgainAtOnceIsNoticed() throws Exception {
        Finished run = exhausted(Flavor.SELECTOR_CARRIED, ServerExhaustion.SPINNING);

        assertThat(factsOfEachWay(run)).as("what the program said: %s", run).singleElement().satisfies(
                said -> assertThat(said.lines()).containsExactly("the server spins: true", "the client is served: 7"));
    }

    /** All that it told is of one way or another. */
    private static List<String> factsOfEachWay(Finished run) {
        assertThat(run.out()).as("what the program said: %s", run).startsWith(ServerExhaustion.WAY);
        return saidOfEachWay(run.out());
    }

    private static List<String> saidOfEachWay(String output) {
        return Pattern.compile("(?m)^" + ServerExhaustion.WAY + "\\w+\n").splitAsStream(output).skip(1).toList();
    }

    private static Finished exhausted(Flavor flavor, String... ways) throws IOException, InterruptedException {
        Tool.require("prlimit");
        flavor.start().close();   // or the test is skipped
        LoopOptions options = flavor.options();
        return Jvm.withFullAccess().and(flavor.access()).and("-cp", jar.toString(), ServerExhaustion.class.getName(),
                Objects.requireNonNull(options.backend()), Objects.requireNonNull(options.mode()).name())
                .and(ways).behind("prlimit", "--nofile=60:60").run().orFail();
    }
}
