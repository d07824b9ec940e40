package dev.ringpark.internal.os;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.jspecify.annotations.Nullable;

/** The java.nio.file exception for each failure of a file, always with its path. */
public final class FileErrors {
    private FileErrors() {}

    /** What {@code failure} is, concerning the file {@code path}. */
    public static IOException of(Failure failure, Object path) {
        return of(failure, path, null);
    }

    /** The same, concerning {@code other}, too, if there is one. */
    public static IOException of(Failure failure, Object path, @Nullable Object other) {
        if (failure.cause() instanceof FileSystemException said) {
            return said;
        }
        FileSystemException exception = of(failure, path.toString(), other == null ? null : other.toString());
        if (failure.cause() != null) {
            exception.initCause(failure.cause());
        }
        return exception;
    }

    private static FileSystemException of(Failure failure, String path, @Nullable String other) {
        return switch (failure.errno()) {
            case ENOENT -> new NoSuchFileException(path, other, null);
            case EEXIST -> new FileAlreadyExistsException(path, other, null);
            case EACCES -> new AccessDeniedException(path, other, null);
            case ELOOP -> new FileSystemException(path, other,
                    failure.errno().text() + " or unable to access attributes of symbolic link");
            case UNKNOWN -> new FileSystemException(path, other, failure.describe());
            default -> new FileSystemException(path, other, failure.errno().text());
        };
    }

    /** What a place in the file {@code path} comes to that has none, as a pipe. */
    public static IOException noPlaces(Object path) {
        return new FileSystemException(path.toString(), null, Errno.ESPIPE.text());
    }

    /** The error that java.nio means by {@code said}. */
    public static Errno errno(FileSystemException said) {
        return switch (said) {
            case NoSuchFileException _ -> Errno.ENOENT;
            case FileAlreadyExistsException _ -> Errno.EEXIST;
            case AccessDeniedException _ -> Errno.EACCES;
            case DirectoryNotEmptyException _ -> Errno.ENOTEMPTY;
            case AtomicMoveNotSupportedException _ -> Errno.EXDEV;
            default -> Errno.ofText(said.getReason());
        };
    }
}
