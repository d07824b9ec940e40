package dev.ringpark.internal.os;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The calls of a POSIX system that sockets need, under the manual pages' names. Families, types, levels, options, flags
 * and addresses are given and taken in Linux's numbers and layouts, whatever the system: another system's room says
 * them in its own, as its emulation of Linux would. Each call returns what the system did, or minus the system's own
 * errno, which {@link #errno} and {@link #failure} name.
 *
 * <p>The last ones are on the path of each operation: they take memory by its address, and a {@code state} made by
 * {@link #newState}, and allocate nothing, but for an accept where a BSD needs more calls. A class and not an
 * interface, as there is but one at a time.
 */
public abstract class SocketCalls {
    // struct pollfd, sys/poll.h, the same on all: fd i32 @0, events i16, revents i16.
    private static final int POLLFD_BYTES = 8;
    private static final int POLLFD_EVENTS = 4;
    private static final int POLLFD_REVENTS = 6;
    private static final int POLLIN = 0x1;
    private static final int POLLOUT = 0x4;

    // ---- errors ----

    /** The portable name of a positive errno of this system. */
    public abstract Errno errno(int number);

    /** The failure that this system numbers {@code number}. */
    public abstract Failure failure(int number);

    /** Whether the call was interrupted, and has to be made again. */
    public boolean isInterruption(int number) {
        return errno(number) == Errno.EINTR;
    }

    /** Whether the call would have had to wait. */
    public boolean isToWait(int number) {
        return errno(number) == Errno.EAGAIN;
    }

    // ---- a socket's life ----

    /** socket(2), closed on exec. */
    public abstract int socket(int family, int type, boolean isBlocking);

    /** A second descriptor of the same, closed on exec. */
    public abstract int duplicate(int fd);

    /** bind(2). */
    public abstract int bind(int fd, MemorySegment address, int length);

    /** listen(2). */
    public abstract int listen(int fd, int backlog);

    /** connect(2). */
    public abstract int connect(int fd, MemorySegment address, int length);

    /** Dissolves the association of a datagram socket with its peer. */
    public abstract int disconnect(int fd);

    /** getsockname(2); {@code length} holds an int, the room in {@code address}. */
    public abstract int getsockname(int fd, MemorySegment address, MemorySegment length);

    /** getpeername(2); {@code length} holds an int, the room in {@code address}. */
    public abstract int getpeername(int fd, MemorySegment address, MemorySegment length);

    /** setsockopt(2). */
    public abstract int setsockopt(int fd, int level, int name, MemorySegment value);

    /** getsockopt(2); {@code length} holds an int, the room in {@code value}. */
    public abstract int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment length);

    /** What a socket has made of {@code bytes} it was asked to buffer, as getsockopt(2) tells it. */
    public abstract int askedBufferBytes(int bytes);

    /** How many bytes can be read at once, into the int {@code count}: FIONREAD. */
    public abstract int available(int fd, MemorySegment count);

    /** poll(2) that does not wait: whether {@code fd} can be read from, or else written to, at once. */
    public final boolean isReady(int fd, boolean toRead) {
        int event = toRead ? POLLIN : POLLOUT;
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment asked = arena.allocate(POLLFD_BYTES, 8);
            asked.set(JAVA_INT, 0, fd);
            asked.set(JAVA_SHORT, POLLFD_EVENTS, (short) event);
            return poll(asked) == 1 && (asked.get(JAVA_SHORT, POLLFD_REVENTS) & event) != 0;
        }
    }

    /** poll(2) of one struct pollfd, without a wait. */
    protected abstract int poll(MemorySegment asked);

    /** shutdown(2). */
    public abstract int shutdown(int fd, int how);

    /** close(2). Never call it twice for one descriptor, whatever it says: the number may be another's by then. */
    public abstract int close(int fd);

    /** The longest path that fits into a Unix socket's address. */
    public abstract int mostPathBytes();

    /**
     * Whether this is Linux, which alone has abstract names, the credentials of a Unix socket's peer, and IPv4's
     * options for sockets of both families.
     */
    public abstract boolean isLinux();

    // ---- transfers that do not wait ----

    /** recv(2) that does not wait, be the descriptor blocking or not; the arena stays open for the call. */
    public abstract int receiveNow(int fd, MemorySegment target);

    /** send(2). */
    public abstract int sendNow(int fd, MemorySegment source);

    /** Sends datagrams, each a struct mmsghdr of Linux, as many as go at once; how many that was. */
    public abstract int sendNow(int fd, MemorySegment headers, int count);

    // ---- on the path of each operation ----

    /** Room for the errno of one call at a time. */
    public abstract MemorySegment newState(Arena arena);

    /** recv(2) of a descriptor that does not block. */
    public abstract int read(MemorySegment state, int fd, long address, int length);

    /** send(2), without a signal. */
    public abstract int write(MemorySegment state, int fd, long address, int length);

    /** accept(2), into a descriptor that neither waits nor is inherited; the peer's name in {@code name}. */
    public abstract int accept(MemorySegment state, int fd, MemorySegment name, MemorySegment nameLength);

    /** connect(2). */
    public abstract int connect(MemorySegment state, int fd, MemorySegment name, int nameLength);

    /** Receives a datagram and its sender's name; the result is its own length, also if it is longer than the room. */
    public abstract int receive(MemorySegment state, int fd, long address, int length, MemorySegment name,
            MemorySegment nameLength);

    /** Sends a datagram, to {@code name} if there is one. */
    public abstract int send(MemorySegment state, int fd, long address, int length, @Nullable MemorySegment name,
            int nameLength);
}
