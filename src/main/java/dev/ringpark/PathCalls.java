package dev.ringpark;

import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.op.PathsHandle;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is done with paths through the queue of a loop, in the steps and with the exceptions of
 * {@link java.nio.file.Files}. What is promised: {@link LoopFiles}.
 */
final class PathCalls {
    private final CarrierLoop loop;
    private final PathsHandle handle;

    PathCalls(CarrierLoop loop) throws IOException {
        this.loop = loop;
        this.handle = loop.paths();
    }

    // ---- one operation each ----

    BasicFileAttributes stat(Path path, boolean followsLinks) throws IOException {
        PathRequest asked = new PathRequest.Stat(path, followsLinks);
        Operation operation = ended(asked);
        BasicFileAttributes attributes = FileWaits.attributes(operation);
        FileWaits.end(operation, handle, asked);
        return FileWaits.requireFound(attributes);
    }

    void makeDirectory(Path path, @Nullable Set<PosixFilePermission> permissions) throws IOException {
        run(new PathRequest.MakeDirectory(path, permissions));
    }

    private void remove(Path path, boolean isDirectory) throws IOException {
        run(new PathRequest.Remove(path, isDirectory));
    }

    private void rename(Path path, Path target, boolean replaces) throws IOException {
        run(new PathRequest.Rename(path, target, replaces));
    }

    private void run(PathRequest request) throws IOException {
        FileWaits.end(ended(request), handle, request);
    }

    /** The operation, once it is done. */
    private Operation ended(PathRequest request) throws IOException {
        long deadlineNanos = FileWaits.begin(0);
        Operation operation = handle.take();
        operation.beginPath(request, deadlineNanos);
        loop.parking().submitAndPark(operation);
        return operation;
    }

    // ---- the name of a file that is deleted on close ----

    /** As the JDK does: at once, if it can be. An interrupt, a deadline or a close of the loop does not stop it. */
    static void removeName(CarrierLoop loop, Path path) throws IOException {
        boolean interrupted = Thread.interrupted();
        try {
            while (!triesToRemoveName(loop, path)) {
                interrupted |= Thread.interrupted();
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether no interrupt came before the end. */
    private static boolean triesToRemoveName(CarrierLoop loop, Path path) throws IOException {
        try {
            Deadline.lifted(() -> new PathCalls(loop).remove(path, false));
        } catch (InterruptedIOException e) {
            return false;
        } catch (FileSystemException e) {
            return true;
        } catch (IllegalStateException | ClosedChannelException loopIsClosing) {
            removeBesideTheLoop(path);
        }
        return true;
    }

    /** It blocks; what it may hold up besides a loop that is ending is the carrier of a guest from elsewhere. */
    private static void removeBesideTheLoop(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            return;
        }
    }

    // ---- several ----

    /** What is there; null if nothing is, or it cannot be told. */
    @Nullable BasicFileAttributes statIfThere(Path path, boolean followsLinks) throws IOException {
        try {
            return stat(path, followsLinks);
        } catch (FileSystemException e) {
            return null;
        }
    }

    /** A file needs one step, a directory another. */
    void delete(Path path) throws IOException {
        try {
            remove(path, false);
        } catch (FileSystemException e) {
            if (FileErrors.errno(e) != Errno.EISDIR) {
                throw e;
            }
            remove(path, true);
        }
    }

    void makeDirectories(Path path, @Nullable Set<PosixFilePermission> permissions) throws IOException {
        try {
            makeDirectoryUnlessThere(path, permissions);
            return;
        } catch (FileAlreadyExistsException e) {
            throw e;
        } catch (FileSystemException perhapsTheParentIsMissing) {
            makeParents(path.toAbsolutePath(), permissions);
        }
    }

    private void makeParents(Path path, @Nullable Set<PosixFilePermission> permissions) throws IOException {
        Path there = path.getParent();
        while (there != null && isMissing(there)) {
            there = there.getParent();
        }
        if (there == null) {
            throw new FileSystemException(path.toString(), null, "Unable to determine if root directory exists");
        }
        for (Path name : there.relativize(path)) {
            there = there.resolve(name);
            makeDirectoryUnlessThere(there, permissions);
        }
    }

    private boolean isMissing(Path path) throws IOException {
        try {
            stat(path, true);
            return false;
        } catch (NoSuchFileException e) {
            return true;
        }
    }

    private void makeDirectoryUnlessThere(Path path, @Nullable Set<PosixFilePermission> permissions)
            throws IOException {
        try {
            makeDirectory(path, permissions);
        } catch (FileAlreadyExistsException e) {
            BasicFileAttributes there = statIfThere(path, true);
            if (there == null || !there.isDirectory()) {
                throw e;
            }
        }
    }

    /** In one step, whatever is at {@code target}. */
    void moveAtomically(Path path, Path target) throws IOException {
        rename(path, target, true);
    }

    /** The JDK's steps; to another file system, its copying too. */
    void move(Path path, Path target, boolean replaces) throws IOException {
        BasicFileAttributes attributes = stat(path, false);
        BasicFileAttributes there = statIfThere(target, false);
        if (there != null && isSame(attributes, there)) {
            return;
        }
        if (there != null && !replaces) {
            throw new FileAlreadyExistsException(target.toString());
        }
        if (there != null && (there.isDirectory() || attributes.isDirectory())) {
            deleteIfThere(target);   // else a rename replaces it
        }
        moveTo(path, target, replaces);
    }

    private static boolean isSame(BasicFileAttributes one, BasicFileAttributes other) {
        return one.fileKey() != null && one.fileKey().equals(other.fileKey());
    }

    private void deleteIfThere(Path target) throws IOException {
        try {
            delete(target);
        } catch (NoSuchFileException e) {
            return;
        }
    }

    private void moveTo(Path path, Path target, boolean replaces) throws IOException {
        try {
            rename(path, target, replaces);
        } catch (FileAlreadyExistsException e) {
            throw new FileAlreadyExistsException(target.toString());   // it came meanwhile
        } catch (AtomicMoveNotSupportedException e) {
            FileWaits.offload(loop, () -> replaces
                    ? Files.move(path, target, StandardCopyOption.REPLACE_EXISTING)
                    : Files.move(path, target));
        } catch (FileSystemException e) {
            if (FileErrors.errno(e) != Errno.EINVAL || replaces) {
                throw e;
            }
            rename(path, target, true);   // a file system that cannot look and rename in one step
        }
    }
}
