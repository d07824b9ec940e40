package dev.ringpark.internal.backend.readiness;

import static dev.ringpark.internal.backend.readiness.ReadinessQueue.READABLE;
import static dev.ringpark.internal.backend.readiness.ReadinessQueue.WRITABLE;
import static dev.ringpark.internal.os.linux.SocketAbi.AF_UNIX;
import static dev.ringpark.internal.os.linux.SocketAbi.SOL_SOCKET;
import static dev.ringpark.internal.os.linux.SocketAbi.SO_ERROR;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.linux.SockAddr;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Tries operations on descriptors that never wait, and notes in the watch whether the next of the kind promises
 * anything: after a read that left room or a write that found too little it does not. Memory of the heap is copied
 * through one buffer with room for any datagram. Loop thread only.
 */
final class SocketAttempts {
    private static final int COPY_BYTES = 1 << 16;
    // Operation.phase of a connect
    private static final int CONNECTING = 1;   // it has been asked for
    private static final int OVER = 2;         // and has ended, well or not

    private final Arena arena = Arena.ofAuto();   // segments of a shared one would be allocated anew for each call
    private final SocketCalls calls;
    private final MemorySegment state;
    private final MemorySegment copy = arena.allocate(COPY_BYTES, 8);
    private final MemorySegment name = arena.allocate(SockAddr.MAX_BYTES, 8);
    private final MemorySegment nameLength = arena.allocate(JAVA_INT);
    private final MemorySegment peerName = arena.allocate(SockAddr.MAX_BYTES, 8);
    private final MemorySegment error = arena.allocate(JAVA_INT);

    SocketAttempts(SocketCalls calls) {
        this.calls = calls;
        this.state = calls.newState(arena);
    }

    /**
     * Tries {@code operation}; true if that ended it, well or not, and false if it would have to wait. Few calls deep,
     * or the compiler does not see that what a native call is given need not be allocated.
     */
    boolean ends(Watch watch, Operation operation) {
        FdHandle handle = watch.handle();
        int result;
        do {
            result = switch (operation.kind()) {
                case READ -> read(watch, handle, operation);
                case WRITE -> write(watch, handle, operation);
                case ACCEPT -> accept(handle, operation);
                case CONNECT -> connect(handle, operation);
                case SEND, SEND_TO -> send(handle, operation);
                case RECEIVE, RECEIVE_FROM -> receive(handle, operation);
                case AWAIT_READABLE, AWAIT_WRITABLE -> 0;   // it was called ready
                default -> throw new AssertionError(operation.kind() + " is none of a socket's operations");
            };
        } while (isPassing(operation, result));
        if (result >= 0) {
            return true;
        }
        if (isToWait(handle, operation, -result)) {
            watch.promise(Watch.direction(operation), false);
            return false;
        }
        operation.fail(calls.failure(-result));
        return true;
    }

    /** Interrupted, or a connection that vanished between its arrival and its accept. */
    private boolean isPassing(Operation operation, int result) {
        return result < 0 && (calls.isInterruption(-result)
                || (operation.kind() == Kind.ACCEPT && calls.errno(-result) == Errno.ECONNABORTED));
    }

    private boolean isToWait(FdHandle handle, Operation operation, int errno) {
        return switch (operation.kind()) {
            // EAGAIN has found a full backlog, of whose end nothing tells.
            case CONNECT -> calls.errno(errno) == Errno.EINPROGRESS
                    || (calls.errno(errno) == Errno.ENOTCONN && operation.phase != OVER);
            // Linux and FreeBSD take the descriptor before they look whether there is a connection to give it to.
            case ACCEPT -> calls.isToWait(errno)
                    || (calls.errno(errno).isOutOfDescriptors() && !calls.isReady(handle.fd(), true));
            default -> calls.isToWait(errno);
        };
    }

    // ---- streams ----

    private int read(Watch watch, FdHandle handle, Operation operation) {
        int most = mostBytes(operation);
        int count = calls.read(state, handle.fd(), address(operation), most);
        if (count >= 0) {
            takeOut(operation, count);
            watch.promise(READABLE, count == most || count == 0 || mayHaveMore(handle));
            operation.succeed(count);
        }
        return count;
    }

    /** A read of a Unix socket ends where the peer has sent more than bytes; the end is there to be read again, too. */
    private static boolean mayHaveMore(FdHandle handle) {
        return handle.family() == AF_UNIX;
    }

    private int write(Watch watch, FdHandle handle, Operation operation) {
        int most = mostBytes(operation);
        putIn(operation, most);
        int count = calls.write(state, handle.fd(), address(operation), most);
        if (count >= 0) {
            watch.promise(WRITABLE, count == most || mayHaveMore(handle));
            operation.succeed(count);
        }
        return count;
    }

