package dev.ringpark.tools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import dev.ringpark.process.Finished;
import dev.ringpark.process.OwnPort;
import dev.ringpark.process.RunningProgram;
import dev.ringpark.process.Tool;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A PostgreSQL of the test's own, in a folder that goes with it: nothing of it is written to be kept. */
record Postgres(OwnPort port, RunningProgram server) implements AutoCloseable {
    private static final Path VERSIONS = Path.of("/usr/lib/postgresql");   // where Debian has them
    private static final String USER = "postgres";
    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** Starts one in {@code folder}; skips the test where there is none to start. */
    static Postgres start(Path folder) throws IOException, InterruptedException {
        Path programs = programs();
        run(List.of("chmod", "a+x", folder.toString()));   // for somebody else than root
        Path data = Files.createDirectory(folder.resolve("data"));
        if (isRoot()) {
            run(List.of("chown", USER, data.toString()));
        }
        run(unprivileged(programs.resolve("initdb").toString(), "-D", data.toString(), "-U", USER, "-A", "trust",
                "-E", "UTF8", "--locale=C", "--no-sync"));
        OwnPort port = OwnPort.take();
        RunningProgram server = RunningProgram.start(unprivileged(programs.resolve("postgres").toString(),
                "-D", data.toString(), "-p", String.valueOf(port.number()), "-k", data.toString(),
                "-c", "listen_addresses=127.0.0.1", "-c", "fsync=off"), Map.of());
        server.await(Pattern.compile("database system is ready to accept connections"));
        return new Postgres(port, server);
    }

    /** The newest there is; the server's programs are not on the path. */
    private static Path programs() throws IOException {
        Tool.require("pgbench", "postgresql postgresql-contrib");
        List<Path> found = new ArrayList<>();
        if (Files.isDirectory(VERSIONS)) {
            try (Stream<Path> versions = Files.list(VERSIONS)) {
                versions.map(version -> version.resolve("bin")).filter(bin -> Files.exists(bin.resolve("initdb")))
                        .sorted(Comparator.reverseOrder()).forEach(found::add);
            }
        }
        assumeFalse(found.isEmpty(), "this machine has no PostgreSQL server: apt-get install postgresql");
        return found.getFirst();
    }

    /** It refuses to be run by root. The launcher becomes what it launches, and so hears its signals. */
    private static List<String> unprivileged(String... command) {
        Stream<String> launcher = Stream.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups");
        return isRoot() ? Stream.concat(launcher, Stream.of(command)).toList() : List.of(command);
    }

    private static boolean isRoot() {
        return System.getProperty("user.name").equals("root");
    }

    /** Runs one of its client programs, over {@code port}: its own, or one that leads there. What it printed. */
    static String run(String program, int port, String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(
                List.of(program, "-h", "127.0.0.1", "-p", String.valueOf(port), "-U", USER));
        command.addAll(List.of(arguments));
        return run(command);
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Finished run = Finished.runLong(LIMIT, command);
        assertThat(run.exitCode()).as("exit code of %s: %s", command, run).isZero();
        return run.out();
    }

    /** Its fast shutdown, as a killed one would leave shared memory behind. */
    @Override
    public void close() throws IOException {
        try (port; server) {
            run(List.of("kill", "-INT", String.valueOf(server.handle().pid())));
            server.awaitEnd();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
