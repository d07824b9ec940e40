package dev.ringpark.house;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.process.Finished;
import dev.ringpark.process.RunningProgram;
import dev.ringpark.process.StandIn;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javax.tools.JavaCompiler;
import javax.tools.JavaCompiler.CompilationTask;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each sample is small, compiles without a warning and does what it says; the servers have tests of their own. */
class SamplesTest {
    private static final int MOST_LINES = 70;
    private static final int MOST_COLUMNS = 120;
    private static final int DESCRIPTORS = 60;   // of a server that is to run out of them

    static List<Path> sources() throws IOException {
        return Samples.sources();
    }

    @ParameterizedTest
    @MethodSource("sources")
    void fitsAScreenAndSaysAtItsTopHowToRunIt(Path source) throws IOException {
        List<String> lines = Files.readAllLines(source);
        String name = source.getFileName().toString().replace(".java", "");

        assertThat(lines).hasSizeLessThanOrEqualTo(MOST_LINES);
        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(MOST_COLUMNS));
        assertThat(String.join(" ", lines.subList(0, 2))).startsWith("// ").contains("samples/run " + name);
        assertThat(lines).anySatisfy(line -> assertThat(line).contains("IO.println("));
    }

    @ParameterizedTest
    @MethodSource("sources")
    void compilesWithoutAWarning(Path source, @TempDir Path classes) throws IOException {
        JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler());
        StringWriter said = new StringWriter();
        try (StandardJavaFileManager files = compiler.getStandardFileManager(null, null, null)) {
            List<String> options = List.of("-Xlint:all", "-Werror", "-proc:none", "-d", classes.toString(),
                    "-cp", Samples.library().toString());
            CompilationTask task =
                    compiler.getTask(said, files, null, options, null, files.getJavaFileObjects(source));

            assertThat(task.call()).as(said.toString()).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of freebsd", "selector"})
    void theEchoClientPrintsWhatTheEchoServerSendsBack(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram server = Samples.start(backend, "EchoServer", 0)) {
            InetSocketAddress address = Samples.awaitAddress(server);

            try (RunningProgram client = Samples.start(backend, "EchoClient",
                    address.getHostString(), address.getPort(), "There and back again")) {
                assertThat(client.awaitEnd()).contains("There and back again");
                assertThat(client.exitCode()).isZero();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of freebsd", "selector"})
    void theCallbackEchoSendsBackAndRestsWithoutADescriptorAndServesOnWhenThereIsOne(String backend) throws Exception {
        Samples.require(backend);
        Tool.require("prlimit");
        List<Socket> clients = new ArrayList<>();
        try (RunningProgram server = Samples.startLimited(backend, DESCRIPTORS, "CallbackEcho", 0)) {
            InetSocketAddress address = Samples.awaitAddress(server);
            assertSendsBack(address);
            long start = System.nanoTime();
            for (int i = 0; i < DESCRIPTORS; i++) {
                clients.add(new Socket(address.getAddress(), address.getPort()));
            }
            for (int i = 0; i < 3; i++) {
                server.await(Pattern.compile("accept: Too many open files"));
            }
            assertThat(System.nanoTime() - start).as("two rests").isGreaterThan(Duration.ofMillis(200).toNanos());
            for (Socket client : clients) {
                client.close();
            }
            assertSendsBack(address);
        } finally {
            for (Socket client : clients) {
                client.close();
            }
        }
    }

    private static void assertSendsBack(InetSocketAddress address) throws IOException {
        byte[] words = "There and back again".getBytes(US_ASCII);
        try (Socket client = new Socket(address.getAddress(), address.getPort())) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(words);
            client.shutdownOutput();
            assertThat(client.getInputStream().readAllBytes()).isEqualTo(words);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void theUnixEchoComesBackAndLeavesNoFileButIsStoppedByOne(String backend, @TempDir Path folder) throws Exception {
        Samples.require(backend);
        Path path = folder.resolve("socket");
        try (RunningProgram sample = Samples.start(backend, "UnixEcho", path, "There and back again")) {
            assertThat(sample.awaitEnd()).contains("There and back again");
            assertThat(sample.exitCode()).isZero();
        }
        assertThat(path).doesNotExist();
        Files.createFile(path);
        try (RunningProgram sample = Samples.start(backend, "UnixEcho", path)) {
            assertThat(String.join("\n", sample.awaitEnd())).contains("Address already in use: " + path);
            assertThat(sample.exitCode()).isNotZero();
        }
        assertThat(path).as("somebody else's").exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void theTimeOverUdpIsToldAndItIsNow(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram sample = Samples.start(backend, "UdpTime")) {
            List<String> said = sample.awaitEnd();
            assertThat(sample.exitCode()).as("%s", said).isZero();
            String told = said.stream().filter(line -> line.startsWith("It is ")).findFirst().orElseThrow();
            assertThat(ZonedDateTime.parse(told.substring("It is ".length())).toInstant())
                    .isCloseTo(Instant.now(), within(1, ChronoUnit.MINUTES));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void theServerOnEveryCoreEchoesAndTellsWhoseEachConnectionIs(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram server = Samples.start(backend, "EveryCore", 0)) {
            InetSocketAddress address = Samples.awaitAddress(server);
            for (int i = 0; i < 2; i++) {
                try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                    client.setSoTimeout(30_000);
                    client.getOutputStream().write('?');
                    assertThat(client.getInputStream().read()).isEqualTo('?');
                }
                server.await(Pattern.compile(
                        "belongs to CarrierLoop\\[ringpark-\\d+, " + StandIn.backend(backend)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void copyFileMakesACopyAndOverwritesNothing(String backend, @TempDir Path folder) throws Exception {
        Samples.require(backend);
        Path source = Files.write(folder.resolve("source"), new byte[3_000_000]);
        Path target = folder.resolve("target");
        try (RunningProgram sample = Samples.start(backend, "CopyFile", source, target)) {
            assertThat(sample.awaitEnd()).anySatisfy(line -> assertThat(line).contains("3,000,000 bytes in"));
            assertThat(sample.exitCode()).isZero();
        }
        assertThat(Files.mismatch(source, target)).isEqualTo(-1);
        try (RunningProgram again = Samples.start(backend, "CopyFile", source, target)) {
            assertThat(String.join("\n", again.awaitEnd())).contains("FileAlreadyExistsException: " + target);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void parallelGrepFindsWhatIsThere(String backend, @TempDir Path folder) throws Exception {
        Samples.require(backend);
        Files.createDirectories(folder.resolve("a/b"));
        Files.writeString(folder.resolve("a/one"), "needle here\nnothing\n");
        Files.writeString(folder.resolve("a/b/two"), "nothing\n  another needle\n");
        try (RunningProgram sample = Samples.start(backend, "ParallelGrep", "n.edle", folder)) {
            assertThat(sample.awaitEnd()).contains(folder.resolve("a/one") + ": needle here",
                    folder.resolve("a/b/two") + ": another needle")
                    .anySatisfy(line -> assertThat(line).startsWith("2 matches in 2 files, on CarrierLoop["));
            assertThat(sample.exitCode()).isZero();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void manyConnectionsWeighsThemAndGetsAnAnswerOnEach(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram sample = Samples.start(backend, "ManyConnections", 200)) {
            assertThat(String.join("\n", sample.awaitEnd()))
                    .contains("200 connections, a parked thread behind each, on CarrierLoop[ringpark, "
                            + StandIn.backend(backend))
                    .containsPattern("per connection, both ends: .* bytes of heap")
                    .containsPattern("resident memory: [0-9.,]+ bytes each")
                    .contains("a byte to each: 200 of 200 came back right");
            assertThat(sample.exitCode()).isZero();
        }
    }

    @Test
    void manyConnectionsMakesDoWithALowLimitOfOpenFilesAndTellsHowToRaiseIt() throws Exception {
        requireBash();
        List<String> command = List.of("bash", "-c", "ulimit -n 260; exec "
                + String.join(" ", Samples.command("ManyConnections", 1000)));
        try (RunningProgram sample = RunningProgram.start(command, Map.of())) {
            assertThat(String.join("\n", sample.awaitEnd()))
                    .contains("The limit of open files allows 30; for 1,000: ulimit -n 2200")
                    .contains("30 of 30 came back right");
            assertThat(sample.exitCode()).isZero();
        }
    }

    @Test
    void backendsSaysOfEachWhatAnEchoTakesOrWhyItCannotBeHad() throws Exception {
        try (RunningProgram sample =
                RunningProgram.start(Samples.command("Backends"), Map.of())) {
            String said = String.join("\n", sample.awaitEnd());
            String taken = " +([0-9.]+ us an echo of 64 bytes, \\S.*|no: \\S.*)$";
            for (String backend : List.of("io_uring", "epoll", "kqueue", "selector")) {
                assertThat(said).containsPattern("(?m)^" + backend + taken);
            }
            assertThat(said).containsPattern("(?m)^selector +[0-9.]+ us").containsPattern("(?m)^chosen +\\w+");
            assertThat(sample.exitCode()).isZero();
        }
    }

    @Test
    void theScriptRunsASampleFromAnyFolder(@TempDir Path elsewhere) throws Exception {
        requireBash();
        String script = Samples.FOLDER.resolve("run").toAbsolutePath().toString();
        List<String> command = List.of("bash", "-c", "cd \"$1\" && exec \"$2\" EchoServer 0", "bash",
                elsewhere.toString(), script);
        Map<String, String> jdk = Map.of("JAVA_HOME", System.getProperty("java.home"));
        try (RunningProgram server = RunningProgram.start(command, jdk)) {
            assertThat(server.await(Pattern.compile("Echoing on .*")).group()).contains("CarrierLoop[");
        }
    }

    @Test
    void theScriptNamesTheSamplesWhenItIsGivenNone() throws Exception {
        requireBash();
        List<String> command = List.of("bash", Samples.FOLDER.resolve("run").toString(), "Nothing");
        try (RunningProgram script = RunningProgram.start(command, Map.of())) {
            assertThat(script.awaitEnd()).singleElement().asString()
                    .startsWith("usage: samples/run NAME").contains("EchoServer").contains("ManyConnections");
            assertThat(script.exitCode()).isEqualTo(2);
        }
    }

    /** What the build looks at first, as its own JAVA_HOME may be an older JDK's. */
    @Test
    void theScriptsTakeTheJdkThatJava25HomeNamesBeforeAnyOther(@TempDir Path home) throws Exception {
        requireBash();
        Path java = Files.createFile(Files.createDirectories(home.resolve("bin")).resolve("java"));
        assertThat(java.toFile().setExecutable(true)).isTrue();
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"25.0.9\"\n");
        String tests = System.getProperty("java.home");

        assertThat(jdkFor(home.toString(), tests)).isEqualTo(home.toString());
        assertThat(jdkFor(tests, home.toString())).isEqualTo(tests);
        assertThat(jdkFor("", home.toString())).isEqualTo(home.toString());
        Files.writeString(home.resolve("release"), "JAVA_VERSION=\"21.0.9\"\n");
        assertThat(jdkFor(home.toString(), tests)).as("where it names another Java").isEqualTo(tests);
    }

    private static String jdkFor(String java25Home, String javaHome) throws IOException, InterruptedException {
        List<String> command = List.of("bash", "-euc", ". samples/jdk25.sh && find_jdk25");
        Finished found = Finished.run(command, Map.of("JAVA25_HOME", java25Home, "JAVA_HOME", javaHome));
        assertThat(found.exitCode()).as("%s", found).isZero();
        return found.out().strip();
    }

    private static void requireBash() {
        assumeTrue(Files.isExecutable(Path.of("/bin/bash")), "there is no bash here");
    }
}
