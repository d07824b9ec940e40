package dev.ringpark.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A file system that is another than the one for temporary files, in most systems: what moves there is copied. */
public final class OtherFileSystem {
    private static final Path MEMORY = Path.of("/dev/shm");

    private OtherFileSystem() {}

    /** Whether there is one, seen from {@code folder}, that takes files. */
    public static boolean isThere(Path folder) throws IOException {
        return Files.isWritable(MEMORY)
                && !Files.getAttribute(MEMORY, "unix:dev").equals(Files.getAttribute(folder, "unix:dev"));
    }

    /** A path there at which nothing is. */
    public static Path path() {
        return MEMORY.resolve("ringpark-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    }
}
