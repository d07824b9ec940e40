package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.FileAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringpark.internal.os.linux.Libc;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.FileSystems;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.nio.file.attribute.UserPrincipal;
import java.nio.file.attribute.UserPrincipalLookupService;
import java.time.Instant;
import java.util.Set;

/**
 * What statx(2) tells of a file, in java.nio's words. The names of owner and group are looked up when they are asked
 * for, in the caller's thread.
 */
public record FdStatus(int mode, int uid, int gid, long size, FileTime lastModifiedTime, FileTime lastAccessTime,
        FileTime creationTime, FdStatus.Key fileKey) implements PosixFileAttributes {
    private static final String RIGHTS = "rwxrwxrwx";   // from 0400 down

    /** What tells files apart. */
    public record Key(long device, long inode) {
        @Override
        public String toString() {
            return "(dev=" + Long.toHexString(device) + ",ino=" + inode + ")";
        }
    }

    /** What {@code status}, a struct statx, says. */
    public static FdStatus of(MemorySegment status) {
        FileTime modified = time(status, STATX_STX_MTIME);
        boolean tellsBirth = (status.get(JAVA_INT, STATX_STX_MASK) & STATX_BTIME) != 0;
        return new FdStatus(Short.toUnsignedInt(status.get(JAVA_SHORT, STATX_STX_MODE)),
                status.get(JAVA_INT, STATX_STX_UID), status.get(JAVA_INT, STATX_STX_GID),
                size(status), modified, time(status, STATX_STX_ATIME),
                tellsBirth ? time(status, STATX_STX_BTIME) : modified,
                new Key(device(status), status.get(JAVA_LONG, STATX_STX_INO)));
    }

    /** The number that stat(2) has for it: gnu_dev_makedev. */
    private static long device(MemorySegment status) {
        long major = Integer.toUnsignedLong(status.get(JAVA_INT, STATX_STX_DEV_MAJOR));
        long minor = Integer.toUnsignedLong(status.get(JAVA_INT, STATX_STX_DEV_MINOR));
        return (minor & 0xFF) | (major & 0xFFF) << 8 | (minor & ~0xFFL) << 12 | (major & ~0xFFFL) << 32;
    }

    /** The size that {@code status} says, all by itself. */
    public static long size(MemorySegment status) {
        return status.get(JAVA_LONG, STATX_STX_SIZE);
    }

    private static FileTime time(MemorySegment status, long at) {
        int nanos = status.get(JAVA_INT, at + STATX_TV_NSEC);
        return FileTime.from(Instant.ofEpochSecond(status.get(JAVA_LONG, at), nanos));
    }

    @Override
    public boolean isRegularFile() {
        return (mode & S_IFMT) == S_IFREG;
    }

    @Override
    public boolean isDirectory() {
        return (mode & S_IFMT) == S_IFDIR;
    }

    @Override
    public boolean isSymbolicLink() {
        return (mode & S_IFMT) == S_IFLNK;
    }

    @Override
    public boolean isOther() {
        return !isRegularFile() && !isDirectory() && !isSymbolicLink();
    }

    @Override
    public Set<PosixFilePermission> permissions() {
        StringBuilder text = new StringBuilder(RIGHTS);
        for (int i = 0; i < RIGHTS.length(); i++) {
            if ((mode & 0400 >> i) == 0) {
                text.setCharAt(i, '-');
            }
        }
        return PosixFilePermissions.fromString(text.toString());
    }

    @Override
    public UserPrincipal owner() {
        String name = Libc.getpwuid(uid);
        return principal(service -> service.lookupPrincipalByName(name == null ? Integer.toString(uid) : name));
    }

    @Override
    public GroupPrincipal group() {
        String name = Libc.getgrgid(gid);
        return principal(service -> service.lookupPrincipalByGroupName(name == null ? Integer.toString(gid) : name));
    }

    @FunctionalInterface
    private interface Lookup<T> {
        T in(UserPrincipalLookupService service) throws IOException;
    }

    private static <T> T principal(Lookup<T> lookup) {
        try {
            return lookup.in(FileSystems.getDefault().getUserPrincipalLookupService());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
