package dev.ringpark;

import dev.ringpark.internal.op.OpenChoice;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.CopyOption;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFileAttributes;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Whole files and directories in blocking style: the methods of {@link Files} that wait for a disk, with their meaning
 * and their exceptions, for threads that must not hold up a loop. Each parks its thread, or blocks a platform thread,
 * while the platform's queue does the work, or a thread beside the loop.
 *
 * <p>All methods may be called from any thread. Each throws {@link InterruptedIOException} if the caller was
 * interrupted before or while it waited, with the status kept; what the system was already doing may then be done or
 * not. Each throws {@link IllegalStateException} if the loop is closed,
 * {@link java.nio.channels.AsynchronousCloseException} if it is closed meanwhile, and
 * {@link java.nio.file.ProviderMismatchException} for a path that is not of the default file system.
 */
public final class LoopFiles {
    private LoopFiles() {}

    // ---- whole files ----

    /**
     * Reads a whole file.
     *
     * @throws FileSystemException if it cannot be read
     * @throws OutOfMemoryError if it does not fit into an array
     */
    public static byte[] readAllBytes(CarrierLoop loop, Path path) throws IOException {
        try (LoopFile file = LoopFile.open(loop, path); InputStream in = file.in()) {
            return in.readAllBytes();
        }
    }

    /**
     * Reads a whole file of UTF-8.
     *
     * @throws CharacterCodingException if it is something else
     * @throws FileSystemException if it cannot be read
     */
    public static String readString(CarrierLoop loop, Path path) throws IOException {
        return readString(loop, path, StandardCharsets.UTF_8);
    }

    /**
     * Reads a whole file in {@code charset}.
     *
     * @throws CharacterCodingException if it has bytes that are none of its characters
     * @throws FileSystemException if it cannot be read
     */
    public static String readString(CarrierLoop loop, Path path, Charset charset) throws IOException {
        Objects.requireNonNull(charset, "charset");
        return charset.newDecoder().decode(ByteBuffer.wrap(readAllBytes(loop, path))).toString();
    }

    /**
     * Writes a whole file. Without options it is created if it is not there, and what it had is lost.
     *
     * @return the path
     * @throws FileSystemException if it cannot be opened or written
     */
    public static Path write(CarrierLoop loop, Path path, byte[] bytes, OpenOption... options) throws IOException {
        return write(loop, path, ByteBuffer.wrap(bytes), options);
    }

    /** Writes {@code text} in UTF-8, as {@link #write} does. */
    public static Path writeString(CarrierLoop loop, Path path, CharSequence text, OpenOption... options)
            throws IOException {
        return writeString(loop, path, text, StandardCharsets.UTF_8, options);
    }

    /**
     * Writes {@code text} in {@code charset}, as {@link #write} does.
     *
     * @return the path
     * @throws CharacterCodingException if it has characters that the charset has not; nothing is written then
     * @throws FileSystemException if it cannot be opened or written
     */
    public static Path writeString(CarrierLoop loop, Path path, CharSequence text, Charset charset,
            OpenOption... options) throws IOException {
        return write(loop, path, charset.newEncoder().encode(CharBuffer.wrap(text)), options);
    }

    private static Path write(CarrierLoop loop, Path path, ByteBuffer bytes, OpenOption... options)
            throws IOException {
        Set<OpenOption> asked = new HashSet<>(options.length > 0 ? List.of(options) : List.of(
                StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING));
        if (!asked.contains(StandardOpenOption.APPEND)) {
            asked.add(StandardOpenOption.WRITE);
        }
        try (LoopFile file = LoopFile.open(loop, path, asked)) {
            while (bytes.hasRemaining()) {
                file.write(bytes);
            }
        }
        return path;
    }

    /**
     * Copies a file, a link or a directory without what is in it, as {@link Files#copy(Path, Path, CopyOption...)}
     * does, on an offload thread. An interrupt ends the waiting, not the copying.
     *
     * @return the path of the copy
     * @throws FileSystemException if it cannot be copied
     * @throws UnsupportedOperationException if there is an option that nobody here knows
     */
    public static Path copy(CarrierLoop loop, Path source, Path target, CopyOption... options) throws IOException {
        requireDefault(loop, source);
        requireDefault(loop, target);
        return FileWaits.offload(loop, () -> Files.copy(source, target, options));
    }

    // ---- what is there ----

    /**
     * What is at {@code path}, as {@link Files#readAttributes(Path, Class, LinkOption...)} tells it.
     *
     * @param type {@link BasicFileAttributes}, or {@link PosixFileAttributes} where the system has those
     * @throws FileSystemException if nothing is there, or it cannot be told
     * @throws UnsupportedOperationException if the attributes are of another type
     */
    public static <A extends BasicFileAttributes> A attributes(CarrierLoop loop, Path path, Class<A> type,
            LinkOption... options) throws IOException {
        requireDefault(loop, path);
        FileWaits.requireKnown(type);
        return FileWaits.cast(new PathCalls(loop).stat(path, followsLinks(options)), type);
    }

    /** Whether something is there; false, too, if that cannot be told. */
    public static boolean exists(CarrierLoop loop, Path path, LinkOption... options) throws IOException {
        return attributesIfThere(loop, path, options) != null;
    }

