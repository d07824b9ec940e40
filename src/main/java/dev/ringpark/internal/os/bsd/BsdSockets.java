package dev.ringpark.internal.os.bsd;

import static dev.ringpark.internal.os.bsd.BsdAbi.*;
import static dev.ringpark.internal.os.linux.SocketAbi.AF_INET6;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.NativeCall;
import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.linux.SocketAbi;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The calls as macOS and FreeBSD have them, with what they are given translated, and what they say translated back. */
public final class BsdSockets extends SocketCalls {
    private static final int MOST_DATAGRAM_BYTES = 1 << 16;

    private final BsdAbi abi;
    private final BsdLibc libc;
    private final BsdAddresses addresses;
    private final Arena arena = Arena.ofAuto();
    private final MemorySegment datagram = arena.allocate(MOST_DATAGRAM_BYTES, 8);   // loop thread only

    public BsdSockets(BsdAbi abi, SymbolLookup library) {
        this.abi = abi;
        this.libc = new BsdLibc(library, abi.sockCloexec != 0);
        this.addresses = new BsdAddresses(abi);
        failure(EINVAL);   // loads what a failure needs, of the old numbers and the new, while there are descriptors
        failure(ENOPROTOOPT);
    }

    @Override
    public Errno errno(int number) {
        return abi.errno(number);
    }

    @Override
    public Failure failure(int number) {
        Errno errno = abi.errno(number);
        return errno == Errno.ECANCELED ? Failure.CANCELED : new Failure(errno, number, null);
    }

    private static int call(ToIntFunction<MemorySegment> call) {
        try (Arena arena = Arena.ofConfined()) {
            return call.applyAsInt(NativeCall.newState(arena));
        }
    }

    // ---- a socket's life ----

    @Override
    public int socket(int family, int type, boolean isBlocking) {
        int flags = abi.sockCloexec | (isBlocking ? 0 : abi.sockNonblock);
        return call(state -> {
            int fd = libc.socket(state, family == AF_INET6 ? abi.afInet6 : family, type | flags);
            int result = fd < 0 ? fd : prepared(state, fd, isBlocking);
            if (result >= 0 && type == SocketAbi.SOCK_DGRAM) {
                makeRoomForDatagrams(state, fd);
            }
            return result;
        });
    }

    /** A datagram longer than the buffer, which holds 9,216 bytes at first, cannot be sent; the JDK does so, too. */
    private void makeRoomForDatagrams(MemorySegment state, int fd) {
        int option = abi.option(SocketAbi.SOL_SOCKET, SocketAbi.SO_SNDBUF);
        if (libc.intOption(state, fd, SOL_SOCKET, option) < MOST_DATAGRAM_BYTES) {
            libc.setIntOption(state, fd, SOL_SOCKET, option, MOST_DATAGRAM_BYTES);   // refused, it stays as it is
        }
    }

    /** What could not be asked for together with the socket. */
    private int prepared(MemorySegment state, int fd, boolean isBlocking) {
        int result = 0;
        if (abi.sockCloexec == 0) {
            result = libc.fcntl(state, fd, F_SETFD, FD_CLOEXEC);
        }
        if (result >= 0 && abi.sockNonblock == 0 && !isBlocking) {
            int flags = libc.fcntl(state, fd, F_GETFL, 0);
            result = flags < 0 ? flags : libc.fcntl(state, fd, F_SETFL, flags | O_NONBLOCK);
        }
        if (result >= 0) {
            result = libc.setIntOption(state, fd, SOL_SOCKET, abi.soNosigpipe, 1);
            result = result == -EINVAL ? 0 : result;   // macOS, of a connection that has been reset by now
        }
        if (result < 0) {
            libc.close(state, fd);
        }
        return result < 0 ? result : fd;
    }

    @Override
    public int duplicate(int fd) {
        return call(state -> libc.fcntl(state, fd, abi.fDupfdCloexec, 0));
    }

    @Override
    public int bind(int fd, MemorySegment address, int length) {
        return call(state -> {
            addresses.intoOurs(address, length);
            int result = libc.bind(state, fd, address.address(), length);
            addresses.intoLinux(address);
            return result;
        });
    }

    @Override
    public int listen(int fd, int backlog) {
        return call(state -> libc.listen(state, fd, backlog));
    }

    @Override
    public int connect(int fd, MemorySegment address, int length) {
        return call(state -> connect(state, fd, address, length));
    }

