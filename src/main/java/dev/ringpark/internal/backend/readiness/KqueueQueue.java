package dev.ringpark.internal.backend.readiness;

import static dev.ringpark.internal.os.bsd.KeventAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.os.SocketCalls;
import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.bsd.KeventAbi;
import dev.ringpark.internal.os.bsd.Kqueue;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * kqueue(2). Each wait is told anew and for one event, which costs nothing: what is told is collected and handed over
 * by the call that waits. As a wait that finds its descriptor ready is answered at once, nothing is told too late. A
 * descriptor that is closed takes what was told of it along; what had not been handed over yet is dropped here, so
 * that the next owner of its number does not find it.
 */
final class KqueueQueue extends ReadinessQueue {
    private static final int FIRST_CHANGES = 256;
    private static final int LEAST_EVENTS = 256;   // of one wait
    private static final long NANOS_PER_SECOND = 1_000_000_000;
    /** A day. macOS refuses what it takes for a mistake, from three years on; to wake up so seldom costs nothing. */
    private static final long LONGEST_WAIT_NANOS = 86_400 * NANOS_PER_SECOND;

    private final Kqueue calls;
    private final SocketCalls sockets;
    private final KeventAbi abi;
    private final boolean closeForgets;
    private final int fd;
    private final Arena arena = Arena.ofAuto();   // segments of a shared one would be allocated anew for each call
    private final MemorySegment state;
    private final MemorySegment time = arena.allocate(TIMESPEC_BYTES, 8);
    private final MemorySegment wakeUp;
    private MemorySegment changes;
    private MemorySegment events;
    private int changeCount;

    private KqueueQueue(Kqueue calls, SocketCalls sockets, KeventAbi abi, boolean closeForgets) throws IOException {
        this.calls = calls;
        this.sockets = sockets;
        this.abi = abi;
        this.closeForgets = closeForgets;
        this.state = calls.newState(arena);
        this.changes = arena.allocate((long) FIRST_CHANGES * abi.bytes(), 8);
        this.events = arena.allocate((long) LEAST_EVENTS * abi.bytes(), 8);
        this.wakeUp = arena.allocate(abi.bytes(), 8);
        sockets.close(-1);   // loads what a close takes while there are descriptors: it is the cure if there are none
        this.fd = require(calls.kqueue(state));
    }

    /**
     * A new one.
     *
     * @param closeForgets whether the close of a descriptor takes along what was told of it, as on a real system
     */
    static KqueueQueue open(Kqueue calls, SocketCalls sockets, KeventAbi abi, boolean closeForgets) throws IOException {
        KqueueQueue queue = new KqueueQueue(calls, sockets, abi, closeForgets);
        try {
            queue.prepareWakeUp();
            return queue;
        } catch (Throwable e) {
            queue.close();
            throw e;
        }
    }

    private int require(int result) throws IOException {
        if (result < 0) {
            throw SocketErrors.of(sockets.failure(-result));
        }
        return result;
    }

    private void prepareWakeUp() throws IOException {
        put(wakeUp, 0, abi.evfiltUser(), EV_ADD | EV_CLEAR, 0, WAKE);
        require(calls.kevent(state, fd, wakeUp.address(), 1, 0, 0, 0));
        put(wakeUp, 0, abi.evfiltUser(), 0, NOTE_TRIGGER, WAKE);
    }

    // ---- changes ----

    @Override
    boolean isEdgeTriggered() {
        return false;
    }

    @Override
    int tellForGood(int watched, long data) {
        throw new AssertionError("each wait is told");
    }

    /** Never refused here, but perhaps when it is handed over. */
    @Override
    int tell(int watched, int wanted, int armed, boolean isKnown, long data) {
        int missing = wanted & ~armed;
        if ((missing & READABLE) != 0) {
            put(nextChange(), watched, EVFILT_READ, EV_ADD | EV_ONESHOT, 0, data);
        }
        if ((missing & WRITABLE) != 0) {
            put(nextChange(), watched, EVFILT_WRITE, EV_ADD | EV_ONESHOT, 0, data);
        }
        return 0;
    }

