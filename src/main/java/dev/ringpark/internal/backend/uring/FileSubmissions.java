package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.*;
import static dev.ringpark.internal.os.linux.FileAbi.AT_FDCWD;

import dev.ringpark.internal.backend.fd.FdFile;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/**
 * What each operation of a file is in the kernel's terms: one submission, and one completion. What cannot be done at
 * once waits in the kernel, for the page or with one of its workers.
 *
 * <p>An open alone may take two: the kernel first tries without waiting, and what a pipe with a name answers to that is
 * not what open(2) answers: with nobody at the other end it is open to read, or ENXIO, at once. The second is a
 * worker's, and waits.
 *
 * <p>A reader's first descriptor stays meanwhile, so that a writer who comes between the two loses nothing. But he may
 * have gone again before the second begins, which then waits for another. So the first is watched, too: what he has
 * left there, be it only the end, says that he was there, and then the first was open all along.
 */
final class FileSubmissions {
    /** What marks the token of a watch: with the operation's own, no other that is negative. */
    static final long WATCH = Long.MIN_VALUE;

    // Operation.phase of an open; 0 before the first step
    private static final int TO_WATCH = 1;    // the first descriptor is a reader's end of a pipe
    private static final int WATCHING = 2;    // as TO_WATCH, and the kernel tells of a writer
    private static final int SEEN = 3;        // it has
    private static final int PATIENT = 4;     // a writer's, who has to wait for a reader

    private final Ring ring;
    private final Map<Operation, MemorySegment> names = new HashMap<>();   // the kernel reads them to open a file

    FileSubmissions(Ring ring) {
        this.ring = ring;
    }

    /** Writes the submission of the next step; there has to be room. False if another has to follow by itself. */
    boolean push(Operation operation) {
        int fd = ((FdFile) operation.handle()).fd();
        switch (operation.kind()) {
            case OPEN -> {
                return pushOpen(operation, fd);
            }
            case READ_AT -> push(operation, IORING_OP_READ, fd);
            case WRITE_AT -> push(operation, IORING_OP_WRITE, fd);
            case SYNC -> push(operation, IORING_OP_FSYNC, fd, 0, 0, 0,
                    operation.syncsMetaData() ? 0 : IORING_FSYNC_DATASYNC);
            default -> throw new IllegalArgumentException(operation.kind() + " is none of a file's operations");
        }
        return true;
    }

    private boolean pushOpen(Operation operation, int fd) {
        if (operation.phase == TO_WATCH) {
            operation.phase = WATCHING;
            ring.push(Ring.head(IORING_OP_POLL_ADD, 0, fd), 0, 0, Ring.lengthAndFlags(0, POLLIN),
                    WATCH | operation.token(), 0);
            return false;
        }
        MemorySegment name = ((FdFile) operation.handle()).nativePath();
        names.put(operation, name);
        int flags = operation.phase == 0 ? 0 : IOSQE_ASYNC;
        ring.push(Ring.head(IORING_OP_OPENAT, flags, AT_FDCWD), 0, name.address(),
                Ring.lengthAndFlags(FdFile.mode(operation.request()), FdFile.flags(operation.request())),
                operation.token(), 0);
        return true;
    }

    private void push(Operation operation, int opcode, int fd) {
        push(operation, opcode, fd, operation.position(), operation.address(), operation.length(), 0);
    }

    private void push(Operation operation, int opcode, int fd, long off, long address, int length, int flags) {
        ring.push(Ring.head(opcode, 0, fd), off, address, Ring.lengthAndFlags(length, flags), operation.token(), 0);
    }

    /**
     * Notes what a completion brought.
     *
     * @return 0 or more if the operation is done; else minus an errno, EAGAIN if another submission has to follow
     */
    int settle(Operation operation, int result) {
        if (operation.kind() == Kind.OPEN) {
            return settleOpen(operation, result);
        }
        if (result >= 0) {
            operation.succeed(result);
        }
        return result;
    }

    private int settleOpen(Operation operation, int result) {
        FdFile file = (FdFile) operation.handle();
        names.remove(operation);
        if (result >= 0) {
            file.opened(result);
        }
        if (operation.phase == SEEN) {
            return 0;   // whatever became of the second
        }
        if (operation.phase == 0) {
            operation.phase = (byte) nextPhase(operation, file, result);
            return operation.phase == 0 ? result : -LinuxErrno.EAGAIN;
        }
        return result;
    }

    private static int nextPhase(Operation operation, FdFile file, int result) {
        boolean waitsForWriter = result >= 0 && !operation.request().writes() && file.isPipe();
        return waitsForWriter ? TO_WATCH : result == -LinuxErrno.ENXIO ? PATIENT : 0;
    }

    /** Whether the kernel watches for {@code operation}, and has to be told when it ends. */
    boolean isWatching(Operation operation) {
        return operation.kind() == Kind.OPEN && operation.phase == WATCHING;
    }

    /** Notes what became of a watch; true if a writer was there, and the operation need not wait any more. */
    boolean settleWatch(Operation operation, int result) {
        boolean seen = result > 0 && isWatching(operation);
        if (seen) {
            operation.phase = SEEN;
            operation.succeed(0);
        }
        return seen;
    }
}
