package dev.ringpark.internal.op;

import java.util.Locale;

/**
 * What is asked; the fields of an {@link Operation} each one uses are those its {@code begin…} method takes. The order
 * counts: {@link #isOfFile} and {@link #isOfDatagrams} go by it.
 */
public enum Kind {
    ACCEPT, CONNECT, READ, WRITE,
    /** Of datagrams: to the peer or to an address, from whom it may be or with word of that. */
    SEND, SEND_TO, RECEIVE, RECEIVE_FROM,
    /** Of somebody else's descriptor: until it could be read from, or written to, without waiting. */
    AWAIT_READABLE, AWAIT_WRITABLE,
    CLOSE,
    /** Of a file, from here on. */
    OPEN, READ_AT, WRITE_AT, SYNC, STAT, TRUNCATE, ALLOCATE,
    /** Of a path, from here on; a stat may be, too. */
    RENAME, REMOVE, MAKE_DIRECTORY;

    /** Whether what a backend is given of this kind concerns files: of closes, only theirs. */
    public boolean isOfFile() {
        return compareTo(CLOSE) >= 0;
    }

    /** Whether it sends or receives a datagram. */
    public boolean isOfDatagrams() {
        return compareTo(SEND) >= 0 && compareTo(RECEIVE_FROM) <= 0;
    }

    /** Whether a socket's transfer of this kind takes the bytes of its buffer; else it brings some. */
    public boolean sends() {
        return this == WRITE || this == SEND || this == SEND_TO;
    }

    /** Whether it has its turn among the reads of a socket; else among the writes. */
    public boolean isOfReadingSide() {
        return switch (this) {
            case ACCEPT, READ, RECEIVE, RECEIVE_FROM, AWAIT_READABLE -> true;
            default -> false;
        };
    }

    /** What users call it. */
    public String label() {
        return switch (this) {
            case SEND_TO -> "send";
            case RECEIVE_FROM -> "receive";
            case AWAIT_READABLE -> "await readable";
            case AWAIT_WRITABLE -> "await writable";
            case READ_AT -> "read";
            case WRITE_AT -> "write";
            case MAKE_DIRECTORY -> "make directory";
            default -> name().toLowerCase(Locale.ROOT);
        };
    }
}
