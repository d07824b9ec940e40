package dev.ringpark.internal.op;

import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Something to be asked of, or done with, a path of the default file system, whether it can be opened or not. */
public sealed interface PathRequest {
    Path path();

    Kind kind();

    /** Asks what is there; {@code followsLinks} asks what a symbolic link at its end leads to. */
    record Stat(Path path, boolean followsLinks) implements PathRequest {
        @Override
        public Kind kind() {
            return Kind.STAT;
        }
    }

    /** Moves within a file system, in one step; to a {@code target} that is there only if it {@code replaces}. */
    record Rename(Path path, Path target, boolean replaces) implements PathRequest {
        @Override
        public Kind kind() {
            return Kind.RENAME;
        }
    }

    /** Removes a name: of a directory, which has to be empty, or of anything else. */
    record Remove(Path path, boolean isDirectory) implements PathRequest {
        @Override
        public Kind kind() {
            return Kind.REMOVE;
        }
    }

    /** Makes a directory; {@code permissions} before the umask, null for those the system gives. */
    record MakeDirectory(Path path, @Nullable Set<PosixFilePermission> permissions) implements PathRequest {
        @Override
        public Kind kind() {
            return Kind.MAKE_DIRECTORY;
        }
    }
}
