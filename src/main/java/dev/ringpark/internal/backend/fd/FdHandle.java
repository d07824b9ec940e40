package dev.ringpark.internal.backend.fd;

import static dev.ringpark.internal.os.linux.SocketAbi.AF_INET;
import static dev.ringpark.internal.os.linux.SocketAbi.AF_INET6;
import static dev.ringpark.internal.os.linux.SocketAbi.AF_UNIX;
import static dev.ringpark.internal.os.linux.SocketAbi.SHUT_RD;
import static dev.ringpark.internal.os.linux.SocketAbi.SHUT_WR;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.AbstractName;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.SockAddr;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A socket that is a descriptor number. */
public final class FdHandle extends Handle {
    private static final int END = -1;   // of a stream

    private final SocketCalls calls;
    private final int fd;
    private final int family;
    private final SocketType type;
    private volatile byte @Nullable [] peer;   // a sockaddr; decoded when somebody asks, which few do
    private volatile boolean lingers;

    public FdHandle(SocketCalls calls, int fd, int family, SocketType type) {
        this.calls = calls;
        this.fd = fd;
        this.family = family;
        this.type = type;
    }

    public int fd() {
        return fd;
    }

    /** AF_INET, AF_INET6 or AF_UNIX; AF_UNSPEC of what may be no socket at all. */
    public int family() {
        return family;
    }

    /** Whether somebody else does with it what is done. */
    public boolean isForeign() {
        return type == SocketType.FOREIGN || type == SocketType.FOREIGN_COPY;
    }

    /** Remembers the peer, so that its address is known even after it has reset the connection. */
    public void peer(byte[] sockaddr) {
        peer = sockaddr;
    }

    @Override
    public boolean isIpv4Only() {
        return family == AF_INET;
    }

    @Override
    public void requireNameable(SocketAddress address) throws SocketException {
        if (address instanceof AbstractName && !calls.isLinux()) {
            throw new UnsupportedOperationException(
                    "only Linux has abstract names, with io_uring or epoll: " + address);
        }
        SockAddr.requireFits(address, calls.mostPathBytes());
    }

