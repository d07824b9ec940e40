package dev.ringpark.internal.backend.files;

import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.FutureTask;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A file that is a channel of the JDK's, once it has been opened. The JDK closes a channel under any thread that is
 * interrupted in one of its calls, so each is made by a thread that nobody else knows.
 */
public final class ChannelFile extends FileResource {
    private static final Executor UNDISTURBED = pool();

    private final Growth growth = new Growth();
    private volatile @Nullable FileChannel channel;
    private volatile boolean isSeekable;
    private volatile @Nullable IOException closeFailure;

    public ChannelFile(Path path) {
        super(path);
    }

    private static Executor pool() {
        ThreadPoolExecutor pool = (ThreadPoolExecutor) Executors.newCachedThreadPool(Thread.ofPlatform().daemon()
                .name("ringpark-file-calls-", 1).inheritInheritableThreadLocals(false).factory());
        pool.setKeepAliveTime(1, TimeUnit.SECONDS);
        return pool;
    }

    /** Without what the JDK would do beside that: the name of what is deleted on close is removed by its owner. */
    static FileChannel open(OpenRequest request) throws IOException {
        Set<OpenOption> options = new HashSet<>(request.options());
        options.remove(StandardOpenOption.DELETE_ON_CLOSE);
        return FileChannel.open(request.path(), options, attributes(request.permissions()));
    }

    /** What java.nio calls the permissions of something new. */
    static FileAttribute<?>[] attributes(@Nullable Set<PosixFilePermission> permissions) {
        return permissions == null
                ? new FileAttribute<?>[0]
                : new FileAttribute<?>[] {PosixFilePermissions.asFileAttribute(permissions)};
    }

    /** Asked by the thread that has opened it, as later ones might wait for a read. */
    static boolean isSeekable(FileChannel opened) {
        try {
            return opened.position() >= 0;
        } catch (IOException e) {
            return false;
        }
    }

    Growth growth() {
        return growth;
    }

    void opened(FileChannel opened, boolean seekable) {
        isSeekable = seekable;
        channel = opened;
    }

    @Override
    public boolean isSeekable() {
        return isSeekable;
    }

    FileChannel channel() throws ClosedChannelException {
        FileChannel opened = channel;
        if (opened == null) {
            throw new ClosedChannelException();   // it never was
        }
        return opened;
    }

    // In the channel, all that concerns the position, the size, or a transfer without a place waits for each other. A
    // read of what has no places may take for ever, so of that the channel is asked nothing else.

    @Override
    public long position() throws IOException {
        FileChannel placed = placed();
        return undisturbed(placed::position);
    }

    @Override
    public void position(long newPosition) throws IOException {
        FileChannel placed = placed();
        undisturbed(() -> placed.position(newPosition));
    }

    /** The channel, if it has places. */
    FileChannel placed() throws IOException {
        FileChannel opened = channel();
        if (!isSeekable) {
            throw FileErrors.noPlaces(path());
        }
        return opened;
    }

    /** Its bytes. What has no places has none to stay. */
    long size() throws IOException {
        FileChannel opened = channel();
        return isSeekable ? opened.size() : 0;
    }

    @Override
    public void truncate(long size) throws IOException {
        FileChannel opened = channel();
        if (isSeekable) {
            opened.truncate(size);
        }
    }

    /** An interrupt of the caller waits for the end of {@code call}; it takes no longer for that. */
    private static <T> T undisturbed(Callable<T> call) throws IOException {
        FutureTask<T> task = new FutureTask<>(call);
        UNDISTURBED.execute(task);
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return task.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                }
            }
        } catch (ExecutionException e) {
            throw e.getCause() instanceof IOException told ? told : new IOException(e.getCause());
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    @Override
    public boolean hasDescriptor() {
        return channel != null;
    }

    @Override
    public void release() throws IOException {
        FileChannel opened = channel;
        if (opened != null) {
            try {
                opened.close();
            } catch (IOException e) {
                closeFailure = e;   // a channel says it once, and perhaps to who cuts a call short
            }
        }
        if (closeFailure != null) {
            throw closeFailure;
        }
    }
}
