package dev.ringpark.internal.op;

import java.nio.file.OpenOption;
import java.nio.file.Path;
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
public record OpenRequest(Path path, Set<OpenOption> options, @Nullable Set<PosixFilePermission> permissions) {}
