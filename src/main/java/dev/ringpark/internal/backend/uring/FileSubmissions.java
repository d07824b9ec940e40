package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.*;
import static dev.ringpark.internal.os.linux.FileAbi.*;

import dev.ringpark.internal.backend.fd.FdFile;
import dev.ringpark.internal.backend.fd.FdStatus;
import dev.ringpark.internal.backend.files.FileThreads;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathRequest;
import dev.ringpark.internal.os.linux.LinuxErrno;

/**
 * What each operation of a file or a path is in the kernel's terms: mostly one submission, and one completion. What
 * cannot be done at once waits in the kernel, for the page or with one of its workers.
 *
 * <p>Some take more. A transfer that is refused, as with some devices, waits for readiness and is attempted again. A
 * truncation asks for the size first, as it never makes a file longer. An open takes more for the sake of pipes with a
 * name: the kernel first tries without waiting, and what such a pipe answers to that is not what
 * open(2) answers: with nobody at the other end it is open to read, or ENXIO, at once. The second is a worker's, and
 * waits.
 *
 * <p>A reader's first descriptor stays meanwhile, so that a writer who comes between the two loses nothing. But he may
 * have gone again before the second begins, which then waits for another. So the first is watched, too: what he has
 * left there, be it only the end, says that he was there, and then the first was open all along.
 */
final class FileSubmissions {
    /** What marks the token of a watch: with the operation's own, no other that is negative. */
    static final long WATCH = Long.MIN_VALUE;

    // Operation.phase: of an open; 0 before the first step
    private static final int TO_WATCH = 1;    // the first descriptor is a reader's end of a pipe
    private static final int WATCHING = 2;    // as TO_WATCH, and the kernel tells of a writer
    private static final int SEEN = 3;        // it has
    private static final int PATIENT = 4;     // a writer's, who has to wait for a reader
    // of a truncation
    private static final int CUT = 1;         // it is longer
    // of a transfer
    private static final int WAIT = 1;        // it was refused, and waits for a poll
    // of each: the steps above, and how often the kernel has refused to wait
    private static final int STEP = 15;
    private static final int ONE_REFUSAL = 16;
    private static final int MOST_REFUSALS = 7;

    private static final int DEFAULT_DIRECTORY_PERMISSIONS = 0777;

    private final Ring ring;
    private final FileThreads beside;
    private final PathMemory memory;

    /** What the kernel has not goes to {@code beside}. */
    FileSubmissions(Ring ring, FileThreads beside) {
        this(ring, beside, new PathMemory(NativeRegion::anonymous));
    }

    /** With {@code memory}, which it closes. */
    FileSubmissions(Ring ring, FileThreads beside, PathMemory memory) {
        this.ring = ring;
        this.beside = beside;
        this.memory = memory;
    }

    /** Whether the kernel has what {@code kind} takes. */
    private boolean knows(Kind kind) {
        return switch (kind) {
            case TRUNCATE -> ring.knows(IORING_OP_FTRUNCATE);
            case MAKE_DIRECTORY -> ring.knows(IORING_OP_MKDIRAT);
            case RENAME -> ring.knows(IORING_OP_RENAMEAT);
            case REMOVE -> ring.knows(IORING_OP_UNLINKAT);
            case CLOSE -> ring.knows(IORING_OP_CLOSE);
            default -> true;   // older than what else we need
        };
    }

    /**
     * Writes the submission of the next step; there has to be room. False if another has to follow by itself, or if
     * there is none to write, as the operation has failed.
     */
    boolean push(Operation operation) {
        if (!knows(operation.kind())) {
            beside.submit(operation);
            return true;
        }
        if (takesMemory(operation) && !lend(operation)) {
            operation.fail(LinuxErrno.failure(LinuxErrno.ENOMEM));
            return false;
        }
        switch (operation.kind()) {
            case OPEN -> {
                return pushOpen(operation);
            }
            case READ_AT -> pushTransfer(operation, IORING_OP_READ, POLLIN);
            case WRITE_AT -> pushTransfer(operation, IORING_OP_WRITE, POLLOUT);
            case SYNC -> push(operation, IORING_OP_FSYNC, fd(operation), 0, 0, 0,
                    operation.syncsMetaData() ? 0 : IORING_FSYNC_DATASYNC);
            case ALLOCATE -> push(operation, IORING_OP_FALLOCATE, fd(operation), operation.position(),
                    operation.bytes(), 0, 0);
            case TRUNCATE -> pushTruncate(operation);
            case CLOSE -> push(operation, IORING_OP_CLOSE, ((FdFile) operation.handle()).surrender(), 0, 0, 0, 0);
            default -> pushNamed(operation);
        }
        return true;
    }

