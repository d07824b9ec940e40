package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import java.util.Set;

/**
 * The two queues shared with the kernel, and the one system call that moves them. Whoever writes a queue's tail
 * releases it, whoever reads it acquires it, and the other way round for heads (io_uring(7)). One thread only, the one
 * that set the ring up.
 */
final class Ring implements AutoCloseable {
    private static final VarHandle INT = JAVA_INT.varHandle();
    /** All there is, by address: a constant, so that the compiler drops the checks. Indices are masked below. */
    private static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

    private final int fd;
    private final int features;
    private final NativeRegion queues;
    private final NativeRegion entries;
    private final long sqesAt;
    private final long sqHeadAt;
    private final long sqTailAt;
    private final long sqFlagsAt;
    private final int sqEntries;
    private final long cqHeadAt;
    private final long cqTailAt;
    private final long cqesAt;
    private final int cqEntries;

    private final MemorySegment callState = Libc.callState(Arena.ofAuto());
    private final MemorySegment waitArgument = Arena.ofAuto().allocate(GETEVENTS_ARG_BYTES + TIMESPEC_BYTES, 8);
    private final MemorySegment timespec = waitArgument.asSlice(GETEVENTS_ARG_BYTES);
    private final Set<Feature> without;
    private final boolean isDeferred;
    private final boolean isRegistered;
    private final int enterFd;
    private final int enterFlags;
    private long operations;   // a bit for each
    private int sqTail;
    private int cqHead;

    /** Maps the queues of the ring {@code fd} that was set up with {@code params}, to be used without some features. */
    Ring(int fd, MemorySegment params, Set<Feature> without) throws IOException {
        this.fd = fd;
        this.without = without;
        features = params.get(JAVA_INT, PARAMS_FEATURES);
        sqEntries = params.get(JAVA_INT, PARAMS_SQ_ENTRIES);
        cqEntries = params.get(JAVA_INT, PARAMS_CQ_ENTRIES);
        MemorySegment sq = params.asSlice(PARAMS_SQ_OFF);
        MemorySegment cq = params.asSlice(PARAMS_CQ_OFF);
        int cqes = cq.get(JAVA_INT, CQ_OFF_CQES);
        int array = sq.get(JAVA_INT, SQ_OFF_ARRAY);
        isDeferred = (params.get(JAVA_INT, PARAMS_FLAGS) & IORING_SETUP_DEFER_TASKRUN) != 0;
        boolean indirect = (params.get(JAVA_INT, PARAMS_FLAGS) & IORING_SETUP_NO_SQARRAY) == 0;
        long bytes = Math.max(cqes + (long) cqEntries * CQE_BYTES, indirect ? array + 4L * sqEntries : 0);
        queues = NativeRegion.shared(bytes, fd, IORING_OFF_SQ_RING);
        entries = mapEntries();
        sqesAt = entries.address();
        sqHeadAt = queues.address() + sq.get(JAVA_INT, SQ_OFF_HEAD);
        sqTailAt = queues.address() + sq.get(JAVA_INT, SQ_OFF_TAIL);
        sqFlagsAt = queues.address() + sq.get(JAVA_INT, SQ_OFF_FLAGS);
        cqHeadAt = queues.address() + cq.get(JAVA_INT, CQ_OFF_HEAD);
        cqTailAt = queues.address() + cq.get(JAVA_INT, CQ_OFF_TAIL);
        cqesAt = queues.address() + cqes;
        if (indirect) {
            fillIndirection(array);
        }
        waitArgument.set(JAVA_LONG, GETEVENTS_ARG_TS, timespec.address());
        int registered = isWithout(Feature.RING_FDS) ? -1 : registerOwnDescriptor();
        isRegistered = registered >= 0;
        enterFd = isRegistered ? registered : fd;
        enterFlags = (isRegistered ? IORING_ENTER_REGISTERED_RING : 0)
                | (has(IORING_FEAT_NO_IOWAIT) && !isWithout(Feature.NO_IOWAIT) ? IORING_ENTER_NO_IOWAIT : 0);
    }

    private NativeRegion mapEntries() throws IOException {
        try {
            return NativeRegion.shared((long) sqEntries * SQE_BYTES, fd, IORING_OFF_SQES);
        } catch (Throwable e) {
            queues.unmap();
            throw e;
        }
    }

    /** Entry i of the queue is submission i, always. */
    private void fillIndirection(long arrayAt) {
        for (int i = 0; i < sqEntries; i++) {
            queues.memory().set(JAVA_INT, arrayAt + 4L * i, i);
        }
    }

