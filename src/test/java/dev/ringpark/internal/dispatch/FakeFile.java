package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.op.FileResource;
import java.io.IOException;
import java.nio.file.Path;

/** A file with a life and operations, and nothing on any disk: whoever needs more of it overrides that. */
public class FakeFile extends FileResource {
    private final boolean isOpened;

    FakeFile(boolean isOpened) {
        this(Path.of("fake"), isOpened);
    }

    public FakeFile(Path path, boolean isOpened) {
        super(path);
        this.isOpened = isOpened;
    }

    @Override
    public boolean hasDescriptor() {
        return isOpened;
    }

    @Override
    public boolean isSeekable() {
        throw noFile();
    }

    @Override
    public long position() {
        throw noFile();
    }

    @Override
    public void position(long newPosition) {
        throw noFile();
    }

    @Override
    public void truncate(long size) throws IOException {
        throw noFile();
    }

    @Override
    public void release() throws IOException {
        throw noFile();
    }

    private static UnsupportedOperationException noFile() {
        return new UnsupportedOperationException("nobody is to ask a fake file for this");
    }
}
