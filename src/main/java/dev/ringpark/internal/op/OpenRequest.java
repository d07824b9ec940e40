package dev.ringpark.internal.op;

import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A file to be opened.
 *
 * @param path of the default file system
 * @param options as the JDK has them, which go together
 * @param permissions of a new file, before the umask; null for those the system gives
 */
public record OpenRequest(Path path, Set<OpenOption> options, @Nullable Set<PosixFilePermission> permissions) {
    /** Whether it is asked to be read, as it is if nothing else is. */
    public boolean reads() {
        return !writes() || options.contains(StandardOpenOption.READ);
    }

    /** Whether it is asked to be written, be it at its end alone. */
    public boolean writes() {
        return appends() || options.contains(StandardOpenOption.WRITE);
    }

    /** Whether all that is written goes to its end. */
    public boolean appends() {
        return options.contains(StandardOpenOption.APPEND);
    }

    /** Whether it is to live as long as it is open. */
    public boolean deletes() {
        return options.contains(StandardOpenOption.DELETE_ON_CLOSE);
    }

    /** Whether it is new for certain, and its name its own. */
    public boolean creates() {
        return writes() && options.contains(StandardOpenOption.CREATE_NEW);
    }

    /** Whether its bytes are to pass by the system's cache. */
    public boolean isDirect() {
        return options.stream().anyMatch(OpenRequest::isDirect);
    }

    /** {@code com.sun.nio.file.ExtendedOpenOption.DIRECT}, by its name: not every JVM has its module. */
    public static boolean isDirect(OpenOption option) {
        return option.toString().equals("DIRECT");
    }
}