    /** Whether a directory is there; false, too, if that cannot be told. */
    public static boolean isDirectory(CarrierLoop loop, Path path, LinkOption... options) throws IOException {
        BasicFileAttributes attributes = attributesIfThere(loop, path, options);
        return attributes != null && attributes.isDirectory();
    }

    private static @Nullable BasicFileAttributes attributesIfThere(CarrierLoop loop, Path path, LinkOption... options)
            throws IOException {
        requireDefault(loop, path);
        return new PathCalls(loop).statIfThere(path, followsLinks(options));
    }

    /**
     * What is in a directory, without {@code .} and {@code ..}, in no order. Reads it on an offload thread, as no
     * platform's queue can, and closes it.
     *
     * @throws java.nio.file.NotDirectoryException if it is none
     * @throws FileSystemException if it cannot be read
     */
    public static List<Path> list(CarrierLoop loop, Path directory) throws IOException {
        requireDefault(loop, directory);
        return FileWaits.offload(loop, () -> {
            try (Stream<Path> entries = Files.list(directory)) {
                return entries.toList();
            }
        });
    }

    // ---- changes ----

    /**
     * Makes a directory.
     *
     * @param attributes {@code posix:permissions} at most
     * @return the path
     * @throws java.nio.file.FileAlreadyExistsException if something is there
     * @throws FileSystemException if it cannot be made
     */
    public static Path createDirectory(CarrierLoop loop, Path path, FileAttribute<?>... attributes)
            throws IOException {
        requireDefault(loop, path);
        new PathCalls(loop).makeDirectory(path, OpenChoice.permissions(attributes));
        return path;
    }

    /**
     * Makes a directory and those above it that are missing; a directory that is there is left as it is.
     *
     * @param attributes {@code posix:permissions} at most, for each that is made
     * @return the path
     * @throws java.nio.file.FileAlreadyExistsException if something else is there
     * @throws FileSystemException if one of them cannot be made
     */
    public static Path createDirectories(CarrierLoop loop, Path path, FileAttribute<?>... attributes)
            throws IOException {
        requireDefault(loop, path);
        new PathCalls(loop).makeDirectories(path, OpenChoice.permissions(attributes));
        return path;
    }

    /**
     * Removes a file, a link, or a directory with nothing in it.
     *
     * @throws NoSuchFileException if nothing is there
     * @throws java.nio.file.DirectoryNotEmptyException if it is a directory with something in it
     * @throws FileSystemException if it cannot be removed
     */
    public static void delete(CarrierLoop loop, Path path) throws IOException {
        requireDefault(loop, path);
        new PathCalls(loop).delete(path);
    }

    /**
     * The same, if something is there.
     *
     * @return whether something was
     * @throws java.nio.file.DirectoryNotEmptyException if it is a directory with something in it
     * @throws FileSystemException if it cannot be removed
     */
    public static boolean deleteIfExists(CarrierLoop loop, Path path) throws IOException {
        try {
            delete(loop, path);
            return true;
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    /**
     * Moves or renames, as {@link Files#move(Path, Path, CopyOption...)} does. To another file system it is copied on
     * an offload thread.
     *
     * @param options {@link StandardCopyOption#REPLACE_EXISTING}, {@link StandardCopyOption#ATOMIC_MOVE}, which takes
     *     the place of whatever is there, and {@link LinkOption#NOFOLLOW_LINKS}, which goes without saying
     * @return the target
     * @throws java.nio.file.FileAlreadyExistsException if something is at the target that is not to be replaced
     * @throws java.nio.file.DirectoryNotEmptyException if it is a directory with something in it
     * @throws java.nio.file.AtomicMoveNotSupportedException if it cannot be done in one step
     * @throws FileSystemException if it cannot be moved
     * @throws UnsupportedOperationException if there is an option that nobody here knows
     */
    public static Path move(CarrierLoop loop, Path source, Path target, CopyOption... options) throws IOException {
        requireDefault(loop, source);
        requireDefault(loop, target);
        Set<CopyOption> asked = Set.of(new HashSet<>(List.of(options)).toArray(CopyOption[]::new));
        for (CopyOption option : asked) {
            if (option != StandardCopyOption.ATOMIC_MOVE && option != StandardCopyOption.REPLACE_EXISTING
                    && option != LinkOption.NOFOLLOW_LINKS) {
                throw new UnsupportedOperationException("Unsupported option: " + option);
            }
        }
        if (asked.contains(StandardCopyOption.ATOMIC_MOVE)) {
            new PathCalls(loop).moveAtomically(source, target);
        } else {
            new PathCalls(loop).move(source, target, asked.contains(StandardCopyOption.REPLACE_EXISTING));
        }
        return target;
    }

    // ---- arguments ----

    private static void requireDefault(CarrierLoop loop, Path path) {
        Objects.requireNonNull(loop, "loop");
        OpenChoice.requireDefault(path);
    }

    private static boolean followsLinks(LinkOption... options) {
        return List.of(options).isEmpty();   // there is one option, which says no; and none may be null
    }
}
