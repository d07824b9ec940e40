package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.FileBuffers;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenRequest;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of a {@link Dispatcher}, which has the operations. Any number of them may be under way at once, and end in any
 * order, if each says where in the file it belongs; those at its own position take turns. Belongs to the dispatcher's
 * thread.
 */
public final class FileHandle {
    private final FileResource handle;
    private final OpenRequest asked;
    private final FileRequests requests;

    FileHandle(CallbackLoop loop, OpenRequest asked, FileBuffers copies) {
        this.asked = asked;
        this.handle = loop.proactor().backend().newFile(asked.path());
        this.requests = new FileRequests(loop, handle, asked.path(), copies);
    }

    CallbackLoop loop() {
        return requests.loop();
    }

    FileResource handle() {
        return handle;
    }

    boolean reads() {
        return asked.reads();
    }

    boolean writes() {
        return asked.writes();
    }

    void open(Request<?> request) {
        requests.begin(request, Kind.OPEN, asked, 0, false, this);
    }

    /** Begins an operation that brings {@code result}; see {@link FileRequests#begin}. */
    void begin(Request<?> request, Kind kind, @Nullable Object about, long position, boolean detail, Object result) {
        requests.begin(request, kind, about, position, detail, result);
    }

    /** Begins a transfer at its own position; see {@link FileRequests#beginInOrder}. */
    void beginInOrder(Request<?> request, Kind kind, Object about) {
        requests.beginInOrder(request, kind, about);
    }

    /**
     * Its own position, in bytes; what is read and written there has moved it. Of no meaning if it was opened to be
     * appended to.
     *
     * @throws IllegalStateException if a transfer is under way there
     * @throws ClosedChannelException if it is not open
     * @throws IOException if it has none, as a pipe
     */
    public long position() throws IOException {
        return resting().position();
    }

    /**
     * Moves its own position, perhaps beyond the end.
     *
     * @throws IllegalArgumentException if it is negative
     * @throws IllegalStateException if a transfer is under way there
     * @throws ClosedChannelException if it is not open
     * @throws IOException if it has none, as a pipe
     */
    public void position(long newPosition) throws IOException {
        if (newPosition < 0) {
            throw new IllegalArgumentException("position is " + newPosition + "; it must not be negative");
        }
        resting().position(newPosition);
    }

    /** One whose own position nobody else reads or moves now, so that nobody has to be waited for. */
    private FileResource resting() throws IOException {
        FileResource file = usable();
        if (requests.isInOrder()) {
            throw new IllegalStateException("a transfer at the file's own position is under way");
        }
        if (!file.isSeekable()) {
            throw new IOException("Illegal seek");
        }
        return file;
    }

    /** Before a close: what has not begun ends first. */
    void endWaiting() {
        requests.loop().requireUsable();
        requests.endWaiting();
    }

    private FileResource usable() throws ClosedChannelException {
        requests.loop().requireUsable();
        if (!handle.isOpen()) {
            throw new ClosedChannelException();
        }
        return handle;
    }

    /** What it was opened by. */
    public Path path() {
        return handle.path();
    }

    /** Whether it has not been closed, and is not being. */
    public boolean isOpen() {
        return handle.isOpen();
    }

    @Override
    public String toString() {
        return "FileHandle[" + handle + (isOpen() ? "]" : ", closed]");
    }
}
