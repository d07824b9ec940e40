package dev.ringpark.internal.backend.readiness;

import static dev.ringpark.internal.os.linux.ReadinessAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * epoll(7). A socket is told to it once, for both directions, and edge-triggered: it speaks up when something has come
 * to be ready, and need not be asked to go on. Who is told tries until the system would have to wait. A descriptor of
 * others is told for each wait anew, as nobody here tries anything on it.
 */
final class EpollQueue extends ReadinessQueue {
    private static final int EVERYTHING = EPOLLIN | EPOLLPRI | EPOLLOUT | EPOLLRDHUP | EPOLLET;
    private static final int MOST_EVENTS = 256;   // of one wait
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    private static final long NANOS_PER_MILLI = 1_000_000;

    private final int fd;
    private final int wakeFd;
    private final Arena arena = Arena.ofAuto();   // segments of a shared one would be allocated anew for each call
    private final MemorySegment state = Libc.callState(arena);
    private final MemorySegment events = arena.allocate((long) MOST_EVENTS * EPOLL_EVENT_BYTES, 8);
    private final MemorySegment change = arena.allocate(EPOLL_EVENT_BYTES, 8);
    private final MemorySegment time = arena.allocate(TIMESPEC_BYTES, 8);
    private boolean waitsInNanos = true;   // until the system says that it cannot

    private EpollQueue(int fd, int wakeFd) {
        this.fd = fd;
        this.wakeFd = wakeFd;
    }

    static EpollQueue open() throws IOException {
        int fd = descriptor(Libc.epollCreate(EPOLL_CLOEXEC), "epoll_create1");
        int wakeFd = -1;
        try {
            wakeFd = descriptor(Libc.eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK), "eventfd");
            EpollQueue queue = new EpollQueue(fd, wakeFd);
            queue.requireWorks();
            return queue;
        } catch (Throwable e) {
            Libc.close(fd);
            if (wakeFd >= 0) {
                Libc.close(wakeFd);
            }
            throw e;
        }
    }

    private static int descriptor(int result, String call) throws IOException {
        if (result >= 0) {
            return result;
        }
        Errno errno = LinuxErrno.of(-result);
        if (isRefusal(errno)) {
            throw new BackendUnavailableException(call + ": " + errno + ": a seccomp filter or security module refuses "
                    + "it (allow epoll_create1, epoll_ctl, epoll_pwait and eventfd2)");
        }
        throw SocketErrors.of(LinuxErrno.failure(-result));
    }

    private static boolean isRefusal(Errno errno) {
        return errno == Errno.EPERM || errno == Errno.ENOSYS || errno == Errno.EACCES;
    }

    /** A filter may hand out the queue and forbid its use. */
    private void requireWorks() throws IOException {
        descriptor(control(EPOLL_CTL_ADD, wakeFd, EPOLLIN | EPOLLET, WAKE), "epoll_ctl");
        descriptor(await(0), "epoll_pwait");
    }

    // ---- changes ----

    @Override
    boolean isEdgeTriggered() {
        return true;
    }

    @Override
    int tellForGood(int watched, long data) {
        return control(EPOLL_CTL_ADD, watched, EVERYTHING, data);
    }

    @Override
    int tell(int watched, int wanted, int armed, boolean isKnown, long data) {
        int all = wanted | armed;   // it forgets what it is not told again
        int interest = ((all & READABLE) != 0 ? EPOLLIN : 0) | ((all & WRITABLE) != 0 ? EPOLLOUT : 0);
        return control(isKnown ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, watched, interest | EPOLLONESHOT, data);
    }

    @Override
    int disarmedBy(int directions) {
        return READABLE | WRITABLE;
    }

    /** It forgets a socket that is closed, but what is behind a descriptor of others stays open. */
    @Override
    void forget(FdHandle closing) {
        if (closing.isForeign()) {
            control(EPOLL_CTL_DEL, closing.fd(), 0, 0);
        }
    }

    private int control(int what, int watched, int interest, long data) {
        change.set(JAVA_INT_UNALIGNED, 0, interest);
        change.set(JAVA_LONG_UNALIGNED, EPOLL_EVENT_DATA, data);
        return Libc.syscall(state, SYS_EPOLL_CTL, fd, what, watched, change.address(), 0, 0);
    }

    // ---- events ----

    @Override
    int await(long nanos) {
        if (waitsInNanos) {
            time.set(JAVA_LONG, 0, nanos / NANOS_PER_SECOND);
            time.set(JAVA_LONG, TV_NSEC, nanos % NANOS_PER_SECOND);
            int result = Libc.syscall(state, SYS_EPOLL_PWAIT2, fd, events.address(), MOST_EVENTS,
                    nanos < 0 ? 0 : time.address(), 0, 0);
            if (!isRefused(result)) {
                return result;
            }
            waitsInNanos = false;
        }
        return Libc.syscall(state, SYS_EPOLL_PWAIT, fd, events.address(), MOST_EVENTS, millis(nanos), 0, 0);
    }

    /** By an older kernel, or a filter that does not know the call. */
    private static boolean isRefused(int result) {
        return result < 0 && isRefusal(LinuxErrno.of(-result));
    }

    /** Rounded up, so that nothing is early. */
    private static long millis(long nanos) {
        return nanos < 0 ? -1 : Math.min(Math.ceilDiv(nanos, NANOS_PER_MILLI), Integer.MAX_VALUE);
    }

    @Override
    String callName() {
        return waitsInNanos ? "epoll_pwait2" : "epoll_pwait";
    }

    /** An error or a hang-up concerns both directions. */
    @Override
    int ready(int index) {
        int told = events.get(JAVA_INT_UNALIGNED, (long) index * EPOLL_EVENT_BYTES);
        int both = EPOLLERR | EPOLLHUP;
        return ((told & (EPOLLIN | EPOLLRDHUP | both)) != 0 ? READABLE : 0)
                | ((told & (EPOLLOUT | both)) != 0 ? WRITABLE : 0)
                | ((told & (EPOLLRDHUP | EPOLLPRI | both)) != 0 ? UNUSUAL : 0);
    }

    /** What it refuses, it refuses at once. */
    @Override
    int error(int index) {
        return 0;
    }

    /** It leaves that to be asked for. */
    @Override
    int socketError(int index) {
        return 0;
    }

    @Override
    long data(int index) {
        return events.get(JAVA_LONG_UNALIGNED, (long) index * EPOLL_EVENT_BYTES + EPOLL_EVENT_DATA);
    }

    /** Each write is an edge of its own, so nobody has to read it. */
    @Override
    void wake() {
        Libc.eventfdWrite(wakeFd, 1);
    }

    @Override
    void close() {
        Libc.close(fd);
        Libc.close(wakeFd);
    }
}
