package dev.ringpark.bench.demo;

import java.io.Closeable;
import java.io.IOException;

/** A TCP connection with blocking calls. */
interface Connection extends Closeable {
    /** Waits for bytes; -1 at the end. */
    int read(byte[] target, int offset, int length) throws IOException;

    /** Writes all of them. */
    void write(byte[] source, int offset, int length) throws IOException;
}
