package dev.ringpark.internal.op;

import java.nio.file.FileSystems;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.ProviderMismatchException;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether what users ask of a file that is to be opened makes sense; with the JDK's refusals. */
public final class OpenChoice {
    private static final String PERMISSIONS = "posix:permissions";

    private OpenChoice() {}

    /** What {@code options} and {@code attributes} ask of {@code path}. */
    public static OpenRequest of(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes) {
        requireDefault(path);
        Set<OpenOption> asked = new HashSet<>();
        options.forEach(option -> asked.add(known(option)));
        boolean appends = asked.contains(StandardOpenOption.APPEND);
        refuse(appends && asked.contains(StandardOpenOption.READ), "READ + APPEND not allowed");
        refuse(appends && asked.contains(StandardOpenOption.TRUNCATE_EXISTING),
                "APPEND + TRUNCATE_EXISTING not allowed");
        boolean deletes = asked.contains(StandardOpenOption.DELETE_ON_CLOSE);
        if (deletes && !asked.contains(StandardOpenOption.CREATE_NEW)) {
            asked.add(LinkOption.NOFOLLOW_LINKS);   // or a link would be deleted, and what it leads to opened
        }
        return new OpenRequest(path, Set.copyOf(asked), permissions(attributes));
    }

    /** Refuses paths that the system does not know. */
    public static void requireDefault(Path path) {
        if (path.getFileSystem() != FileSystems.getDefault()) {
            throw new ProviderMismatchException("a loop opens files of the default file system, not of "
                    + path.getFileSystem());
        }
    }

    private static OpenOption known(OpenOption option) {
        if (option instanceof StandardOpenOption || option instanceof LinkOption || OpenRequest.isDirect(option)) {
            return option;
        }
        throw new UnsupportedOperationException(option + " not supported");
    }

    private static void refuse(boolean senseless, String why) {
        if (senseless) {
            throw new IllegalArgumentException(why);
        }
    }

    /** The permissions that {@code attributes} ask for; null if they ask for none. */
    public static @Nullable Set<PosixFilePermission> permissions(FileAttribute<?>... attributes) {
        Set<PosixFilePermission> permissions = null;
        for (FileAttribute<?> attribute : attributes) {
            if (!attribute.name().equals(PERMISSIONS)) {
                throw new UnsupportedOperationException(
                        "'" + attribute.name() + "' not supported as initial attribute");
            }
            permissions = new HashSet<>();
            for (Object each : (Set<?>) attribute.value()) {
                permissions.add((PosixFilePermission) each);
            }
        }
        return permissions == null ? null : Set.copyOf(permissions);
    }
}
