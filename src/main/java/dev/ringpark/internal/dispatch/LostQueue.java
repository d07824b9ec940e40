package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;

/** Why operations end whose queue has failed. */
final class LostQueue {
    private static final String FAILED = "the loop's I/O queue failed";
    private static final Failure WITHOUT_MEMORY =
            new Failure(Errno.EIO, 0, new IOException(FAILED + ": no memory is left to say why"));

    private LostQueue() {}

    /** To call it is to load the class: later there may be no memory for that. */
    static void load() {}

    static Failure failure(Throwable cause) {
        try {
            return new Failure(Errno.EIO, 0, new IOException(FAILED, cause));
        } catch (OutOfMemoryError e) {
            return WITHOUT_MEMORY;
        }
    }
}