    private int accept(FdHandle listener, Operation operation) {
        nameLength.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
        int fd = calls.accept(state, listener.fd(), name, nameLength);
        if (fd >= 0) {
            operation.succeed(accepted(fd, listener));
        }
        return fd;
    }

    private FdHandle accepted(int fd, FdHandle listener) {
        try {
            FdHandle accepted = new FdHandle(calls, fd, listener.family(), SocketType.STREAM);
            accepted.peer(name(nameLength.get(JAVA_INT, 0)));
            return accepted;
        } catch (Throwable e) {
            calls.close(fd);
            throw e;
        }
    }

    private int connect(FdHandle socket, Operation operation) {
        boolean isAsked = operation.phase == CONNECTING;
        operation.phase = CONNECTING;
        int length = SockAddr.encode(operation.peer(), socket.family(), name);
        int result = isAsked ? outcome(socket, operation) : calls.connect(state, socket.fd(), name, length);
        if (result == 0) {
            socket.peer(name(length));
        }
        return result;
    }

    /**
     * How a connect that has been asked for went. That there is neither an error nor a peer may say that it is still
     * under way, or that a receive beside it has been told the error, as it is told once. What is no longer under way
     * is ready, and is asked again, as it may just have succeeded, or been reset between the two questions.
     */
    private int outcome(FdHandle socket, Operation operation) {
        int result = errorOrPeer(socket);
        if (result < 0 && isWithoutPeer(calls.errno(-result)) && calls.isReady(socket.fd(), false)) {
            operation.phase = OVER;
            result = errorOrPeer(socket);
        }
        return result;
    }

    /** The second is what macOS says of a connection that has been reset. */
    private static boolean isWithoutPeer(Errno errno) {
        return errno == Errno.ENOTCONN || errno == Errno.EINVAL;
    }

    /** The peer comes in {@code peerName}, as {@code name} holds who is meant. */
    private int errorOrPeer(FdHandle socket) {
        error.set(JAVA_INT, 0, 0);
        nameLength.set(JAVA_INT, 0, (int) JAVA_INT.byteSize());
        int result = calls.getsockopt(socket.fd(), SOL_SOCKET, SO_ERROR, error, nameLength);
        if (result < 0 || error.get(JAVA_INT, 0) != 0) {
            return Math.min(result, -error.get(JAVA_INT, 0));
        }
        nameLength.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
        return calls.getpeername(socket.fd(), peerName, nameLength);
    }

    private byte[] name(int length) {
        return name.asSlice(0, Math.clamp(length, 0, SockAddr.MAX_BYTES)).toArray(JAVA_BYTE);
    }

    // ---- datagrams: whole, or not at all ----

    private int send(FdHandle socket, Operation operation) {
        int length = mostBytes(operation);
        putIn(operation, length);
        boolean named = operation.kind() == Kind.SEND_TO;
        int nameBytes = named ? SockAddr.encode(operation.peer(), socket.family(), name) : 0;
        int count = calls.send(state, socket.fd(), address(operation), length, named ? name : null, nameBytes);
        if (count >= 0) {
            operation.succeed(count);
        }
        return count;
    }

    private int receive(FdHandle socket, Operation operation) {
        nameLength.set(JAVA_INT, 0, SockAddr.MAX_BYTES);
        int room = mostBytes(operation);
        int length = calls.receive(state, socket.fd(), address(operation), room, name, nameLength);
        if (length >= 0) {
            takeOut(operation, Math.min(length, room));
            operation.succeed(length);
            if (operation.kind() == Kind.RECEIVE_FROM) {
                operation.peer(SockAddr.decode(name.asSlice(0, nameLength.get(JAVA_INT, 0))));
            }
        }
        return length;
    }

    // ---- memory ----

    private static int mostBytes(Operation operation) {
        return operation.buffer() != null ? operation.length() : Math.min(operation.length(), COPY_BYTES);
    }

    private long address(Operation operation) {
        return operation.buffer() != null ? operation.address() : copy.address();
    }

    private void putIn(Operation operation, int length) {
        byte[] array = operation.array();
        if (array != null) {
            MemorySegment.copy(array, operation.offset(), copy, JAVA_BYTE, 0, length);
        }
    }

    private void takeOut(Operation operation, int length) {
        byte[] array = operation.array();
        if (array != null) {
            MemorySegment.copy(copy, JAVA_BYTE, 0, array, operation.offset(), length);
        }
    }
}
