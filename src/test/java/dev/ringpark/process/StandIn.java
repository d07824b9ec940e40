package dev.ringpark.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/**
 * The kqueue and the socket calls of another system, over those of Linux: src/test/c/bsd.c, with the numbers, layouts
 * and habits of macOS or FreeBSD. With -Dringpark.test.kqueue=LIBRARY a kqueue that somebody else has written for
 * Linux, such as libkqueue, takes the place of both; with -Dringpark.test.swapped=true the two are swapped.
 */
public record StandIn(String system, Path library) {
    private static final Map<String, StandIn> KNOWN = new ConcurrentHashMap<>();

    /** That of {@code system}, macos or freebsd; skips the test where it cannot be made. */
    public static StandIn of(String system) {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "the stand-in needs epoll");
        String other = System.getProperty("ringpark.test.kqueue");
        if (other != null) {
            return new StandIn("linux", Path.of(other));
        }
        Tool.require("gcc");
        boolean isSwapped = Boolean.getBoolean("ringpark.test.swapped");
        String meant = isSwapped ? (system.equals("macos") ? "freebsd" : "macos") : system;
        return KNOWN.computeIfAbsent(meant, StandIn::compile);
    }

    private static StandIn compile(String system) {
        try {
            Path library = Files.createTempFile("ringpark-" + system, ".so");
            library.toFile().deleteOnExit();
            Finished.run(List.of("gcc", "-std=gnu17", "-O1", "-Wall", "-Wextra", "-Werror",
                    "-shared", "-fPIC", "-pthread", "-D" + system.toUpperCase(Locale.ROOT),
                    "-o", library.toString(), "src/test/c/bsd.c")).orFail();
            return new StandIn(system, library);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The backend's name in what tests call it: "kqueue of macos" is kqueue on that stand-in, which is used then. */
    public static String backend(String called) {
        meantBy(called).ifPresent(StandIn::use);
        return called.replaceFirst(" of .*", "");
    }

    /** What makes another JVM have the backend that tests call so. */
    public static List<String> flagsFor(String called) {
        return meantBy(called).stream().flatMap(StandIn::flags).toList();
    }

    private static Optional<StandIn> meantBy(String called) {
        String[] parts = called.split(" of ", -1);
        return parts.length > 1 ? Optional.of(of(parts[1])) : Optional.empty();
    }

    /** From now on the backend kqueue of this JVM is over this one. */
    public void use() {
        System.setProperty("ringpark.kqueue.library", library.toString());
        System.setProperty("ringpark.kqueue.system", system);
    }

    /** What makes another JVM do so. */
    public Stream<String> flags() {
        return Stream.of("-Dringpark.kqueue.library=" + library, "-Dringpark.kqueue.system=" + system);
    }
}
