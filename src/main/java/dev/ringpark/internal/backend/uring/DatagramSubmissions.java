package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.*;
import static dev.ringpark.internal.backend.uring.Steps.ATTEMPT;
import static dev.ringpark.internal.backend.uring.Steps.PICK;
import static dev.ringpark.internal.backend.uring.Steps.WAIT;
import static dev.ringpark.internal.os.linux.SocketAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.linux.LinuxErrno;
import dev.ringpark.internal.os.linux.SockAddr;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What each operation of datagrams is in the kernel's terms. One is sent or received whole, so its buffer has room for
 * any; and a receive's result is the length it was sent with, be there room for that or not (MSG_TRUNC).
 *
 * <pre>
 * operation             | steps
 * ----------------------+------------------------------------------------------------------------------------------
 * send, receive         | SEND, RECV: to the peer alone, and without word of who it was
 * send to, receive from | SENDMSG, RECVMSG in their place; the address and the msghdr stand in the operation's slot
 * … a buffer            | that one step, which waits
 * receive into an array | the same with a buffer the kernel picks when a datagram has come, if those have the room that
 *                       |   the array has; else, and before 5.19: WAIT, ATTEMPT
 * send from an array    | ATTEMPT from a pooled buffer; if there is no room: WAIT, ATTEMPT …
 * </pre>
 */
final class DatagramSubmissions {
    /** More than any datagram has. */
    private static final int COPY_BYTES = 1 << 16;
    /** Each attempt is over within one poll, so that a few serve all. */
    private static final int MOST_COPIES = 64;

    // In the operation's slot: a sockaddr_in6 at most, the msghdr, its one iovec.
    private static final int NAME_BYTES = 32;
    private static final int HEADER = NAME_BYTES;
    private static final int VECTOR = HEADER + MSGHDR_BYTES;

    private final Ring ring;
    private final Slots slots;
    private final CopyBuffers copies;
    private final @Nullable ReceiveBuffers picks;

    /** With {@link #copies}, which it closes. */
    DatagramSubmissions(Ring ring, Slots slots, CopyBuffers copies, @Nullable ReceiveBuffers picks) {
        this.ring = ring;
        this.slots = slots;
        this.copies = copies;
        this.picks = picks;
    }

    /** Its buffers: so many at most; pages that nobody has touched cost nothing. */
    static CopyBuffers copies(int count) throws IOException {
        return new CopyBuffers(Math.min(count, MOST_COPIES), COPY_BYTES);
    }

    // ---- steps ----

    /** Writes the submission of the operation's next step; there has to be room. False if a buffer is wanting. */
    boolean push(Operation operation) {
        boolean receives = receives(operation);
        if (operation.buffer() != null) {
            push(operation, 0, operation.address(), operation.length(), 0);
            return true;
        }
        if (receives && canPick(operation)) {
            operation.phase = PICK;
            push(operation, IOSQE_BUFFER_SELECT, 0, operation.length(), 0);
            return true;
        }
        boolean waits = receives ? operation.phase != WAIT : operation.phase == ATTEMPT;
        if (waits) {
            operation.phase = WAIT;
            push(operation, IORING_OP_POLL_ADD, 0, 0, 0, receives ? POLLIN : POLLOUT);
            return true;
        }
        return pushAttempt(operation, receives);
    }

    private static boolean receives(Operation operation) {
        return operation.kind() == Kind.RECEIVE || operation.kind() == Kind.RECEIVE_FROM;
    }

    private boolean canPick(Operation operation) {
        return picks != null && operation.length() <= picks.bufferBytes();
    }

    private boolean pushAttempt(Operation operation, boolean receives) {
        int lent = copies.take();
        if (lent == CopyBuffers.NONE) {
            return false;
        }
        operation.lent = lent;
        operation.phase = ATTEMPT;
        int length = Math.min(operation.length(), COPY_BYTES);
        if (!receives) {
            copies.copyIn(lent, array(operation), operation.offset(), length);
        }
        push(operation, 0, copies.address(lent), length, MSG_DONTWAIT);
        return true;
    }