    /** By an address of no family, which a BSD takes, and complains about. */
    @Override
    public int disconnect(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment nobody = arena.allocate(SocketAbi.SOCKADDR_IN_BYTES, 8);
            int result = connect(fd, nobody, SocketAbi.SOCKADDR_IN_BYTES);
            return result == -EAFNOSUPPORT || result == -EINVAL ? 0 : result;
        }
    }

    @Override
    public int getsockname(int fd, MemorySegment address, MemorySegment length) {
        return call(state -> addresses.named(
                libc.getsockname(state, fd, address.address(), length.address()), address, length));
    }

    @Override
    public int getpeername(int fd, MemorySegment address, MemorySegment length) {
        return call(state -> addresses.named(
                libc.getpeername(state, fd, address.address(), length.address()), address, length));
    }

    @Override
    public int available(int fd, MemorySegment count) {
        return call(state -> libc.ioctl(state, fd, FIONREAD, count.address()));
    }

    @Override
    protected int poll(MemorySegment asked) {
        return call(state -> libc.poll(state, asked.address(), 1, 0));
    }

    @Override
    public int shutdown(int fd, int how) {
        return call(state -> libc.shutdown(state, fd, how));
    }

    @Override
    public int close(int fd) {
        return call(state -> libc.close(state, fd));
    }

    @Override
    public int mostPathBytes() {
        return SUN_PATH_BYTES - 2;   // as in the JDK
    }

    @Override
    public boolean isLinux() {
        return false;
    }

    // ---- options ----

    @Override
    public int setsockopt(int fd, int level, int name, MemorySegment value) {
        if (BsdMembership.isMeant(level, name)) {
            return call(state -> BsdMembership.set(libc, state, fd, level, name == SocketAbi.MCAST_JOIN_GROUP, value));
        }
        int ours = abi.option(level, name);
        return ours < 0 ? -ENOPROTOOPT : call(state -> libc.setsockopt(
                state, fd, BsdAbi.level(level), ours, value.address(), (int) value.byteSize()));
    }

    @Override
    public int getsockopt(int fd, int level, int name, MemorySegment value, MemorySegment length) {
        int ours = abi.option(level, name);
        return ours < 0 ? -ENOPROTOOPT : call(state -> libc.getsockopt(
                state, fd, BsdAbi.level(level), ours, value.address(), length.address()));
    }

    @Override
    public int askedBufferBytes(int bytes) {
        return bytes;
    }

    // ---- transfers that do not wait ----

    @Override
    public int receiveNow(int fd, MemorySegment target) {
        return call(state -> libc.recv(state, fd, target, MSG_DONTWAIT));
    }

    @Override
    public int sendNow(int fd, MemorySegment source) {
        return call(state -> reason(state, fd, libc.send(state, fd, source, MSG_DONTWAIT | abi.msgNosignal)));
    }

    /** One by one, as only FreeBSD has a call for many, and that makes one of each, too. */
    @Override
    public int sendNow(int fd, MemorySegment headers, int count) {
        return call(state -> {
            for (int i = 0; i < count; i++) {
                int result = sendNow(state, fd, headers.asSlice((long) i * SocketAbi.MMSGHDR_BYTES));
                if (result < 0) {
                    return i > 0 ? i : result;
                }
            }
            return count;
        });
    }

    private int sendNow(MemorySegment state, int fd, MemorySegment header) {
        int nameBytes = header.get(JAVA_INT, SocketAbi.MSG_NAMELEN);
        MemorySegment name = MemorySegment.ofAddress(header.get(JAVA_LONG, SocketAbi.MSG_NAME)).reinterpret(nameBytes);
        MemorySegment vector = MemorySegment.ofAddress(header.get(JAVA_LONG, SocketAbi.MSG_IOV))
                .reinterpret(SocketAbi.IOVEC_BYTES);
        if (nameBytes > 0) {
            addresses.intoOurs(name, nameBytes);
        }
        int result = libc.sendto(state, fd, vector.get(JAVA_LONG, 0), vector.get(JAVA_LONG, SocketAbi.IOV_LEN),
                MSG_DONTWAIT | abi.msgNosignal, name.address(), nameBytes);
        if (nameBytes > 0) {
            addresses.intoLinux(name);
        }
        return result;
    }

    // ---- on the path of each operation ----

    @Override
    public MemorySegment newState(Arena arena) {
        return NativeCall.newState(arena);
    }

    @Override
    public int read(MemorySegment state, int fd, long address, int length) {
        return libc.recvfrom(state, fd, address, length, 0, 0, 0);
    }

    @Override
    public int write(MemorySegment state, int fd, long address, int length) {
        return reason(state, fd, libc.sendto(state, fd, address, length, abi.msgNosignal, 0, 0));
    }

    /** To who writes into a connection that was reset, these systems say at once that the pipe is broken. */
    private int reason(MemorySegment state, int fd, int result) {
        if (result != -EPIPE) {
            return result;
        }
        int error = libc.intOption(state, fd, SOL_SOCKET, SO_ERROR);
        return error == 0 ? result : -error;
    }

    @Override
    public int accept(MemorySegment state, int fd, MemorySegment name, MemorySegment nameLength) {
        int accepted = libc.accept(
                state, fd, name.address(), nameLength.address(), abi.sockCloexec | abi.sockNonblock);
        if (accepted < 0) {
            return accepted;
        }
        if (nameLength.get(JAVA_INT, 0) == 0) {   // macOS hands out a connection that has been reset, without a name
            libc.close(state, accepted);
            return -ECONNABORTED;
        }
        return prepared(state, addresses.named(accepted, name, nameLength), false);
    }

    @Override
    public int connect(MemorySegment state, int fd, MemorySegment name, int nameLength) {
        addresses.intoOurs(name, nameLength);
        int result = libc.connect(state, fd, name.address(), nameLength);
        addresses.intoLinux(name);
        return result;
    }

    /** These systems do not tell how long a datagram was that did not fit: it is received whole, and copied. */
    @Override
    public int receive(MemorySegment state, int fd, long address, int length, MemorySegment name,
            MemorySegment nameLength) {
        int bytes = libc.recvfrom(state, fd, datagram.address(), MOST_DATAGRAM_BYTES, 0, name.address(),
                nameLength.address());
        if (bytes >= 0) {
            int taken = Math.min(bytes, length);
            MemorySegment.copy(datagram, 0, MemorySegment.ofAddress(address).reinterpret(taken), 0, taken);
            addresses.named(bytes, name, nameLength);
        }
        return bytes;
    }

    @Override
    public int send(MemorySegment state, int fd, long address, int length, @Nullable MemorySegment name,
            int nameLength) {
        if (name == null) {
            return libc.sendto(state, fd, address, length, abi.msgNosignal, 0, 0);
        }
        addresses.intoOurs(name, nameLength);
        int result = libc.sendto(state, fd, address, length, abi.msgNosignal, name.address(), nameLength);
        addresses.intoLinux(name);
        return result;
    }
}