    @Override
    int disarmedBy(int directions) {
        return directions;
    }

    /** kqueue would not call a file ready at its end, and poll does. */
    @Override
    boolean isReadyAtOnce(int watched, int direction) {
        return sockets.isReady(watched, direction == READABLE);
    }

    private MemorySegment nextChange() {
        if ((long) changeCount * abi.bytes() == changes.byteSize()) {
            MemorySegment longer = arena.allocate(2 * changes.byteSize(), 8);
            longer.copyFrom(changes);
            changes = longer;
            events = arena.allocate(longer.byteSize(), 8);   // as many as changes: each may be refused
        }
        return at(changes, changeCount++);
    }

    private MemorySegment at(MemorySegment list, int index) {
        return list.asSlice((long) index * abi.bytes(), abi.bytes());
    }

    private static void put(MemorySegment change, int ident, int filter, int flags, int fflags, long data) {
        change.set(JAVA_LONG, 0, ident);
        change.set(JAVA_SHORT, KEVENT_FILTER, (short) filter);
        change.set(JAVA_SHORT, KEVENT_FLAGS, (short) flags);
        change.set(JAVA_INT, KEVENT_FFLAGS, fflags);
        change.set(JAVA_LONG, KEVENT_DATA, 0);
        change.set(JAVA_LONG, KEVENT_UDATA, data);
    }

    @Override
    void forget(FdHandle closing) {
        int kept = 0;
        for (int i = 0; i < changeCount; i++) {
            MemorySegment change = at(changes, i);
            if (change.get(JAVA_LONG, 0) != closing.fd()) {
                at(changes, kept++).copyFrom(change);
            }
        }
        changeCount = kept;
        if (!closeForgets) {
            take(closing.fd(), EVFILT_READ);
            take(closing.fd(), EVFILT_WRITE);
        }
    }

    /** Takes a registration back; that there may be none is no error here. */
    private void take(int watched, int filter) {
        try (Arena own = Arena.ofConfined()) {
            MemorySegment change = own.allocate(abi.bytes(), 8);
            put(change, watched, filter, EV_DELETE, 0, 0);
            calls.change(fd, change.address());
        }
    }

    // ---- events ----

    @Override
    int await(long nanos) {
        long bounded = Math.min(nanos, LONGEST_WAIT_NANOS);
        time.set(JAVA_LONG, 0, bounded / NANOS_PER_SECOND);
        time.set(JAVA_LONG, TV_NSEC, bounded % NANOS_PER_SECOND);
        int told = changeCount;
        changeCount = 0;   // an interruption, too, comes after they have been taken
        return calls.kevent(state, fd, changes.address(), told, events.address(),
                (int) (events.byteSize() / abi.bytes()), nanos < 0 ? 0 : time.address());
    }

    @Override
    String callName() {
        return "kevent";
    }

    @Override
    long data(int index) {
        return at(events, index).get(JAVA_LONG, KEVENT_UDATA);
    }

    @Override
    int ready(int index) {
        MemorySegment event = at(events, index);
        int direction = event.get(JAVA_SHORT, KEVENT_FILTER) == EVFILT_READ ? READABLE : WRITABLE;
        return (flags(event) & EV_EOF) != 0 ? direction | UNUSUAL : direction;
    }

    @Override
    int error(int index) {
        MemorySegment event = at(events, index);
        return (flags(event) & EV_ERROR) != 0 ? (int) event.get(JAVA_LONG, KEVENT_DATA) : 0;
    }

    @Override
    int socketError(int index) {
        MemorySegment event = at(events, index);
        return (flags(event) & EV_EOF) != 0 ? event.get(JAVA_INT, KEVENT_FFLAGS) : 0;
    }

    private static int flags(MemorySegment event) {
        return Short.toUnsignedInt(event.get(JAVA_SHORT, KEVENT_FLAGS));
    }

    @Override
    void wake() {
        calls.change(fd, wakeUp.address());
    }

    @Override
    void close() {
        sockets.close(fd);
    }
}