    @Override
    public void bind(SocketAddress local, int backlog) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SockAddr.MAX_BYTES, 8);
            int length = SockAddr.encode(local, family, address);
            checkBind(calls.bind(fd, address, length));
        }
        if (type == SocketType.LISTENER) {
            listen(backlog);
        }
    }

    private void listen(int backlog) throws IOException {
        try {
            checkBind(calls.listen(fd, backlog));
        } catch (IOException e) {
            startClosing();
            throw e;
        }
    }

    private void checkBind(int result) throws IOException {
        if (result < 0) {
            throw SocketErrors.ofBind(calls.failure(-result));
        }
    }

    @Override
    public @Nullable SocketAddress localAddress() throws IOException {
        SocketAddress local = socketName();
        return isBoundTo(local) ? local : null;
    }

    private SocketAddress socketName() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(SockAddr.MAX_BYTES, 8);
            MemorySegment length = arena.allocateFrom(JAVA_INT, SockAddr.MAX_BYTES);
            check(calls.getsockname(fd, address, length));
            int bytes = Math.min(length.get(JAVA_INT, 0), SockAddr.MAX_BYTES);
            return SockAddr.decode(address.asSlice(0, bytes));
        }
    }

    /** A Unix socket has no name before it is bound, and may have none afterwards either. */
    private boolean isBoundTo(SocketAddress local) {
        return local instanceof InetSocketAddress inet ? inet.getPort() != 0
                : peer != null || !local.toString().isEmpty();
    }

    @Override
    public @Nullable SocketAddress remoteAddress() {
        byte[] known = peer;
        return known == null ? null : SockAddr.decode(MemorySegment.ofArray(known));
    }

    @Override
    public Set<SocketOption<?>> supportedOptions() {
        boolean isUnix = family == AF_UNIX;
        return switch (type) {
            case STREAM -> isUnix ? UNIX_SOCKET_OPTIONS : SOCKET_OPTIONS;
            case LISTENER -> isUnix ? UNIX_LISTENER_OPTIONS : LISTENER_OPTIONS;
            case DATAGRAM, IPV6_DATAGRAM -> DATAGRAM_OPTIONS;
            case FOREIGN, FOREIGN_COPY -> Set.of();
        };
    }

    @Override
    public <T> void setOption(SocketOption<T> option, T value) throws IOException {
        if (FdMulticast.isOption(option)) {
            FdMulticast.set(calls, fd, family, option, value);
        } else {
            FdOptions.set(calls, fd, family, option, value);
        }
        if (option == StandardSocketOptions.SO_LINGER) {
            lingers = (Integer) value > 0;
        }
    }

    @Override
    public <T> @Nullable T option(SocketOption<T> option) throws IOException {
        return FdMulticast.isOption(option)
                ? option.type().cast(FdMulticast.get(calls, fd, family, option))
                : FdOptions.get(calls, fd, family, option);
    }

    @Override
    public void shutdownInput() throws IOException {
        shutdown(SHUT_RD);
    }

    @Override
    public void shutdownOutput() throws IOException {
        shutdown(SHUT_WR);
    }

    /** A peer that has gone leaves nothing to shut down. */
    private void shutdown(int how) throws IOException {
        int result = calls.shutdown(fd, how);
        if (result < 0 && calls.errno(-result) != Errno.ENOTCONN) {
            check(result);
        }
    }

    @Override
    public int readNow(ByteBuffer target) throws IOException {
        int result = FdAttempts.read(calls, fd, target, this::noteFailure);
        if (result == FdAttempts.NO_ROOM) {
            return 0;
        }
        return result == 0 ? END : count(result);
    }

    @Override
    public int writeNow(ByteBuffer source) throws IOException {
        return count(FdAttempts.write(calls, fd, source, this::noteFailure));
    }

    private int count(int result) throws IOException {
        if (result >= 0) {
            return result;
        }
        if (calls.isToWait(-result) || calls.isInterruption(-result)) {
            return 0;
        }
        noteFailure(-result);
        throw SocketErrors.of(calls.failure(-result));
    }

    private void noteFailure(int errno) {
        noteFailure(calls.failure(errno));
    }

    @Override
    public int available() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment count = arena.allocate(JAVA_INT);
            check(calls.available(fd, count));
            return count.get(JAVA_INT, 0);
        }
    }

    @Override
    public long[] peerCredentials() throws IOException {
        return calls.isLinux() ? FdOptions.peerCredentials(calls, fd) : super.peerCredentials();
    }

    @Override
    public boolean isIpv6Only() {
        return type == SocketType.IPV6_DATAGRAM;
    }

    @Override
    public void connect(SocketAddress remote) throws IOException {
        peer = FdDatagrams.connect(calls, fd, family, remote);
    }

    @Override
    public void disconnect() throws IOException {
        SocketAddress before = socketName();
        FdDatagrams.disconnect(calls, fd);
        peer = null;
        InetSocketAddress now = (InetSocketAddress) socketName();
        if (now.getPort() == 0 && before instanceof InetSocketAddress bound) {   // Linux forgets a port of its choice
            bind(new InetSocketAddress(now.getAddress(), bound.getPort()), 0);
        }
    }

    @Override
    public int sendNow(ByteBuffer[] sources, int first, @Nullable InetSocketAddress target) throws IOException {
        return FdDatagrams.send(calls, fd, family, sources, first, target);
    }

    @Override
    public Membership join(InetAddress group, NetworkInterface via, @Nullable InetAddress source) throws IOException {
        if (family == AF_INET6 && group instanceof Inet4Address && !calls.isLinux()) {
            throw new UnsupportedAddressTypeException();
        }
        if (source != null && !calls.isLinux()) {
            throw new UnsupportedOperationException("here no group can be heard from one sender alone; Linux can");
        }
        FdMulticast.join(calls, fd, group, via, source);
        return () -> FdMulticast.leave(calls, fd, group, via, source);
    }

    /** close(2). With a positive SO_LINGER it would block for as long as that says, so that is switched off before. */
    public void release() throws IOException {
        if (type == SocketType.FOREIGN) {
            return;
        }
        try {
            if (lingers) {
                FdOptions.set(calls, fd, family, StandardSocketOptions.SO_LINGER, -1);
            }
        } catch (IOException itIsOver) {
            // macOS takes no options any more once both sides are shut, and nobody waits for such a close.
        } finally {
            check(calls.close(fd));
        }
    }

    private void check(int result) throws IOException {
        if (result < 0) {
            throw SocketErrors.of(calls.failure(-result));
        }
    }

    @Override
    public String toString() {
        return "fd " + fd + to(remoteAddress());
    }
}
