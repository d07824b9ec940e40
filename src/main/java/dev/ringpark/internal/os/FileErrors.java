package dev.ringpark.internal.os;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The java.nio.file exception for each failure of a file, always with its path. */
public final class FileErrors {
    private FileErrors() {}

    /** What {@code failure} is, concerning the file {@code path}. */
    public static IOException of(Failure failure, Object path) {
        if (failure.cause() instanceof FileSystemException said) {
            return said;
        }
        FileSystemException exception = of(failure, path.toString());
        if (failure.cause() != null) {
            exception.initCause(failure.cause());
        }
        return exception;
    }

    private static FileSystemException of(Failure failure, String path) {
        return switch (failure.errno()) {
            case ENOENT -> new NoSuchFileException(path);
            case EEXIST -> new FileAlreadyExistsException(path);
            case EACCES -> new AccessDeniedException(path);
            case UNKNOWN -> new FileSystemException(path, null, failure.describe());
            default -> new FileSystemException(path, null, failure.errno().text());
        };
    }
}
