package dev.ringpark.internal.op;

import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.nio.file.Path;

/** A file as its backend holds it. Unlike a socket it has any number of operations at once: each says where. */
public abstract class FileResource extends PooledHandle {
    private final Path path;

    protected FileResource(Path path) {
        this.path = path;
    }

    /** What was opened, or is to be. */
    public final Path path() {
        return path;
    }

    @Override
    public final boolean isSlowToRelease() {
        return hasDescriptor();
    }

    @Override
    public final IOException closeFailed(Failure failure) {
        return FileErrors.of(failure, path);
    }

    // What is done with the file at once, in the caller's thread, between beginCall and endCall. The disk is not asked.

    /** Whether it has places; a pipe or a terminal has none. */
    public abstract boolean isSeekable();

    /** The file's own position. */
    public abstract long position() throws IOException;

    /** Moves the file's own position, perhaps beyond the end. */
    public abstract void position(long newPosition) throws IOException;

    /**
     * Reads {@code length} bytes from {@code position} on to {@code address}, if they are in memory already.
     *
     * @return whether they were, all of them; else what is at {@code address} means nothing
     */
    public boolean readNow(long address, int length, long position) {
        return false;
    }

    // What may wait for the disk: for threads beside the loop.

    /** Cuts the file to {@code size} bytes if it has more. */
    public abstract void truncate(long size) throws IOException;

    /** Gives its descriptor back. */
    public abstract void release() throws IOException;

    @Override
    public String toString() {
        return path.toString();
    }
}
