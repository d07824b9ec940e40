package dev.ringpark.availability;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.process.Finished;
import dev.ringpark.process.Jvm;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library as a module, used by a module that asks for nothing but it. */
class ModulePathTest {
    private static final String OUR_CLASSES = Jvm.folder(CarrierLoop.class).toString();

    @TempDir
    private static Path folder;

    /** With every warning an error: a user's module needs no annotations of ours to be compiled. */
    @BeforeAll
    static void compileAModule() throws IOException, InterruptedException {
        Path descriptor = Files.writeString(folder.resolve("module-info.java"), """
                module probe {
                    requires dev.ringpark;
                }
                """);
        Path javac = Path.of(System.getProperty("java.home"), "bin", "javac");
        Finished run = Finished.run(List.of(javac.toString(), "-Xlint:all", "-Werror", "-p", OUR_CLASSES,
                "-d", folder.resolve("classes").toString(), descriptor.toString(),
                "src/test/java/dev/ringpark/availability/Probe.java"));
        assertThat(run.exitCode()).as("what the compiler said: %s", run).isZero();
    }

    @Test
    void asAModuleWithAccessTheLoopCarriesAndUsesTheRing() throws Exception {
        Ring.require();
        Answer answer = inModule(
                Jvm.with("--enable-native-access=dev.ringpark", "--add-opens=java.base/java.lang=dev.ringpark"));

        assertThat(answer.works("io_uring").mode()).isEqualTo("carried");
        assertThat(answer.run().err()).doesNotContain("WARNING");
    }

    @Test
    void asAModuleWithoutAccessTheReasonsNameTheModule() throws Exception {
        Answer answer = inModule(Jvm.with("--illegal-native-access=deny"));

        assertThat(answer.works("selector").mode()).isEqualTo("handed-over");
        assertThat(answer.refusal()).contains("--enable-native-access=dev.ringpark)");
        assertThat(answer.reason()).contains("--add-opens java.base/java.lang=dev.ringpark ");
    }

    @Test
    void theAgentGivesTheModuleItsAccess(@TempDir Path jars) throws Exception {
        Ring.require();
        Path jar = OurJar.pack(jars);
        Answer answer = inModule(Jvm.with("-javaagent:" + jar, "--illegal-native-access=deny"), jar.toString());

        assertThat(answer.works("io_uring").mode()).isEqualTo("carried");
        assertThat(answer.run().err()).doesNotContain("WARNING");
    }

    private static Answer inModule(Jvm jvm) throws IOException, InterruptedException {
        return inModule(jvm, OUR_CLASSES);
    }

    private static Answer inModule(Jvm jvm, String library) throws IOException, InterruptedException {
        String path = library + File.pathSeparator + folder.resolve("classes");
        return new Answer(jvm.and("-p", path, "-m", "probe/" + Probe.class.getName()).run());
    }
}
