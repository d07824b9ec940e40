package dev.ringpark.internal.os;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Why a system call or an operation failed: the portable name, the platform's number (0 where it gives none) and,
 * from java.nio, the exception that said so.
 */
public record Failure(Errno errno, int number, @Nullable IOException cause) {

    /** The end of an operation that was cancelled before anything moved. */
    public static final Failure CANCELED = new Failure(Errno.ECANCELED, 0, null);

    /** "Connection refused (ECONNREFUSED, 111)"; without the number where java.nio told only the text. */
    public String describe() {
        if (cause != null && cause.getMessage() != null) {
            return errno == Errno.UNKNOWN ? cause.getMessage() : cause.getMessage() + " (" + errno + ")";
        }
        return errno == Errno.UNKNOWN ? "errno " + number : errno.text() + " (" + errno + ", " + number + ")";
    }
}
