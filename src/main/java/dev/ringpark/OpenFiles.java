package dev.ringpark;

import dev.ringpark.internal.os.Errno;
import org.jspecify.annotations.Nullable;

/** What to do about running out of descriptors, for those who are told by a log or at a start. */
final class OpenFiles {
    private OpenFiles() {}

    /** {@code message}, and the cure behind it, if it says that there are too many open files. */
    static @Nullable String withCure(@Nullable String message) {
        if (Errno.EMFILE.text().equals(message)) {
            return message + ": this process has all it may have; raise its limit (ulimit -n), or close some";
        }
        if (Errno.ENFILE.text().equals(message)) {
            return message + ": all processes together have all they may have; raise fs.file-max, or close some";
        }
        return message;
    }
}
