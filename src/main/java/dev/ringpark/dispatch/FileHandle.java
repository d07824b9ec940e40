package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenRequest;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file of a {@link Dispatcher}, which has the operations. Any number of them may be under way at once, and end in any
 * order, since each says where in the file it belongs. Belongs to the dispatcher's thread.
 */
public final class FileHandle {
    private final dev.ringpark.internal.op.FileHandle handle;
    private final OpenRequest asked;
    private final FileRequests requests;

    FileHandle(CallbackLoop loop, OpenRequest asked) {
        this.asked = asked;
        this.handle = loop.proactor().backend().newFile(asked.path());
        this.requests = new FileRequests(loop, handle, asked.path());
    }

    dev.ringpark.internal.op.FileHandle handle() {
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
