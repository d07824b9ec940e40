package dev.ringpark.house;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.process.RunningProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The README is short, its code runs as it stands there, and its links lead somewhere. */
class ReadmeTest {
    private static final int MOST_LINES = 249;
    private static final int LINES_OF_THE_ECHO_SERVER = 30;
    private static final int LIMIT_MILLIS = 40_000;   // fails loudly

    @TempDir
    private static Path folder;

    /** Nothing is added to what stands there but what the blocks need around them. */
    @BeforeAll
    static void compileItsCode() throws IOException {
        Readme readme = Readme.read();
        Path program = Files.writeString(folder.resolve("Echo.java"), readme.program());
        Path blocks = Files.writeString(folder.resolve("Blocks.java"), readme.programOfStatements());
        Samples.compile(List.of(program), folder);
        Samples.compile(List.of(blocks), folder);   // by themselves: they do not see the program
    }

    @Test
    void isShortAndHasTheEchoServerAtItsTop() throws IOException {
        Readme readme = Readme.read();
        String top = String.join("\n", readme.lines().subList(0, LINES_OF_THE_ECHO_SERVER)) + "\n";

        assertThat(readme.lines()).hasSizeLessThanOrEqualTo(MOST_LINES);
        assertThat(top).contains("```java\n" + readme.program() + "```\n");
    }

    @Test
    void theEchoServerIsTheSampleThatTheJavadocShows() throws IOException {
        assertThat(Readme.read().program()).endsWith("\n" + Samples.region("EchoServer", "echo"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void theEchoServerRunsAsItStandsThere(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram server = Samples.start(backend, folder, "Echo", 0)) {
            InetSocketAddress address = Samples.awaitAddress(server);
            try (Socket client = new Socket(address.getAddress(), address.getPort())) {
                client.setSoTimeout(LIMIT_MILLIS);
                client.getOutputStream().write("as printed".getBytes(UTF_8));
                client.shutdownOutput();

                assertThat(client.getInputStream().readAllBytes()).asString(UTF_8).isEqualTo("as printed");
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"io_uring", "epoll", "kqueue of macos", "selector"})
    void theOtherBlocksRunAsTheyStandThere(String backend) throws Exception {
        Samples.require(backend);
        try (RunningProgram program = Samples.start(backend, folder, "Blocks")) {
            assertThat(Readme.read().statements()).hasSizeGreaterThanOrEqualTo(2);
            assertThat(program.awaitEnd()).contains("Are you there?", "connections: 101")
                    .anySatisfy(line -> assertThat(line).matches("[0-9.]+ operations per system call"));
            assertThat(program.exitCode()).isZero();
        }
    }

    @Test
    void linksLeadToFilesOfTheProject() throws IOException {
        assertThat(Readme.read().links()).isNotEmpty().allSatisfy(link -> assertThat(link).exists());
    }

    @Test
    void aFreshMachineNeedsTwoCommands() throws IOException {
        List<String> commands = Readme.read().blocks("").stream()
                .flatMap(String::lines)
                .filter(line -> line.startsWith("mvn "))
                .map(line -> line.replaceFirst(" +#.*", ""))
                .toList();

        assertThat(commands).containsExactly("mvn -q -Pdemo", "mvn verify");
    }
}
