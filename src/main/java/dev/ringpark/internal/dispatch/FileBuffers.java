package dev.ringpark.internal.dispatch;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;

/**
 * Native memory that stands in for what cannot be lent to the kernel, arrays above all, while a transfer of a file is
 * under way. As a transfer may wait for a slow disk, the memory is the call's own until its end; a few pieces are kept
 * for the next.
 */
public final class FileBuffers {
    /** The size of a piece, and so of one transfer. */
    public static final int BYTES = 64 * 1024;

    private static final int KEPT = 32;

    private final ArrayDeque<ByteBuffer> idle = new ArrayDeque<>(KEPT);   // so giving back takes no memory

    /** A direct buffer of {@link #BYTES}, whose memory begins at a page. Any thread. */
    public ByteBuffer take() {
        synchronized (idle) {
            ByteBuffer piece = idle.poll();
            if (piece != null) {
                return piece.clear();
            }
        }
        return Unbuffered.allocate(BYTES);
    }

    /** Takes one back that nothing uses any more. Any thread. */
    public void give(ByteBuffer piece) {
        synchronized (idle) {
            if (idle.size() < KEPT) {
                idle.push(piece);
            }
        }
    }
}
