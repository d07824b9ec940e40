package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.FileAbi.*;
import static dev.ringpark.internal.os.linux.SocketAbi.IOVEC_BYTES;
import static dev.ringpark.internal.os.linux.SocketAbi.IOV_LEN;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.os.FileErrors;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.LinkOption;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A file that is a descriptor number, once it has been opened. */
public final class FdFile extends FileResource {
    private static final int DEFAULT_PERMISSIONS = 0666;
    private static final int NONE = -1;

    private final AtomicReference<@Nullable MemorySegment> vector = new AtomicReference<>();
    private volatile int fd = NONE;

    public FdFile(Path path) {
        super(path);
    }

    /** Negative until it has been opened. */
    public int fd() {
        return fd;
    }

    /** Notes that it has been opened, perhaps once more: then the descriptor before is closed. */
    public void opened(int newFd) {
        int before = fd;
        fd = newFd;
        if (before >= 0) {
            Libc.close(before);
        }
    }

    /** Whether it is a pipe with a name. */
    public boolean isPipe() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(STATX_BYTES, 8);
            return Libc.statx(fd, STATX_TYPE, status) == 0
                    && (status.get(JAVA_SHORT, STATX_STX_MODE) & S_IFMT) == S_IFIFO;
        }
    }

    /** The flags of open(2) for what is asked. */
    public static int flags(OpenRequest request) {
        boolean writes = request.writes();
        int flags = O_CLOEXEC | (!writes ? O_RDONLY : request.reads() ? O_RDWR : O_WRONLY);
        for (OpenOption option : request.options()) {
            flags |= flag(option, writes);
        }
        return flags;
    }

    private static int flag(OpenOption option, boolean writes) {
        if (option == LinkOption.NOFOLLOW_LINKS) {
            return O_NOFOLLOW;
        }
        if (!(option instanceof StandardOpenOption standard)) {
            return OpenRequest.isDirect(option) ? O_DIRECT : 0;
        }
        return switch (standard) {
            case APPEND -> O_APPEND;
            case TRUNCATE_EXISTING -> writes ? O_TRUNC : 0;
            case CREATE -> writes ? O_CREAT : 0;
            case CREATE_NEW -> writes ? O_CREAT | O_EXCL : 0;
            case SYNC -> O_SYNC;
            case DSYNC -> O_DSYNC;
            case READ, WRITE, SPARSE, DELETE_ON_CLOSE -> 0;
        };
    }

    /** The permission bits of open(2) for a new file. */
    public static int mode(OpenRequest request) {
        Set<PosixFilePermission> permissions = request.permissions();
        return permissions == null ? DEFAULT_PERMISSIONS : mode(permissions);
    }

    /** The bits of {@code permissions}. */
    public static int mode(Set<PosixFilePermission> permissions) {
        int bits = 0;
        for (char right : PosixFilePermissions.toString(permissions).toCharArray()) {   // "rwxr-x---"
            bits = bits << 1 | (right == '-' ? 0 : 1);
        }
        return bits;
    }

    private long size() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment status = arena.allocate(STATX_BYTES, 8);
            check(Libc.statx(fd, STATX_SIZE, status));
            return status.get(JAVA_LONG, STATX_STX_SIZE);
        }
    }

    @Override
    public boolean readNow(long address, int length, long position) {
        MemorySegment own = vector.getAndSet(null);   // somebody else may have it
        MemorySegment one = own == null ? Arena.ofAuto().allocate(IOVEC_BYTES, 8) : own;
        one.set(JAVA_LONG, 0, address);
        one.set(JAVA_LONG, IOV_LEN, length);
        long count = Libc.preadv2(fd, one.address(), 1, position, RWF_NOWAIT);
        vector.set(one);   // and so it has been reachable until here
        return count == length;
    }

    @Override
    public boolean isSeekable() {
        return Libc.lseek(fd, 0, SEEK_CUR) >= 0;
    }

    @Override
    public long position() throws IOException {
        return check(Libc.lseek(fd, 0, SEEK_CUR));
    }

    @Override
    public void position(long newPosition) throws IOException {
        check(Libc.lseek(fd, newPosition, SEEK_SET));
    }

    @Override
    public void truncate(long size) throws IOException {
        if (size < size()) {
            check(Libc.ftruncate(fd, size));
        }
    }

    @Override
    public boolean hasDescriptor() {
        return fd >= 0;
    }

    /** The descriptor, which is the caller's to close from here on. */
    public int surrender() {
        int surrendered = fd;
        fd = NONE;
        return surrendered;
    }

    @Override
    public void release() throws IOException {
        int result = Libc.close(surrender());
        if (!LinuxErrno.isInterruption(-result)) {
            check(result);
        }
    }

    private long check(long result) throws IOException {
        if (result < 0) {
            throw FileErrors.of(LinuxErrno.failure((int) -result), path());
        }
        return result;
    }

    @Override
    public String toString() {
        return "fd " + fd + ", " + path();
    }
}
