package dev.ringpark.bench.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * The file that is read: blocks that begin with their own place, so that each read can be checked.
 *
 * @param count how many blocks it has
 */
record Blocks(Path path, long count) {
    static final int BYTES = 4096;

    private static final int CHUNK_BLOCKS = 1024;

    /** Makes it in {@code folder}, with all its blocks on the disk and in the cache. */
    static Blocks make(Path folder, int mebibytes) throws IOException {
        Path path = Files.createTempFile(folder, "random-reads-", ".tmp");
        long count = (long) mebibytes * (1 << 20) / BYTES;
        try (FileChannel file = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BLOCKS * BYTES);
            for (long block = 0; block < count; block += CHUNK_BLOCKS) {
                for (int i = 0; i < CHUNK_BLOCKS; i++) {
                    chunk.putLong(i * BYTES, (block + i) * BYTES);
                }
                file.write(chunk.clear());
            }
            file.force(true);
        }
        return new Blocks(path, count);
    }

    /** Where the blocks have to lie in memory that is read into past the cache. */
    static ByteBuffer room() {
        return ByteBuffer.allocateDirect(2 * BYTES).alignedSlice(BYTES).slice(0, BYTES);
    }

    /** Fails unless {@code block} is that of {@code place}. */
    static void check(ByteBuffer block, long place) throws IOException {
        if (block.position() != BYTES || block.getLong(0) != place) {
            throw new IOException(block.position() + " bytes of " + block.getLong(0) + ", not the block at " + place);
        }
    }
}
