package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Set;

/**
 * Makes a ring and finds out whether it can be used: the newest set-up flags first, older kernels get fewer; then one
 * NOP through it, because a seccomp filter may allow the set-up and refuse the enter; then the operations we need.
 */
final class RingSetup {
    private static final int ALWAYS = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP;
    private static final int DEFERRED = ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_TASKRUN_FLAG
            | IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN;
    /** Best first; a kernel that does not know a flag answers EINVAL. */
    private static final int[] FLAGS = {
        DEFERRED | IORING_SETUP_NO_SQARRAY,
        DEFERRED,
        ALWAYS | IORING_SETUP_SUBMIT_ALL | IORING_SETUP_COOP_TASKRUN | IORING_SETUP_TASKRUN_FLAG,
        ALWAYS,
    };
    private static final int NEEDED_FEATURES = IORING_FEAT_SINGLE_MMAP | IORING_FEAT_NODROP | IORING_FEAT_SUBMIT_STABLE
            | IORING_FEAT_FAST_POLL | IORING_FEAT_EXT_ARG;
    private static final int[] NEEDED_OPERATIONS = {
        IORING_OP_POLL_ADD, IORING_OP_ACCEPT, IORING_OP_ASYNC_CANCEL, IORING_OP_CONNECT, IORING_OP_READ, IORING_OP_SEND,
        IORING_OP_RECV, IORING_OP_SENDMSG, IORING_OP_RECVMSG,
    };

    private static final Map<Feature, Integer> OPTIONAL_OPERATIONS = Map.of(
            Feature.CLOSE, IORING_OP_CLOSE, Feature.FTRUNCATE, IORING_OP_FTRUNCATE,
            Feature.MKDIRAT, IORING_OP_MKDIRAT, Feature.RENAMEAT, IORING_OP_RENAMEAT,
            Feature.UNLINKAT, IORING_OP_UNLINKAT);

    private RingSetup() {}

    /** A ring that works. */
    static Ring open(BackendOptions options) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment params = arena.allocate(PARAMS_BYTES, 8);
            Set<Feature> without = Feature.without();
            int fd = setUp(options, without, params, arena);
            Ring ring;
            try {
                ring = new Ring(fd, params, without);
            } catch (Throwable e) {
                Libc.close(fd);
                throw e;
            }
            try {
                check(ring, arena);
                limitWorkers(ring, options.fileThreads(), arena);
                return ring;
            } catch (Throwable e) {
                ring.close();
                throw e;
            }
        }
    }

    private static int setUp(BackendOptions options, Set<Feature> without, MemorySegment params, Arena arena)
            throws IOException {
        MemorySegment state = Libc.callState(arena);
        int result = -LinuxErrno.EINVAL;
        int forbidden = forbidden(without);
        for (int i = 0; i < FLAGS.length && result == -LinuxErrno.EINVAL; i++) {
            if ((FLAGS[i] & forbidden) != 0) {
                continue;
            }
            params.fill((byte) 0);
            params.set(JAVA_INT, PARAMS_FLAGS, FLAGS[i]);
            params.set(JAVA_INT, PARAMS_CQ_ENTRIES,
                    Math.max(options.completionEntries(), options.submissionEntries()));
            result = Libc.syscall(state, SYS_IO_URING_SETUP, options.submissionEntries(), params.address(), 0, 0, 0, 0);
        }
        if (result < 0) {
            throw refusal(result);
        }
        return result;
    }

    private static int forbidden(Set<Feature> without) {
        return (without.contains(Feature.NO_SQARRAY) ? IORING_SETUP_NO_SQARRAY : 0)
                | (without.contains(Feature.DEFER_TASKRUN) ? IORING_SETUP_DEFER_TASKRUN : 0)
                | (without.contains(Feature.COOP_TASKRUN) ? IORING_SETUP_COOP_TASKRUN : 0);
    }

    private static IOException refusal(int result) {
        return switch (LinuxErrno.of(-result)) {
            case ENOSYS -> new BackendUnavailableException("io_uring_setup: ENOSYS: the kernel has no io_uring (it "
                    + "came with 5.1), or a seccomp filter hides it (Docker and others do: allow calls 425 to 427)");
            case EPERM -> Refusals.notPermitted();
            case EACCES -> Refusals.filtered(Errno.EACCES);
            case EINVAL -> new BackendUnavailableException("io_uring_setup: EINVAL: the kernel is older than 5.11");
            case ENOMEM -> Refusals.outOfMemory("io_uring_setup");
            default -> SocketErrors.of(LinuxErrno.failure(-result));
        };
    }

    static {
        LinuxErrno.failure(LinuxErrno.EAGAIN);   // loads what a failure needs while there are descriptors for that
    }

    /** The kernel starts them, for this thread: some for regular files and paths, some for all else. */
    private static void limitWorkers(Ring ring, int most, Arena arena) {
        ring.register(IORING_REGISTER_IOWQ_MAX_WORKERS, arena.allocateFrom(JAVA_INT, most, most), 2);   // if it can
    }

    private static void check(Ring ring, Arena arena) throws IOException {
        if (!ring.has(NEEDED_FEATURES)) {
            throw new BackendUnavailableException("the kernel is older than 5.11, which brought timed waits");
        }
        ring.push(Ring.head(IORING_OP_NOP, 0, -1), 0, 0, 0, 0, 0);
        int entered = ring.enterAndWait();
        while (!ring.hasCompletion() && (entered >= 0 || Ring.isPassing(entered))) {
            entered = ring.enterAndWait();
        }
        if (!ring.hasCompletion()) {
            throw Refusals.ofUse("io_uring_enter", SYS_IO_URING_ENTER, entered);
        }
        requireDone(ring.result());
        ring.advance();
        probe(ring, arena);
    }

    /** A NOP does nothing, and nothing goes wrong with it: any other answer is to something we have not asked. */
    static void requireDone(int result) throws BackendUnavailableException {
        if (result != 0) {
            throw new BackendUnavailableException("a NOP through the ring was answered with " + result + " in place of "
                    + "0: this kernel's io_uring is not the one known here");
        }
    }

    private static void probe(Ring ring, Arena arena) throws IOException {
        MemorySegment probe = arena.allocate(PROBE_HEADER_BYTES + (long) PROBE_OPS * PROBE_OP_BYTES, 8);
        int result = ring.register(IORING_REGISTER_PROBE, probe, PROBE_OPS);
        if (result < 0) {
            throw Refusals.ofUse("io_uring_register", SYS_IO_URING_REGISTER, result);
        }
        ring.knows(operations(probe) & ~OPTIONAL_OPERATIONS.entrySet().stream()
                .filter(each -> ring.isWithout(each.getKey())).mapToLong(each -> 1L << each.getValue()).sum());
        for (int operation : NEEDED_OPERATIONS) {
            if (!ring.knows(operation)) {
                throw new BackendUnavailableException("the kernel has no io_uring operation " + operation);
            }
        }
    }

    /** A bit for each that the kernel has, up to 63. */
    private static long operations(MemorySegment probe) {
        long operations = 0;
        for (int operation = 0; operation < Long.SIZE; operation++) {
            long at = PROBE_HEADER_BYTES + (long) operation * PROBE_OP_BYTES + PROBE_OP_FLAGS;
            if ((probe.get(JAVA_SHORT, at) & IO_URING_OP_SUPPORTED) != 0) {
                operations |= 1L << operation;
            }
        }
        return operations;
    }
}
