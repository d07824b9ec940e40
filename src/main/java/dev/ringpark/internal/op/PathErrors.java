package dev.ringpark.internal.op;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The exceptions of what is asked of paths: the JDK's, where some errors mean more than in an open file. */
public final class PathErrors {
    private PathErrors() {}

    /** What {@code failure} of {@code asked} is. */
    public static IOException of(Failure failure, PathRequest asked) {
        FileSystemException special = special(failure.errno(), asked);
        if (special != null) {
            special.initCause(failure.cause());
            return special;
        }
        Path other = asked instanceof PathRequest.Rename rename ? rename.target() : null;
        return FileErrors.of(failure, asked.path(), other);
    }

    private static @Nullable FileSystemException special(Errno errno, PathRequest asked) {
        return switch (asked) {
            case PathRequest.Stat(Path path, _) when errno == Errno.ENOTDIR ->
                    new NoSuchFileException(path.toString());   // below something that is no directory
            case PathRequest.Remove(Path path, boolean isDirectory) when isDirectory && isFull(errno) ->
                    new DirectoryNotEmptyException(path.toString());
            case PathRequest.Rename(Path path, Path target, _) when errno == Errno.EXDEV ->
                    new AtomicMoveNotSupportedException(path.toString(), target.toString(), errno.text());
            default -> null;
        };
    }

    private static boolean isFull(Errno errno) {
        return errno == Errno.ENOTEMPTY || errno == Errno.EEXIST;   // some systems say this instead
    }
}
