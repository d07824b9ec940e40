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
 * not what open(2) answers: with nobody at the other end it is open, or ENXIO, at once. The second is a worker's, and
 * waits. Until that ends the first descriptor stays, so that a writer who came between the two loses nothing.
 */
final class FileSubmissions {
    private static final int PATIENT = 1;   // Operation.phase of an open that waits

    private final Ring ring;
    private final Map<Operation, MemorySegment> names = new HashMap<>();   // the kernel reads them to open a file

    FileSubmissions(Ring ring) {
        this.ring = ring;
    }

    /** Writes the submission; there has to be room. */
    void push(Operation operation) {
        int fd = ((FdFile) operation.handle()).fd();
        switch (operation.kind()) {
            case OPEN -> pushOpen(operation);
            case READ_AT -> push(operation, IORING_OP_READ, fd);
            case WRITE_AT -> push(operation, IORING_OP_WRITE, fd);
            case SYNC -> push(operation, IORING_OP_FSYNC, fd, 0, 0, 0,
                    operation.syncsMetaData() ? 0 : IORING_FSYNC_DATASYNC);
            default -> throw new IllegalArgumentException(operation.kind() + " is none of a file's operations");
        }
    }

    private void pushOpen(Operation operation) {
        MemorySegment name = ((FdFile) operation.handle()).nativePath();
        names.put(operation, name);
        int flags = operation.phase == PATIENT ? IOSQE_ASYNC : 0;
        ring.push(Ring.head(IORING_OP_OPENAT, flags, AT_FDCWD), 0, name.address(),
                Ring.lengthAndFlags(FdFile.mode(operation.request()), FdFile.flags(operation.request())),
                operation.token(), 0);
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
        if (operation.phase != PATIENT && wouldHaveWaited(file, result)) {
            operation.phase = PATIENT;
            return -LinuxErrno.EAGAIN;
        }
        return result;
    }

    private static boolean wouldHaveWaited(FdFile file, int result) {
        return result == -LinuxErrno.ENXIO || (result >= 0 && file.isPipe());
    }
}
