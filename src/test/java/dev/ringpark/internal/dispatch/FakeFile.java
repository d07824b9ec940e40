package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.op.FileResource;
import java.nio.file.Path;

/** A file with a life and operations, and nothing on any disk. */
final class FakeFile extends FileResource {
    private final boolean isOpened;

    FakeFile(boolean isOpened) {
        super(Path.of("fake"));
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
    public void truncate(long size) {
        throw noFile();
    }

    @Override
    public void release() {
        throw noFile();
    }

    private static UnsupportedOperationException noFile() {
        return new UnsupportedOperationException("the proactor does not ask for this");
    }
}
