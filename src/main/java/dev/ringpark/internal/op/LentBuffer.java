package dev.ringpark.internal.op;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;

/**
 * A buffer whose memory an operation has lent, and where that begins, which never changes. Who uses one buffer again
 * and again need not have it looked up each time, which costs objects unless the compiler sees through it. It does not
 * keep the buffer alive.
 */
final class LentBuffer extends WeakReference<ByteBuffer> {
    /** How many others are lent before one of them takes its place: who has a new one each time gains nothing. */
    private static final int OTHERS = 16;

    private final long address;
    private int others;

    LentBuffer(ByteBuffer buffer, long address) {
        super(buffer);
        this.address = address;
    }

    long address() {
        return address;
    }

    /** Notes that another one is lent; whether that has happened often enough to forget this one. */
    boolean yields() {
        return ++others >= OTHERS;
    }
}
