package dev.ringpark.internal.os.linux;

import static dev.ringpark.internal.os.linux.ReadinessAbi.*;
import static dev.ringpark.internal.os.linux.SocketAbi.*;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketCalls;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The calls as Linux has them: nothing to translate. */
public final class LinuxSockets extends SocketCalls {
    /** It has no state of its own. */
    public static final LinuxSockets CALLS = new LinuxSockets();

    private LinuxSockets() {}

    @Override
    public Errno errno(int number) {
        return LinuxErrno.of(number);
    }

    @Override
    public Failure failure(int number) {
        return LinuxErrno.failure(number);
    }

    @Override
    public boolean isInterruption(int number) {
        return LinuxErrno.isInterruption(number);
    }

    @Override
    public boolean isToWait(int number) {
        return number == LinuxErrno.EAGAIN;
    }

    @Override
    public int socket(int family, int type, boolean isBlocking) {
        return Libc.socket(family, type | SOCK_CLOEXEC | (isBlocking ? 0 : SOCK_NONBLOCK), 0);
    }

    @Override
    public int duplicate(int fd) {
        return Libc.fcntl(fd, F_DUPFD_CLOEXEC, 0);
    }

    @Override
    public int bind(int fd, MemorySegment address, int length) {
        return Libc.bind(fd, address, length);
    }

    @Override
    public int listen(int fd, int backlog) {
        return Libc.listen(fd, backlog);
    }

    @Override
    public int connect(int fd, MemorySegment address, int length) {
        return Libc.connect(fd, address, length);
    }

    @Override
    public int disconnect(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return Libc.connect(fd, arena.allocate(SOCKADDR_IN_BYTES, 8), SOCKADDR_IN_BYTES);   // zeros: AF_UNSPEC
        }
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment length) {
        return Libc.getsockname(fd, address, length);
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment length) {
        return Libc.getpeername(fd, address, length);
    }

    @Override
    public int setsockopt(int fd, int level, int name, MemorySegment value) {
        return Libc.setsockopt(fd, level, name, value);
    }

    @Override
    public int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment length) {
        return Libc.getsockopt(fd, level, name, value, length);
    }

    /** Linux keeps, and tells, twice what was asked for, to have room for its own bookkeeping: socket(7). */
    @Override
    public int askedBufferBytes(int bytes) {
        return bytes / 2;
    }

    @Override
    public int available(int fd, MemorySegment count) {
        return Libc.ioctl(fd, FIONREAD, count);
    }

    @Override
    protected int poll(MemorySegment asked) {
        return Libc.poll(asked, 1, 0);
    }

    @Override
    public int shutdown(int fd, int how) {
        return Libc.shutdown(fd, how);
    }

    @Override
    public int close(int fd) {
        return Libc.close(fd);
    }

    @Override
    public int mostPathBytes() {
        return SUN_PATH_BYTES - 2;   // as in the JDK: what one of the two can bind, the other can connect to
    }

    @Override
    public boolean isLinux() {
        return true;
    }

    @Override
    public int receiveNow(int fd, MemorySegment target) {
        return (int) Libc.recv(fd, target, MSG_DONTWAIT);
    }

    @Override
    public int sendNow(int fd, MemorySegment source) {
        return (int) Libc.send(fd, source, MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    /** sendmmsg(2). */
    @Override
    public int sendNow(int fd, MemorySegment headers, int count) {
        return Libc.sendmmsg(fd, headers, count, MSG_DONTWAIT | MSG_NOSIGNAL);
    }

    // ---- by their numbers, as syscall(2) hands them to the kernel without a detour ----

    @Override
    public MemorySegment newState(Arena arena) {
        return Libc.callState(arena);
    }

    @Override
    public int read(MemorySegment state, int fd, long address, int length) {
        return Libc.syscall(state, SYS_RECVFROM, fd, address, length, 0, 0, 0);
    }

    @Override
    public int write(MemorySegment state, int fd, long address, int length) {
        return Libc.syscall(state, SYS_SENDTO, fd, address, length, MSG_NOSIGNAL, 0, 0);
    }

    @Override
    public int accept(MemorySegment state, int fd, MemorySegment name, MemorySegment nameLength) {
        return Libc.syscall(state, SYS_ACCEPT4, fd, name.address(), nameLength.address(),
                SOCK_CLOEXEC | SOCK_NONBLOCK, 0, 0);
    }

    @Override
    public int connect(MemorySegment state, int fd, MemorySegment name, int nameLength) {
        return Libc.syscall(state, SYS_CONNECT, fd, name.address(), nameLength, 0, 0, 0);
    }

    @Override
    public int receive(MemorySegment state, int fd, long address, int length, MemorySegment name,
            MemorySegment nameLength) {
        return Libc.syscall(state, SYS_RECVFROM, fd, address, length, MSG_TRUNC, name.address(), nameLength.address());
    }

    @Override
    public int send(MemorySegment state, int fd, long address, int length, @Nullable MemorySegment name,
            int nameLength) {
        return Libc.syscall(state, SYS_SENDTO, fd, address, length, MSG_NOSIGNAL, name == null ? 0 : name.address(),
                nameLength);
    }
}
