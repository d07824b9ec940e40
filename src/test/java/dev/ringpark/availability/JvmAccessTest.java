package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jar;
import dev.ringpark.process.Jvm;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the JVM allows: calls to the system, and a look into java.lang. */
class JvmAccessTest {
    private static final String DENY = "--illegal-native-access=deny";

    @Test
    void deniedNativeAccessLeadsToTheSelectorAndNamesTheFlag() throws Exception {
        Answer answer = Answer.from(Jvm.with(DENY, Jvm.OPEN_JAVA_LANG)).works("selector");

        assertThat(answer.refusal()).contains("JVM").contains("--enable-native-access=ALL-UNNAMED");
        assertThat(answer.mode()).isEqualTo("carried");
    }

    @Test
    void aLoopLogsOnceWhatItRunsOnAndWhyNothingBetter() throws Exception {
        Answer answer = Answer.from(Jvm.with(DENY)).works("selector");

        String refused = Stream.of("io_uring", "epoll", "kqueue")
                .map(name -> name + ": " + answer.facts().get("refused " + name)).collect(Collectors.joining("; "));
        String choice = "backend selector (not " + refused + "), mode handed-over (" + answer.reason() + ")";
        assertThat(refused).doesNotContain("null").contains("--enable-native-access=ALL-UNNAMED");
        assertThat(answer.run().err().lines()).filteredOn(line -> line.contains("backend selector"))
                .containsExactly("INFO: ringpark: " + choice);
    }

    /** The JVM says why only once; from then on it says that it has said so. */
    @Test
    void eachFurtherLoopOfTheProcessIsToldTheSame() throws Exception {
        Answer answer = Answer.from(Jvm.with(DENY, "-Dprobe.loops=3")).works("selector");

        assertThat(answer.refusal()).contains("--enable-native-access=ALL-UNNAMED").doesNotContain("\n");
        assertThat(answer.reason()).contains("--add-opens java.base/java.lang=ALL-UNNAMED").doesNotContain("\n");
    }

    @Test
    void deniedNativeAccessFailsTheForcedRingLoudly() throws Exception {
        Ring.require();   // elsewhere another reason comes first
        Answer answer = Answer.from(Jvm.with(DENY, "-Dringpark.backend=io_uring")).fails();

        assertThat(answer.failure()).startsWith("java.io.IOException: the forced backend cannot be had: io_uring: ")
                .contains("--enable-native-access=ALL-UNNAMED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "selector"})
    void nullIsAnyAddressOfTheSocketsOwnFamilyWhateverTheJvmPrefers(String backend) throws Exception {
        Finished run = Jvm.withFullAccess().and("-Djava.net.preferIPv6Addresses=true", "-Dringpark.backend=" + backend)
                .run(WildcardProbe.class, CarrierLoop.class);

        assertThat(run.exitCode()).as("what the probe said: %s", run).isZero();
        assertThat(run.out().lines()).hasSize(4).filteredOn(line -> line.startsWith("INET "))
                .hasSize(2).allSatisfy(line -> assertThat(line).startsWith("INET /0.0.0.0:"));
    }

    @Test
    void withoutAnyFlagTheRingWorksVirtualThreadsAreHandedOverAndTheReasonTellsTheCure() throws Exception {
        Ring.require();
        Answer answer = Answer.from(Jvm.with()).works("io_uring");

        assertThat(answer.mode()).isEqualTo("handed-over");
        assertThat(answer.reason()).contains("--add-opens java.base/java.lang=ALL-UNNAMED");
        assertThat(answer.facts()).containsEntry("carrier", "jdk");
    }

    @Test
    void withBothFlagsTheRingWorksAndCarriesAndTheJvmHasNothingToWarnOf() throws Exception {
        Ring.require();
        Answer answer = Answer.from(Jvm.withFullAccess()).works("io_uring");

        assertThat(answer.mode()).isEqualTo("carried");
        assertThat(answer.facts()).containsEntry("carrier", "loop");
        assertThat(answer.run().err()).doesNotContain("WARNING");
    }

    @Test
    void closedJavaLangFailsTheForcedCarriedModeLoudly() throws Exception {
        Answer answer = Answer.from(Jvm.with(Jvm.NATIVE_ACCESS, "-Dringpark.mode=carried")).fails();

        assertThat(answer.failure()).startsWith("java.io.IOException: the forced mode, carried, cannot be had: ")
                .contains("--add-opens java.base/java.lang=ALL-UNNAMED");
    }

    @Test
    void theCureWorksFromTheEnvironment() throws Exception {
        Jvm jvm = Jvm.with().variable("JDK_JAVA_OPTIONS", "--add-opens java.base/java.lang=ALL-UNNAMED");

        assertThat(Answer.from(jvm).mode()).isEqualTo("carried");
    }

    @Test
    void theCureWorksFromTheManifestOfAStartedJar(@TempDir Path folder) throws Exception {
        Path jar = Jar.pack(folder.resolve("probe.jar"), name -> name.startsWith("dev/ringpark/"),
                List.of("Main-Class", Probe.class.getName(), "Add-Opens", "java.base/java.lang"),
                CarrierLoop.class, Probe.class);

        assertThat(new Answer(Jvm.with("-jar", jar.toString()).run()).mode()).isEqualTo("carried");
    }
}
