package dev.ringpark.process;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Programs that a machine may have. */
public final class Tool {
    private Tool() {}

    /** Skips the test where {@code name} is not on the path. */
    public static void require(String name) {
        assumeTrue(isThere(name), () -> "this machine has no " + name);
    }

    /** Skips the test where {@code name} is not on the path; {@code debianPackage} would bring it. */
    public static void require(String name, String debianPackage) {
        assumeTrue(isThere(name), () -> "this machine has no " + name + ": apt-get install " + debianPackage);
    }

    /** Makes a pipe with a name, which is {@code path}; skips the test where that cannot be done. */
    public static Path makePipe(Path path) throws IOException, InterruptedException {
        require("mkfifo");
        Finished.run(List.of("mkfifo", path.toString())).orFail();
        return path;
    }

    /** Compiles one C file; skips the test where there is no gcc, fails if gcc is not content. */
    public static Path compileC(Path source, Path folder) throws IOException, InterruptedException {
        require("gcc");
        Path program = folder.resolve(String.valueOf(source.getFileName()).replaceFirst("[.]c$", ""));
        Finished.run(List.of("gcc", "-std=gnu17", "-Wall", "-Werror", "-o", program.toString(), source.toString()))
                .orFail();
        return program;
    }

    private static boolean isThere(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, name)));
    }
}
