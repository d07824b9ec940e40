package dev.ringpark.contract;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** What the library logs, from a level on, as long as this is open. */
public final class Logged implements AutoCloseable {
    private final Logger logger = Logger.getLogger("dev.ringpark");
    private final List<LogRecord> records = new CopyOnWriteArrayList<>();
    private final Handler handler = new Handler() {
        @Override
        public void publish(LogRecord entry) {
            if (entry.getLevel().intValue() >= getLevel().intValue()) {
                records.add(entry);
            }
        }

        @Override
        public void flush() {
            // Nothing is kept back.
        }

        @Override
        public void close() {
            // Nothing is open.
        }
    };

    /** From {@code level} on. */
    public Logged(Level level) {
        handler.setLevel(level);
        logger.addHandler(handler);
    }

    /** In their order. */
    public List<LogRecord> records() {
        return records;
    }

    @Override
    public void close() {
        logger.removeHandler(handler);
    }
}
