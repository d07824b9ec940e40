package dev.ringpark.contract;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** A file to be read and written past the system's cache, which takes a file system on a disk. */
public record Direct(Path path, OpenOption option, int blockBytes) implements AutoCloseable {
    /** Skips the test where there is none; the file is empty. */
    public static Direct require() throws Exception {
        Class<?> extended = Class.forName("com.sun.nio.file.ExtendedOpenOption");
        OpenOption option = (OpenOption) extended.getField("DIRECT").get(null);
        Path folder = Path.of(System.getProperty("user.dir"), "target");
        Path path = Files.createTempFile(folder, "unbuffered-", null);
        try {
            FileChannel.open(path, StandardOpenOption.WRITE, option).close();
        } catch (IOException | UnsupportedOperationException e) {
            Files.delete(path);
            assumeTrue(false, () -> "no unbuffered files in " + folder + ": " + e.getMessage());
        }
        return new Direct(path, option, Math.toIntExact(Files.getFileStore(path).getBlockSize()));
    }

    public Set<OpenOption> options(OpenOption... others) {
        Set<OpenOption> options = new HashSet<>(List.of(others));
        options.add(option);
        return options;
    }

    /** Memory of one block, and where blocks begin. */
    public ByteBuffer block() {
        return ByteBuffer.allocateDirect(3 * blockBytes).alignedSlice(blockBytes).limit(blockBytes);
    }

    /** The same number of bytes, eight bytes beside that. */
    public ByteBuffer askew() {
        return ByteBuffer.allocateDirect(3 * blockBytes).alignedSlice(blockBytes).position(8).limit(8 + blockBytes);
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(path);
    }
}
