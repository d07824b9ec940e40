package dev.ringpark.internal.op;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * A file as its backend holds it. Unlike a socket it has any number of operations at once, since each says where in the
 * file it belongs; those that are done are kept for the next callers, so steady traffic allocates none.
 */
public abstract class FileHandle extends Resource {
    private final Path path;
    private final Queue<Operation> operations = new ConcurrentLinkedQueue<>();   // one for each caller at once
    private final Queue<Operation> idle = new ConcurrentLinkedQueue<>();

    protected FileHandle(Path path) {
        this.path = path;
    }

    /** What was opened, or is to be. */
    public final Path path() {
        return path;
    }

    /** An operation for the caller alone. Any thread. */
    public final Operation take() {
        Operation operation = idle.poll();
        if (operation == null) {
            operation = new Operation(this);
            operations.add(operation);
        }
        return operation;
    }

    /** Takes an operation back that has been reset. Any thread. */
    public final void give(Operation operation) {
        idle.add(operation);
    }

    /** All that were ever taken; those under way are among them. Any thread. */
    public final List<Operation> operations() {
        return List.copyOf(operations);
    }

    // What is done with the file at once, in the caller's thread, between beginCall and endCall. The disk may be asked.

    /** How many bytes the file has. */
    public abstract long size() throws IOException;

    /** The file's own position. */
    public abstract long position() throws IOException;

    /** Moves the file's own position, perhaps beyond the end. */
    public abstract void position(long newPosition) throws IOException;

    /** Cuts the file to {@code size} bytes if it has more. */
    public abstract void truncate(long size) throws IOException;

    @Override
    public String toString() {
        return path.toString();
    }
}
