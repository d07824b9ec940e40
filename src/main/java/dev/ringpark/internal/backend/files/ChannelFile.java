package dev.ringpark.internal.backend.files;

import dev.ringpark.internal.op.FileHandle;
import dev.ringpark.internal.op.OpenRequest;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import org.jspecify.annotations.Nullable;

/** A file that is a channel of the JDK's, once it has been opened. */
public final class ChannelFile extends FileHandle {
    private volatile @Nullable FileChannel channel;

    public ChannelFile(Path path) {
        super(path);
    }

    static FileChannel open(OpenRequest request) throws IOException {
        FileAttribute<?>[] attributes = request.permissions() == null
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(request.permissions())};
        return FileChannel.open(request.path(), request.options(), attributes);
    }

    void opened(FileChannel opened) {
        channel = opened;
    }

    FileChannel channel() throws ClosedChannelException {
        FileChannel opened = channel;
        if (opened == null) {
            throw new ClosedChannelException();   // it never was
        }
        return opened;
    }

    @Override
    public long size() throws IOException {
        return channel().size();
    }

    @Override
    public long position() throws IOException {
        return channel().position();
    }

    @Override
    public void position(long newPosition) throws IOException {
        channel().position(newPosition);
    }

    @Override
    public void truncate(long size) throws IOException {
        channel().truncate(size);
    }

    /** Closes the channel, if there ever was one. */
    public void release() throws IOException {
        FileChannel opened = channel;
        if (opened != null) {
            opened.close();
        }
    }
}
