package dev.ringpark.internal.op;

import java.util.Locale;

/** What is asked; the fields of an {@link Operation} each one uses are those its {@code begin…} method takes. */
public enum Kind {
    ACCEPT, CONNECT, READ, WRITE, CLOSE,
    /** Of a file, from here on. */
    OPEN, READ_AT, WRITE_AT, SYNC;

    public boolean isOfFile() {
        return compareTo(CLOSE) > 0;
    }

    /** What users call it. */
    public String label() {
        return switch (this) {
            case READ_AT -> "read";
            case WRITE_AT -> "write";
            default -> name().toLowerCase(Locale.ROOT);
        };
    }
}
