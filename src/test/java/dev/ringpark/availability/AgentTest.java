package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.Jar;
import dev.ringpark.process.Jvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's own jar gives access where flags cannot: as an agent, and beside a jar that asks in its manifest. */
class AgentTest {
    private static final String DENY = "--illegal-native-access=deny";
    private static final String PROBE = Jvm.folder(Probe.class).toString();

    @TempDir
    private static Path folder;

    private static Path jar;

    @BeforeAll
    static void packTheJar() throws IOException {
        jar = OurJar.pack(folder);
    }

    @Test
    void asAnAgentTheJarOpensJavaLangToTheClassPath() throws Exception {
        Answer answer = probe(Jvm.with("-javaagent:" + jar), jar + File.pathSeparator + PROBE);

        assertThat(answer.works(answer.backend()).mode()).isEqualTo("carried");
        assertThat(answer.facts()).containsEntry("carrier", "loop");
    }

    @Test
    void asAnAgentTheJarEnablesNativeAccessEvenWhereNobodyElseMayHaveIt() throws Exception {
        Ring.require();
        Answer answer = probe(Jvm.with("-javaagent:" + jar, DENY), jar + File.pathSeparator + PROBE);

        answer.works("io_uring");
    }

    @Test
    void theJvmHasNothingToWarnOf() throws Exception {
        Answer answer = probe(Jvm.with("-javaagent:" + jar), jar + File.pathSeparator + PROBE);

        assertThat(answer.run().err()).doesNotContain("WARNING");
    }

    @Test
    void theAgentBringsTheLibraryWithIt() throws Exception {
        Answer answer = probe(Jvm.with("-javaagent:" + jar), PROBE);

        assertThat(answer.works(answer.backend()).mode()).isEqualTo("carried");
    }

    @Test
    void withoutTheAgentTheSameClassPathIsHandedOverAndTheReasonNamesEveryWayIn() throws Exception {
        Answer answer = probe(Jvm.with(), jar + File.pathSeparator + PROBE);

        assertThat(answer.works(answer.backend()).mode()).isEqualTo("handed-over");
        assertThat(answer.reason()).contains("--add-opens java.base/java.lang=ALL-UNNAMED", "JDK_JAVA_OPTIONS",
                "Add-Opens in the manifest of a java -jar", "-javaagent:ringpark.jar");
    }

    @Test
    void anApplicationsJarThatAsksInItsManifestGetsBothForTheJarBesideIt() throws Exception {
        Path application = Jar.pack(folder.resolve("application.jar"), name -> name.contains("/availability/Probe"),
                List.of("Main-Class", Probe.class.getName(), "Class-Path", "ringpark.jar",
                        "Add-Opens", "java.base/java.lang", "Enable-Native-Access", "ALL-UNNAMED"), Probe.class);
        Answer answer = new Answer(Jvm.with("-jar", application.toString()).run());

        assertThat(answer.works(answer.backend()).mode()).isEqualTo("carried");
        assertThat(answer.run().err()).doesNotContain("WARNING");
    }

    private static Answer probe(Jvm jvm, String classPath) throws IOException, InterruptedException {
        return new Answer(jvm.and("-cp", classPath, Probe.class.getName()).run());
    }
}
