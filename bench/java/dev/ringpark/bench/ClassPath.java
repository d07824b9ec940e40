package dev.ringpark.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes the class path it was started with into a file, for scripts that start other programs with it. */
public final class ClassPath {
    private ClassPath() {}

    public static void main(String[] arguments) throws IOException {
        Files.writeString(Path.of(arguments[0]), System.getProperty("java.class.path"));
    }
}
