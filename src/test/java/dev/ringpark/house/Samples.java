package dev.ringpark.house;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.process.Jvm;
import dev.ringpark.process.RunningProgram;
import dev.ringpark.process.StandIn;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;

/**
 * The samples, and how they are run: as {@code samples/run} does, on the JDK of the tests, but compiled beforehand,
 * once for all of a JVM's tests.
 */
public final class Samples {
    static final Path FOLDER = Path.of("samples");

    /** What each server says once it listens. */
    private static final Pattern LISTENS =
            Pattern.compile(":(\\d+)[ ,].*(CarrierLoop\\[|io_uring|epoll|kqueue|selector)");

    private static final Jvm ENGLISH = Jvm.withFullAccess().and("-Duser.language=en", "-Duser.country=US");

    private static @Nullable Path classes;

    private Samples() {}

    static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.list(FOLDER)) {
            return files.filter(file -> file.toString().endsWith(".java")).sorted().toList();
        }
    }

    static Path source(String name) {
        return FOLDER.resolve(name + ".java");
    }

    /** The lines between the markers of a region, as Javadoc's snippets show them. */
    static String region(String name, String region) throws IOException {
        String text = Files.readString(source(name));
        String start = "// @start region=\"" + region + "\"\n";
        int begin = text.indexOf(start);
        int end = text.indexOf("// @end", begin);
        if (begin < 0 || end < 0) {
            throw new AssertionError(name + " has no region " + region);
        }
        return text.substring(begin + start.length(), end);
    }

    /** Starts the sample {@code name} on {@code backend}. */
    public static RunningProgram start(String backend, String name, Object... arguments) throws IOException {
        return start(backend, classes(), name, arguments);
    }

    /** Starts the sample {@code name} in {@code jvm}, on whatever backend it finds there. */
    public static RunningProgram start(Jvm jvm, String name, Object... arguments) throws IOException {
        return program(jvm, classes(), name, arguments).start();
    }

    /** Starts the sample {@code name} on {@code backend}, with as many descriptors at most. */
    static RunningProgram startLimited(String backend, int descriptors, String name, Object... arguments)
            throws IOException {
        String limit = "--nofile=" + descriptors + ":" + descriptors;
        return program(on(backend).behind("prlimit", limit), classes(), name, arguments).start();
    }

    /** Starts a program of the samples' kind on {@code backend}, which {@link #compile} has put into a folder. */
    static RunningProgram start(String backend, Path classes, String name, Object... arguments) throws IOException {
        return program(on(backend), classes, name, arguments).start();
    }

    private static Jvm on(String backend) {
        return ENGLISH.and(StandIn.flagsFor(backend).toArray(String[]::new))
                .variable("RINGPARK_BACKEND", StandIn.backend(backend));
    }

    /** The command that runs the sample {@code name}. */
    static List<String> command(String name, Object... arguments) throws IOException {
        return program(ENGLISH, classes(), name, arguments).command();
    }

    private static Jvm program(Jvm jvm, Path classes, String name, Object... arguments) {
        String[] words = Stream.of(arguments).map(Object::toString).toArray(String[]::new);
        return jvm.and("-cp", library() + File.pathSeparator + classes, name).and(words);
    }

    /** All of them compiled, in a folder of this JVM's own. */
    private static synchronized Path classes() throws IOException {
        if (classes == null) {
            Path folder = Path.of("target", "samples", String.valueOf(ProcessHandle.current().pid())).toAbsolutePath();
            compile(sources(), folder);
            classes = folder;
        }
        return classes;
    }

    /** Compiles programs of the samples' kind into {@code folder}. */
    static void compile(List<Path> sources, Path folder) {
        List<String> command = List.of("-proc:none", "-cp", library().toString(), "-d", folder.toString());
        String[] arguments = Stream.concat(command.stream(), sources.stream().map(Path::toString))
                .toArray(String[]::new);
        int failed = ToolProvider.findFirst("javac").orElseThrow().run(System.out, System.err, arguments);
        if (failed != 0) {
            throw new AssertionError("they do not compile: " + sources);
        }
    }

    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    /** The library's classes. */
    static Path library() {
        return Path.of(CarrierLoop.class.getProtectionDomain().getCodeSource().getLocation().getPath());
    }

    /** Waits until a server listens; where. */
    public static InetSocketAddress awaitAddress(RunningProgram server) throws InterruptedException {
        int port = Integer.parseInt(server.await(LISTENS).group(1));
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** Skips the test where {@code backend} cannot be had. */
    public static void require(String backend) {
        try {
            CarrierLoop.start(LoopOptions.defaults().withBackend(StandIn.backend(backend))).close();
        } catch (IOException e) {
            Assumptions.abort(e.getMessage());
        }
    }
}