    private void push(Operation operation, int sqeFlags, long address, int length, int flags) {
        switch (operation.kind()) {
            case SEND -> push(operation, IORING_OP_SEND, sqeFlags, address, length, MSG_NOSIGNAL | flags);
            case RECEIVE -> push(operation, IORING_OP_RECV, sqeFlags, address, length, MSG_TRUNC | flags);
            case SEND_TO -> {
                long slot = Slots.of(operation);
                int nameBytes = SockAddr.encode(operation.peer(), ((FdHandle) operation.handle()).family(),
                        slots.memory().asSlice(slot, NAME_BYTES));
                push(operation, IORING_OP_SENDMSG, sqeFlags, header(slot, nameBytes, address, length), 1,
                        MSG_NOSIGNAL | flags);
            }
            default -> push(operation, IORING_OP_RECVMSG, sqeFlags,
                    header(Slots.of(operation), NAME_BYTES, address, length), 1, MSG_TRUNC | flags);
        }
    }

    /** Writes the msghdr of a slot whose name stands there, or will; its address. */
    private long header(long slot, int nameBytes, long address, int length) {
        MemorySegment memory = slots.memory();
        memory.asSlice(slot + HEADER, MSGHDR_BYTES).fill((byte) 0);
        memory.set(JAVA_LONG, slot + HEADER + MSG_NAME, slots.address(slot));
        memory.set(JAVA_INT, slot + HEADER + MSG_NAMELEN, nameBytes);
        memory.set(JAVA_LONG, slot + HEADER + MSG_IOV, slots.address(slot + VECTOR));
        memory.set(JAVA_LONG, slot + HEADER + MSG_IOVLEN, 1);
        memory.set(JAVA_LONG, slot + VECTOR, address);
        memory.set(JAVA_LONG, slot + VECTOR + IOV_LEN, length);
        return slots.address(slot + HEADER);
    }

    private void push(Operation operation, int opcode, int sqeFlags, long address, int length, int operationFlags) {
        int fd = ((FdHandle) operation.handle()).fd();
        long group = sqeFlags == IOSQE_BUFFER_SELECT ? ReceiveBuffers.GROUP : 0;
        ring.push(Ring.head(opcode, sqeFlags, fd), 0, address, Ring.lengthAndFlags(length, operationFlags),
                operation.token(), group);
    }

    // ---- results ----

    /**
     * Notes what a completion brought.
     *
     * @return 0 or more if the operation is done; else minus an errno, EAGAIN for a step that another has to follow
     */
    int settle(Operation operation, int result, int flags) {
        return switch (operation.phase) {
            case PICK -> settlePick(operation, result, flags);
            case ATTEMPT -> settleAttempt(operation, result);
            case WAIT -> result >= 0 ? -LinuxErrno.EAGAIN : result;   // ready: the attempt follows
            default -> done(operation, result);
        };
    }

    private int settlePick(Operation operation, int result, int flags) {
        if ((flags & IORING_CQE_F_BUFFER) != 0) {
            int count = Math.clamp(result, 0, operation.length());
            Objects.requireNonNull(picks)
                    .take(flags >>> IORING_CQE_BUFFER_SHIFT, array(operation), operation.offset(), count);
        }
        return done(operation, result);
    }

    private int settleAttempt(Operation operation, int result) {
        if (result > 0 && receives(operation)) {
            int count = Math.min(result, operation.length());
            copies.copyOut(operation.lent, array(operation), operation.offset(), count);
        }
        copies.give(operation.lent);
        operation.lent = CopyBuffers.NONE;
        return done(operation, result);
    }

    private int done(Operation operation, int result) {
        if (result >= 0) {
            if (operation.kind() == Kind.RECEIVE_FROM) {
                operation.peer(sender(Slots.of(operation)));
            }
            operation.succeed(result);
        }
        return result;
    }

    private SocketAddress sender(long slot) {
        int bytes = Math.clamp(slots.memory().get(JAVA_INT, slot + HEADER + MSG_NAMELEN), 0, NAME_BYTES);
        return SockAddr.decode(slots.memory().asSlice(slot, bytes));
    }

    private static byte[] array(Operation operation) {
        return Objects.requireNonNull(operation.array());
    }

    /** After the ring is closed. */
    void close() {
        copies.close();
    }
}
