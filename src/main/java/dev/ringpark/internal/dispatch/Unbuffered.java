package dev.ringpark.internal.dispatch;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** What the system asks of transfers that pass by its cache: that each begins and ends where blocks do. */
public final class Unbuffered {
    /** The block size of files whose transfers may be of any length. */
    public static final int NONE = 1;

    private static final int PAGE_BYTES = 4096;   // enough for any such file

    private Unbuffered() {}

    /** A direct buffer of {@code bytes} whose memory begins at a page. */
    public static ByteBuffer allocate(int bytes) {
        return ByteBuffer.allocateDirect(bytes + 2 * PAGE_BYTES).alignedSlice(PAGE_BYTES).slice(0, bytes);
    }

    /** The block size of what is at {@code path}. May wait for a disk or a server. */
    public static int blockBytes(Path path) throws IOException {
        return Math.toIntExact(Files.getFileStore(path).getBlockSize());
    }

    /**
     * Refuses what the system would without a word on why.
     *
     * @param address of the first byte in memory
     * @param position in the file
     * @param length in bytes
     */
    public static void requireAligned(int blockBytes, long address, long position, int length) throws IOException {
        requireMultiple("memory address", address, blockBytes);
        requireMultiple("position", position, blockBytes);
        requireMultiple("number of bytes", length, blockBytes);
    }

    private static void requireMultiple(String what, long value, int blockBytes) throws IOException {
        if ((value & blockBytes - 1) != 0) {
            throw new IOException("Unbuffered I/O: the " + what + " (" + value
                    + ") is not a multiple of the block size (" + blockBytes + ")");
        }
    }
}