    private static boolean takesMemory(Operation operation) {
        return switch (operation.kind()) {
            case OPEN -> step(operation) != TO_WATCH;
            case TRUNCATE -> step(operation) != CUT;
            case STAT, RENAME, REMOVE, MAKE_DIRECTORY -> true;
            default -> false;
        };
    }

    private void pushNamed(Operation operation) {
        int piece = operation.lent;
        switch (operation.pathRequest()) {
            case null -> pushStat(operation);
            case PathRequest.Stat(var path, var follows) -> pushStatx(operation, AT_FDCWD, memory.name(piece, 0, path),
                    STATX_BASIC_STATS | STATX_BTIME, follows ? 0 : AT_SYMLINK_NOFOLLOW);
            case PathRequest.Rename(var path, var target, var replaces) -> push(operation, IORING_OP_RENAMEAT,
                    AT_FDCWD, memory.name(piece, 1, target), memory.name(piece, 0, path), AT_FDCWD,
                    replaces ? 0 : RENAME_NOREPLACE);
            case PathRequest.Remove(var path, var isDirectory) -> push(operation, IORING_OP_UNLINKAT, AT_FDCWD, 0,
                    memory.name(piece, 0, path), 0, isDirectory ? AT_REMOVEDIR : 0);
            case PathRequest.MakeDirectory(var path, var permissions) -> push(operation, IORING_OP_MKDIRAT, AT_FDCWD,
                    0, memory.name(piece, 0, path),
                    permissions == null ? DEFAULT_DIRECTORY_PERMISSIONS : FdFile.mode(permissions), 0);
        }
    }

    private void pushTruncate(Operation operation) {
        if (step(operation) == CUT) {
            push(operation, IORING_OP_FTRUNCATE, fd(operation), operation.position(), 0, 0, 0);
        } else {
            pushStat(operation);
        }
    }

    /** Of the open file. */
    private void pushStat(Operation operation) {
        boolean all = operation.kind() == Kind.STAT && operation.asksAttributes();
        pushStatx(operation, fd(operation), memory.name(operation.lent, 0, ""),
                all ? STATX_BASIC_STATS | STATX_BTIME : STATX_SIZE, AT_EMPTY_PATH);
    }

    private void pushStatx(Operation operation, int fd, long name, int mask, int flags) {
        push(operation, IORING_OP_STATX, fd, memory.status(operation.lent).address(), name, mask, flags);
    }

    private boolean pushOpen(Operation operation) {
        if (step(operation) == TO_WATCH) {
            operation.phase = WATCHING;
            ring.push(Ring.head(IORING_OP_POLL_ADD, 0, fd(operation)), 0, 0, Ring.lengthAndFlags(0, POLLIN),
                    WATCH | operation.token(), 0);
            return false;
        }
        long name = memory.name(operation.lent, 0, ((FdFile) operation.handle()).path());
        int flags = step(operation) == 0 ? 0 : IOSQE_ASYNC;
        ring.push(Ring.head(IORING_OP_OPENAT, flags, AT_FDCWD), 0, name,
                Ring.lengthAndFlags(FdFile.mode(operation.request()), FdFile.flags(operation.request())),
                operation.token(), 0);
        return true;
    }

    private void pushTransfer(Operation operation, int opcode, int readiness) {
        if (step(operation) == WAIT) {
            push(operation, IORING_OP_POLL_ADD, fd(operation), 0, 0, 0, readiness);
        } else {
            push(operation, opcode, fd(operation), operation.position(), operation.address(), operation.length(), 0);
        }
    }

    private static int step(Operation operation) {
        return operation.phase & STEP;
    }

    private void push(Operation operation, int opcode, int fd, long off, long address, int length, int flags) {
        ring.push(Ring.head(opcode, 0, fd), off, address, Ring.lengthAndFlags(length, flags), operation.token(), 0);
    }

    private static int fd(Operation operation) {
        return ((FdFile) operation.handle()).fd();
    }

