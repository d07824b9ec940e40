package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.*;
import static dev.ringpark.internal.backend.uring.Steps.ATTEMPT;
import static dev.ringpark.internal.backend.uring.Steps.PICK;
import static dev.ringpark.internal.backend.uring.Steps.WAIT;
import static dev.ringpark.internal.os.linux.SocketAbi.MSG_DONTWAIT;
import static dev.ringpark.internal.os.linux.SocketAbi.MSG_NOSIGNAL;
import static dev.ringpark.internal.os.linux.SocketAbi.SOCK_CLOEXEC;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import dev.ringpark.internal.os.linux.LinuxSockets;
import dev.ringpark.internal.os.linux.SockAddr;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What each operation of a socket is in the kernel's terms: its submissions, and what their completions mean. Those of
 * datagrams are {@link DatagramSubmissions}'.
 *
 * <pre>
 * operation           | steps
 * --------------------+--------------------------------------------------------------------------------------------
 * accept, connect     | ACCEPT, CONNECT; the address stands in the slot's own piece of native memory
 * accept, no fd left  | the kernel takes the descriptor before it looks for a connection: WAIT for one, ATTEMPT
 * read into a buffer  | RECV, which tries at once: a busy loop's peers have answered by then, mostly
 * write from a buffer | SEND, which ends with what there was room for, and waits only for the first byte
 * read into an array  | RECV with a buffer the kernel picks when bytes have come; before 5.19: WAIT, ATTEMPT, as below
 * write from an array | ATTEMPT: SEND from a pooled buffer, not waiting; if it would have to: WAIT for room, ATTEMPT …
 * await               | POLL_ADD, on a descriptor of somebody else's
 * </pre>
 */
final class Submissions {
    // In the operation's slot: a sockaddr of any family, and its length.
    private static final int SLOT_LENGTH = 112;

    private final Ring ring;
    private final Slots slots;
    private final CopyBuffers copies;
    private final @Nullable ReceiveBuffers picks;
    private final DatagramSubmissions datagrams;

    private Submissions(Ring ring, Slots slots, CopyBuffers copies, @Nullable ReceiveBuffers picks,
            DatagramSubmissions datagrams) {
        this.ring = ring;
        this.slots = slots;
        this.copies = copies;
        this.picks = picks;
        this.datagrams = datagrams;
    }

    /** With the memory it needs; that of the picked buffers last, as it is the kernel's until the ring is closed. */
    static Submissions open(Ring ring, BackendOptions options, int maxInFlight) throws IOException {
        Slots slots = new Slots(maxInFlight);
        CopyBuffers copies = null;
        CopyBuffers datagrams = null;
        ReceiveBuffers picks = null;
        try {
            copies = new CopyBuffers(options.bufferCount(), options.bufferBytes());
            datagrams = DatagramSubmissions.copies(options.bufferCount());
            picks = ReceiveBuffers.register(ring, options.bufferCount(), options.bufferBytes());
            return new Submissions(ring, slots, copies, picks, new DatagramSubmissions(ring, slots, datagrams, picks));
        } catch (Throwable e) {
            slots.close();
            close(copies);
            close(datagrams);
            if (picks != null) {
                picks.close();   // the kernel has them, but nothing that could bring bytes
            }
            throw e;
        }
    }

    private static void close(@Nullable CopyBuffers opened) {
        if (opened != null) {
            opened.close();
        }
    }

    /** Writes the submission of the operation's next step; there has to be room. False if a buffer is wanting. */
    boolean push(Operation operation) {
        switch (operation.kind()) {
            case ACCEPT -> pushAccept(operation);
            case CONNECT -> pushConnect(operation);
            case READ, WRITE -> {
                return operation.buffer() != null ? pushTransfer(operation) : pushCopy(operation);
            }
            case SEND, SEND_TO, RECEIVE, RECEIVE_FROM -> {
                return datagrams.push(operation);
            }
            case AWAIT_READABLE -> push(operation, IORING_OP_POLL_ADD, 0, 0, 0, 0, POLLIN);
            case AWAIT_WRITABLE -> push(operation, IORING_OP_POLL_ADD, 0, 0, 0, 0, POLLOUT);
            default -> throw notOurs(operation);
        }
        return true;
    }

