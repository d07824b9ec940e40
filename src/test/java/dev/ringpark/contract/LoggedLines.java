package dev.ringpark.contract;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library logs from now on. */
final class LoggedLines extends Handler {
    private final Logger logger = Logger.getLogger("dev.ringpark");
    private final List<LogRecord> lines = new CopyOnWriteArrayList<>();

    LoggedLines() {
        logger.addHandler(this);
    }

    /** The first line with {@code word} in it, once there is one. */
    LogRecord await(String word) {
        LoopRig.until(() -> count(word) > 0, () -> "nothing is told of " + word);
        return lines.stream().filter(line -> isOf(line, word)).findFirst().orElseThrow();
    }

    long count(String word) {
        return lines.stream().filter(line -> isOf(line, word)).count();
    }

    private static boolean isOf(LogRecord line, String word) {
        return line.getMessage().contains(word);
    }

    @Override
    public void publish(LogRecord line) {
        lines.add(line);
    }

    @Override
    public void flush() {
        // There is nothing between the list and its readers.
    }

    @Override
    public void close() {
        logger.removeHandler(this);
    }
}
