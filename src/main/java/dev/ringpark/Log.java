package dev.ringpark;

import java.lang.System.Logger.Level;
import org.jspecify.annotations.Nullable;

/** The library's one logger. What a handler of it throws ends neither a loop nor a close. */
final class Log {
    private static final System.Logger LOGGER = System.getLogger("dev.ringpark");

    private Log() {}

    /** Never on the hot path, never in a turn. */
    static void say(Level level, String message, @Nullable Throwable thrown) {
        try {
            LOGGER.log(level, message, thrown);
        } catch (Throwable e) {
            Threads.report(e);
        }
    }
}
