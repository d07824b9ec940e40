package dev.ringpark.internal.backend.files;

import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.os.Errno;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.Objects;

/** What each operation of a file or a path is in java.nio's words: a call that blocks its thread. */
final class FileCalls {
    private FileCalls() {}

    /** Does it: the result. */
    static int run(Operation operation) throws IOException {
        switch (operation.kind()) {
            case READ_AT -> {
                return Math.max(0, read(channel(operation), operation));
            }
            case WRITE_AT -> {
                return file(operation).growth().between(() -> write(channel(operation), operation));
            }
            case SYNC -> channel(operation).force(operation.syncsMetaData());
            case TRUNCATE -> ((FileResource) operation.handle()).truncate(operation.position());
            case ALLOCATE -> file(operation).growth().allocate(
                    file(operation).placed(), operation.position() + operation.bytes());
            case STAT -> stat(operation);
            case CLOSE -> ((FileResource) operation.handle()).release();
            default -> run(Objects.requireNonNull(operation.pathRequest()));
        }
        return 0;
    }

    private static ChannelFile file(Operation operation) {
        return (ChannelFile) operation.handle();
    }

    private static FileChannel channel(Operation operation) throws IOException {
        return file(operation).channel();
    }

    private static int read(FileChannel channel, Operation operation) throws IOException {
        return operation.position() == Operation.OWN_POSITION
                ? channel.read(part(operation))
                : channel.read(part(operation), operation.position());
    }

    private static int write(FileChannel channel, Operation operation) throws IOException {
        return operation.position() == Operation.OWN_POSITION
                ? channel.write(part(operation))
                : channel.write(part(operation), operation.position());
    }

    private static ByteBuffer part(Operation operation) {
        ByteBuffer whole = Objects.requireNonNull(operation.buffer());
        return whole.duplicate().clear().slice(operation.offset(), operation.length());
    }

    // ---- of a path, or what java.nio knows only by its path ----

    private static void stat(Operation operation) throws IOException {
        if (operation.pathRequest() instanceof PathRequest.Stat(Path path, boolean followsLinks)) {
            BasicFileAttributes attributes = attributes(path, followsLinks);
            operation.succeed(attributes.size(), attributes);
        } else {
            ChannelFile file = (ChannelFile) operation.handle();
            long size = file.size();
            operation.succeed(size, operation.asksAttributes() ? attributes(file.path(), true) : null);
        }
    }

    private static BasicFileAttributes attributes(Path path, boolean followsLinks) throws IOException {
        LinkOption[] options = followsLinks ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
        boolean isPosix = path.getFileSystem().supportedFileAttributeViews().contains("posix");
        return isPosix
                ? Files.readAttributes(path, PosixFileAttributes.class, options)
                : Files.readAttributes(path, BasicFileAttributes.class, options);
    }

    private static void run(PathRequest request) throws IOException {
        switch (request) {
            case PathRequest.Rename(Path path, Path target, boolean replaces) -> rename(path, target, replaces);
            case PathRequest.Remove(Path path, boolean isDirectory) -> remove(path, isDirectory);
            case PathRequest.MakeDirectory(Path path, var permissions) ->
                    Files.createDirectory(path, ChannelFile.attributes(permissions));
            case PathRequest.Stat stat -> throw new IllegalArgumentException(stat + " changes nothing");
        }
    }

    private static void rename(Path path, Path target, boolean replaces) throws IOException {
        if (!replaces && Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
            throw new FileAlreadyExistsException(path.toString(), target.toString(), null);
        }
        Files.move(path, target, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void remove(Path path, boolean isDirectory) throws IOException {
        boolean isOther = isDirectory
                ? !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS) && Files.exists(path, LinkOption.NOFOLLOW_LINKS)
                : Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS);
        if (isOther) {
            Errno errno = isDirectory ? Errno.ENOTDIR : Errno.EISDIR;
            throw new FileSystemException(path.toString(), null, errno.text());
        }
        Files.delete(path);
    }
}