    /**
     * Notes what a completion brought.
     *
     * @return 0 or more if the operation is done; else minus an errno, EAGAIN for a step that another has to follow
     */
    int settle(Operation operation, int result, int flags) {
        return switch (operation.kind()) {
            case ACCEPT -> settleAccept(operation, result);
            case CONNECT -> settleConnect(operation, result);
            case READ, WRITE -> operation.buffer() != null
                    ? settleTransfer(operation, result)
                    : settleCopy(operation, result, flags);
            case SEND, SEND_TO, RECEIVE, RECEIVE_FROM -> datagrams.settle(operation, result, flags);
            case AWAIT_READABLE, AWAIT_WRITABLE -> result;   // what it is ready for is said by the call that follows
            default -> throw notOurs(operation);
        };
    }

    /** A close is the proactor's work, and what concerns files is {@link FileSubmissions}'. */
    private static IllegalArgumentException notOurs(Operation operation) {
        return new IllegalArgumentException(operation.kind() + " is none of a socket's operations");
    }

    // ---- accept, connect ----

    private void pushAccept(Operation operation) {
        if (operation.phase == WAIT) {
            push(operation, IORING_OP_POLL_ADD, 0, 0, 0, 0, POLLIN);
            return;
        }
        long slot = Slots.of(operation);
        slots.memory().set(JAVA_INT, slot + SLOT_LENGTH, SockAddr.MAX_BYTES);
        push(operation, IORING_OP_ACCEPT, 0, slots.address(slot + SLOT_LENGTH), slots.address(slot), 0, SOCK_CLOEXEC);
    }

    private int settleAccept(Operation operation, int result) {
        if (operation.phase == WAIT) {
            if (result < 0) {
                return result;
            }
            operation.phase = ATTEMPT;
            return -LinuxErrno.EAGAIN;
        }
        if (result < 0 && operation.phase != ATTEMPT && LinuxErrno.of(-result).isOutOfDescriptors()) {
            operation.phase = WAIT;
            return -LinuxErrno.EAGAIN;
        }
        if (result >= 0) {
            operation.succeed(accepted(operation, result));
        }
        return result;
    }

    private FdHandle accepted(Operation operation, int fd) {
        try {
            FdHandle accepted = new FdHandle(LinuxSockets.CALLS, fd, ((FdHandle) operation.handle()).family(),
                    SocketType.STREAM);
            accepted.peer(peer(Slots.of(operation)));
            return accepted;
        } catch (Throwable e) {
            Libc.close(fd);
            throw e;
        }
    }

    private void pushConnect(Operation operation) {
        long slot = Slots.of(operation);
        int family = ((FdHandle) operation.handle()).family();
        int length = SockAddr.encode(operation.peer(), family, slots.memory().asSlice(slot, Slots.BYTES));
        slots.memory().set(JAVA_INT, slot + SLOT_LENGTH, length);
        push(operation, IORING_OP_CONNECT, 0, length, slots.address(slot), 0, 0);
    }

    private int settleConnect(Operation operation, int result) {
        if (result == 0) {
            ((FdHandle) operation.handle()).peer(peer(Slots.of(operation)));
            operation.succeed(0);
        }
        return result;
    }

    private byte[] peer(long slot) {
        int length = Math.clamp(slots.memory().get(JAVA_INT, slot + SLOT_LENGTH), 0, SockAddr.MAX_BYTES);
        return slots.memory().asSlice(slot, length).toArray(JAVA_BYTE);
    }

    // ---- buffers ----