    /** Spares each enter the look-up of the descriptor; negative where the kernel cannot (since 5.18). */
    private int registerOwnDescriptor() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment update = arena.allocate(RSRC_UPDATE_BYTES, 8);
            update.set(JAVA_INT, 0, -1);
            update.set(JAVA_LONG, RSRC_UPDATE_DATA, fd);
            return register(IORING_REGISTER_RING_FDS, update, 1) == 1 ? update.get(JAVA_INT, 0) : -1;
        } catch (Throwable e) {   // out of memory: this ring will never be closed, as nobody gets it
            entries.unmap();
            queues.unmap();
            throw e;
        }
    }

    private void unregisterOwnDescriptor() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment update = arena.allocate(RSRC_UPDATE_BYTES, 8);
            update.set(JAVA_INT, 0, enterFd);
            register(IORING_UNREGISTER_RING_FDS, update, 1);
        }
    }

    /** Whether {@code feature} is not to be used, be it there or not. */
    boolean isWithout(Feature feature) {
        return without.contains(feature);
    }

    /** Whether the kernel has all of {@code wanted}. */
    boolean has(int wanted) {
        return (features & wanted) == wanted;
    }

    /** Whether completions are brought by enters alone, as kernels since 6.1 can. */
    boolean isDeferred() {
        return isDeferred;
    }

    /** Notes which operations the kernel has: a bit for each. */
    void knows(long operations) {
        this.operations = operations;
    }

    /** Whether the kernel has {@code operation}, one of the first 64. */
    boolean knows(int operation) {
        return (operations & 1L << operation) != 0;
    }

    /** io_uring_register(2): minus the errno if it failed. */
    int register(int what, MemorySegment argument, int count) {
        return Libc.syscall(callState, SYS_IO_URING_REGISTER, fd, what, argument.address(), count, 0, 0);
    }

    // ---- submission ----

    boolean hasRoom() {
        return sqTail - (int) INT.getAcquire(MEMORY, sqHeadAt) < sqEntries;
    }

    /** Appends one submission; there has to be room. {@code head} as {@link #head} makes it. */
    void push(long head, long off, long address, long lengthAndFlags, long userData, long group) {
        long at = sqesAt + (long) (sqTail & sqEntries - 1) * SQE_BYTES;
        MEMORY.set(JAVA_LONG, at + SQE_HEAD, head);
        MEMORY.set(JAVA_LONG, at + SQE_OFF, off);
        MEMORY.set(JAVA_LONG, at + SQE_ADDR, address);
        MEMORY.set(JAVA_LONG, at + SQE_LEN, lengthAndFlags);
        MEMORY.set(JAVA_LONG, at + SQE_USER_DATA, userData);
        MEMORY.set(JAVA_LONG, at + SQE_BUF_GROUP, group);
        MEMORY.set(JAVA_LONG, at + SQE_ADDR3, 0);
        MEMORY.set(JAVA_LONG, at + SQE_PAD, 0);
        sqTail++;
    }

    /** The first eight bytes of a submission. */
    static long head(int opcode, int flags, int fd) {
        return opcode | flags << 8 | (long) fd << 32;
    }

    /** A length and the operation's own flags, as they stand side by side. */
    static long lengthAndFlags(int length, int flags) {
        return Integer.toUnsignedLong(length) | (long) flags << 32;
    }

    int unsubmitted() {
        return sqTail - (int) INT.getAcquire(MEMORY, sqHeadAt);
    }

    // ---- enter ----

    /** Whether the kernel has something for us that only an enter brings into the queue. */
    boolean wantsEnter() {
        return ((int) INT.getAcquire(MEMORY, sqFlagsAt) & (IORING_SQ_CQ_OVERFLOW | IORING_SQ_TASKRUN)) != 0;
    }

    /** Submits all, lets the kernel post what it has, and does not wait. Minus the errno if it failed. */
    int enter() {
        return enter(0, 0, 0, 0);
    }

    /** Submits all and waits for a first completion, without end. Minus the errno if it failed. */
    int enterAndWait() {
        return enter(1, 0, 0, 0);
    }

    /** Submits all and waits for a first completion, {@code nanos} at most. Minus the errno if it failed. */
    int enterAndWait(long nanos) {
        timespec.set(JAVA_LONG, 0, nanos / 1_000_000_000);
        timespec.set(JAVA_LONG, TIMESPEC_NSEC, nanos % 1_000_000_000);
        return enter(1, IORING_ENTER_EXT_ARG, waitArgument.address(), GETEVENTS_ARG_BYTES);
    }

    private int enter(int least, int flags, long argument, long argumentBytes) {
        INT.setRelease(MEMORY, sqTailAt, sqTail);
        return Libc.syscall(callState, SYS_IO_URING_ENTER, enterFd, unsubmitted(), least,
                IORING_ENTER_GETEVENTS | enterFlags | flags, argument, argumentBytes);
    }

    // ---- completion ----

    boolean hasCompletion() {
        return cqHead != (int) INT.getAcquire(MEMORY, cqTailAt);
    }

    /** How many completions are there now. */
    int completions() {
        return (int) INT.getAcquire(MEMORY, cqTailAt) - cqHead;
    }

    /** The token of the oldest completion. */
    long userData() {
        return MEMORY.get(JAVA_LONG, cqe() + CQE_USER_DATA);
    }

    /** The result of the oldest completion. */
    int result() {
        return MEMORY.get(JAVA_INT, cqe() + CQE_RES);
    }

    /** The flags of the oldest completion. */
    int flags() {
        return MEMORY.get(JAVA_INT, cqe() + CQE_FLAGS);
    }

    /** Gives the place of the oldest completion back to the kernel. */
    void advance() {
        INT.setRelease(MEMORY, cqHeadAt, ++cqHead);
    }

    private long cqe() {
        return cqesAt + (long) (cqHead & cqEntries - 1) * CQE_BYTES;
    }

    @Override
    public void close() {
        if (isRegistered) {
            unregisterOwnDescriptor();   // or the ring would live as long as this thread
        }
        Libc.close(fd);
        entries.unmap();
        queues.unmap();
    }

    /**
     * Whether an enter that returned this may be tried again: interrupted, short of memory for a moment, or asked to
     * take completions first. Not the answer of a filter.
     */
    static boolean isPassing(int returned) {
        return returned == -LinuxErrno.EINTR || returned == -LinuxErrno.EAGAIN || returned == -LinuxErrno.EBUSY;
    }

    static String describe(int returned) {
        return LinuxErrno.failure(-returned).describe();
    }
}