    /** Lends {@code operation} a piece of memory, until its submission has completed; false if there is none. */
    private boolean lend(Operation operation) {
        if (operation.lent == PathMemory.NONE) {
            operation.lent = memory.take();
        }
        return operation.lent != PathMemory.NONE;
    }

    /**
     * Notes what a completion brought.
     *
     * @return 0 or more if the operation is done; else minus an errno, EAGAIN if another submission has to follow
     */
    int settle(Operation operation, int result) {
        int outcome = outcome(operation, result);
        giveBack(operation);
        if (outcome >= 0) {
            operation.succeed(outcome);
        }
        return outcome;
    }

    private int outcome(Operation operation, int result) {
        if (operation.kind() == Kind.CLOSE) {
            return settleClose(operation, result);
        }
        if (result == -LinuxErrno.EAGAIN) {
            return settleRefusal(operation);
        }
        return switch (operation.kind()) {
            case READ_AT, WRITE_AT -> settleTransfer(operation, result);
            case OPEN -> settleOpen(operation, result);
            case STAT -> settleStat(operation, result);
            case TRUNCATE -> settleTruncate(operation, result);
            default -> result;
        };
    }

    /** Whatever the last writes came to, which is all that it tells: the number is gone, and nobody may ask again. */
    private static int settleClose(Operation operation, int result) {
        if (result < 0 && !LinuxErrno.isInterruption(-result)) {
            operation.fail(LinuxErrno.failure(-result));
        }
        return 0;
    }

    /** The kernel would have to wait, and cannot: a transfer waits for readiness, but not again and again. */
    private static int settleRefusal(Operation operation) {
        if (operation.phase >= MOST_REFUSALS * ONE_REFUSAL) {
            operation.fail(LinuxErrno.failure(LinuxErrno.EAGAIN));
            return 0;
        }
        boolean isTransfer = operation.kind() == Kind.READ_AT || operation.kind() == Kind.WRITE_AT;
        operation.phase = (byte) (operation.phase + ONE_REFUSAL | (isTransfer ? WAIT : 0));
        return -LinuxErrno.EAGAIN;
    }

    private static int settleTransfer(Operation operation, int result) {
        if (result < 0 || step(operation) != WAIT) {
            return result;
        }
        operation.phase &= ~STEP;   // ready, as it says: the attempt follows
        return -LinuxErrno.EAGAIN;
    }

    /** Takes back what the operation had of memory: it has completed, or goes no further. */
    void giveBack(Operation operation) {
        if (operation.lent != PathMemory.NONE) {
            memory.give(operation.lent);
            operation.lent = PathMemory.NONE;
        }
    }

    private int settleStat(Operation operation, int result) {
        if (result >= 0) {
            FdStatus status = FdStatus.of(memory.status(operation.lent));
            operation.succeed(status.size(), operation.asksAttributes() ? status : null);
        }
        return result;
    }

    private int settleTruncate(Operation operation, int result) {
        if (result < 0 || step(operation) == CUT) {
            return result;
        }
        if (FdStatus.size(memory.status(operation.lent)) <= operation.position()) {
            return 0;
        }
        operation.phase |= CUT;
        return -LinuxErrno.EAGAIN;
    }

    private int settleOpen(Operation operation, int result) {
        FdFile file = (FdFile) operation.handle();
        if (result >= 0) {
            file.opened(result);
        }
        if (step(operation) == SEEN) {
            return 0;   // whatever became of the second
        }
        if (step(operation) == 0) {
            operation.phase = (byte) nextPhase(operation, file, result);
            return operation.phase == 0 ? Math.min(result, 0) : -LinuxErrno.EAGAIN;
        }
        return Math.min(result, 0);
    }

    private static int nextPhase(Operation operation, FdFile file, int result) {
        boolean waitsForWriter = result >= 0 && !operation.request().writes() && file.isPipe();
        return waitsForWriter ? TO_WATCH : result == -LinuxErrno.ENXIO ? PATIENT : 0;
    }

    /** Whether the kernel watches for {@code operation}, and has to be told when it ends. */
    boolean isWatching(Operation operation) {
        return operation.kind() == Kind.OPEN && step(operation) == WATCHING;
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

    /** Whether the kernel has no part in {@code operation}, which is on its way through the threads. */
    boolean isBeside(Operation operation) {
        return operation.kind().isOfFile() && !knows(operation.kind());
    }

    /** After the ring is closed. */
    void close() {
        beside.close();
        memory.close();
    }
}