    private boolean pushTransfer(Operation operation) {
        long address = operation.address();
        if (operation.kind() == Kind.READ) {
            push(operation, IORING_OP_RECV, 0, 0, address, operation.length(), 0);
        } else {
            push(operation, IORING_OP_SEND, 0, 0, address, operation.length(), MSG_NOSIGNAL);
        }
        return true;
    }

    private static int settleTransfer(Operation operation, int result) {
        if (result >= 0) {
            operation.succeed(result);
        }
        return result;
    }

    // ---- arrays ----

    private boolean pushCopy(Operation operation) {
        assert operation.length() > 0 : "for the kernel, that is as much as the buffer it picks has room for";
        boolean reads = operation.kind() == Kind.READ;
        if (reads && picks != null) {
            operation.phase = PICK;
            int length = Math.min(operation.length(), picks.bufferBytes());
            push(operation, IORING_OP_RECV, IOSQE_BUFFER_SELECT, 0, 0, length, 0);
            return true;
        }
        boolean waits = reads ? operation.phase != WAIT : operation.phase == ATTEMPT;
        if (waits) {
            operation.phase = WAIT;
            push(operation, IORING_OP_POLL_ADD, 0, 0, 0, 0, reads ? POLLIN : POLLOUT);
            return true;
        }
        return pushAttempt(operation, reads);
    }

    private boolean pushAttempt(Operation operation, boolean reads) {
        int lent = copies.take();
        if (lent == CopyBuffers.NONE) {
            return false;
        }
        operation.lent = lent;
        operation.phase = ATTEMPT;
        int length = Math.min(operation.length(), copies.bufferBytes());
        if (!reads) {
            copies.copyIn(lent, Objects.requireNonNull(operation.array()), operation.offset(), length);
        }
        push(operation, reads ? IORING_OP_RECV : IORING_OP_SEND, 0, 0, copies.address(lent), length,
                MSG_DONTWAIT | MSG_NOSIGNAL);
        return true;
    }

    private int settleCopy(Operation operation, int result, int flags) {
        return switch (operation.phase) {
            case PICK -> settlePick(operation, result, flags);
            case ATTEMPT -> settleAttempt(operation, result);
            default -> result >= 0 ? -LinuxErrno.EAGAIN : result;   // ready: the attempt follows
        };
    }

    /** Whether the operation's present step is one for which the kernel picks a buffer. */
    static boolean picksBuffer(Operation operation) {
        return operation.phase == PICK && !operation.kind().isOfFile();
    }

    private int settlePick(Operation operation, int result, int flags) {
        if ((flags & IORING_CQE_F_BUFFER) != 0) {
            ReceiveBuffers buffers = Objects.requireNonNull(picks);
            int id = flags >>> IORING_CQE_BUFFER_SHIFT;
            int count = Math.min(result, operation.length());
            if (count > 0) {
                buffers.take(id, Objects.requireNonNull(operation.array()), operation.offset(), count);
            } else {
                buffers.give(id);
            }
        }
        if (result >= 0) {
            operation.succeed(result);
        }
        return result;
    }

    private int settleAttempt(Operation operation, int result) {
        if (result > 0 && operation.kind() == Kind.READ) {
            copies.copyOut(operation.lent, Objects.requireNonNull(operation.array()), operation.offset(), result);
        }
        copies.give(operation.lent);
        operation.lent = CopyBuffers.NONE;
        if (result >= 0) {
            operation.succeed(result);
        }
        return result;
    }

    private void push(Operation operation, int opcode, int sqeFlags, long off, long address, int length,
            int operationFlags) {
        int fd = ((FdHandle) operation.handle()).fd();
        long group = sqeFlags == IOSQE_BUFFER_SELECT ? ReceiveBuffers.GROUP : 0;
        ring.push(Ring.head(opcode, sqeFlags, fd), off, address, Ring.lengthAndFlags(length, operationFlags),
                operation.token(), group);
    }

    /** After the ring is closed: the kernel has nothing of these any more. */
    void close() {
        slots.close();
        copies.close();
        datagrams.close();
        if (picks != null) {
            picks.close();
        }
    }
}
