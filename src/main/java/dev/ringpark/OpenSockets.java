package dev.ringpark;

import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathsHandle;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The sockets, listeners and files of a loop that are not closed: what it closes at its end, and what
 * {@link LostSockets} closes when nobody has them any more. An entry is both at once, a link of the list and the
 * reference that notices, because each idle connection pays for it. It knows the handle only, and so keeps no socket
 * alive.
 *
 * <p>The monitor is for the threads that open and close, not for the loop, which never comes here before its end;
 * nobody waits, or calls anything, while he changes the list.
 */
final class OpenSockets {
    /** One of them. */
    static class Entry extends PhantomReference<Object> {
        private final @Nullable Descriptor handle;   // null for the anchor alone
        private Entry previous = this;
        private Entry next = this;

        private Entry(@Nullable Object channel, @Nullable Descriptor handle, ReferenceQueue<Object> lost) {
            super(channel, lost);
            this.handle = handle;
        }

        /** Where it was opened; null unless that is to be reported. */
        @Nullable Throwable opened() {
            return null;
        }

        boolean isOpen() {
            return handle != null && handle.isOpen();
        }

        @Override
        public String toString() {
            return String.valueOf(handle);
        }
    }

    /** One that remembers where it was opened. */
    private static final class TracedEntry extends Entry {
        private final Throwable opened;

        TracedEntry(Object channel, Descriptor handle, ReferenceQueue<Object> lost) {
            super(channel, handle, lost);
            opened = new Throwable(channel.getClass().getSimpleName() + " opened by " + Thread.currentThread());
        }

        @Override
        Throwable opened() {
            return opened;
        }
    }

    private final LoopDoor door;
    private final Parking parking;
    private final boolean traces;
    private @Nullable PathsHandle paths;
    private final ReferenceQueue<Object> lost = new ReferenceQueue<>();
    private final Entry anchor = new Entry(null, null, lost);   // between the youngest and the oldest
    private volatile boolean shut;

    /** Those of the loop that {@code door} leads into. */
    OpenSockets(LoopDoor door, Parking parking, boolean traces) {
        this.door = door;
        this.parking = parking;
        this.traces = traces;
    }

    /** The entries whose sockets the collector has taken. */
    ReferenceQueue<Object> lost() {
        return lost;
    }

    /**
     * Takes in a new {@code channel} on {@code handle}, which is closed if that fails: nobody else would.
     *
     * @throws AsynchronousCloseException if the loop has been closed meanwhile; the handle is closed, too
     */
    Entry add(Object channel, Descriptor handle) throws IOException {
        Entry entry;
        try {
            entry = entry(channel, handle);
        } catch (Throwable noMemory) {
            close(handle);
            throw noMemory;
        }
        if (!link(entry)) {
            close(handle);
            throw new AsynchronousCloseException();
        }
        return entry;
    }

    private Entry entry(Object channel, Descriptor handle) {
        return traces ? new TracedEntry(channel, handle, lost) : new Entry(channel, handle, lost);
    }

    /** The one handle of all operations on paths, from the first on; another when a thread has left it broken. */
    PathsHandle paths() throws IOException {
        PathsHandle made;
        synchronized (this) {
            if (paths != null && paths.isOpen()) {
                return paths;
            }
            made = new PathsHandle();
            if (link(entry(made, made))) {
                paths = made;
                return made;
            }
        }
        close(made);   // parks, and so not in there
        throw new AsynchronousCloseException();
    }

    /** Closes the handle of {@code entry} once nothing uses it; parks until then. */
    void close(Entry entry) throws IOException {
        try {
            if (entry.handle != null) {
                close(entry.handle);
            }
        } finally {
            forgetIfClosed(entry);
        }
    }

    /** Who ran out of stack or memory half way may have asked for no close: the collector, or the end, does then. */
    private void forgetIfClosed(Entry entry) {
        if (entry.handle == null || entry.handle.isClosed()) {
            unlink(entry);   // nobody has it now but its socket: the collector will not tell of it
        }
    }

    /** Asks for what {@link #close} waits for: the operation that does it, if it has to be done. */
    List<Operation> askClose(Entry entry) {
        List<Operation> closes = new ArrayList<>(1);
        if (entry.handle != null) {
            entry.handle.startClosing();
            beginClose(entry.handle, closes);
        }
        door.submitAll(closes);
        return closes;
    }

    /** Has a lost one closed; nobody is left to be told of it. */
    void closeLost(Entry entry) {
        askClose(entry);   // from here on it holds up the loop's end by itself
        unlink(entry);
    }

    private void close(Descriptor handle) throws IOException {
        handle.startClosing();
        if (handle.isClosed()) {
            return;
        }
        Operation close = new Operation(handle);
        close.beginClose();
        parking.submitAndPark(close);
        Failure failure = close.failure();
        if (failure != null) {
            throw handle.closeFailed(failure);
        }
    }

    boolean isShut() {
        return shut;
    }

    /** Takes none in from here on. */
    synchronized void shut() {
        shut = true;
    }

    /** Has each that is open start closing; the operations that finish it, for the caller to submit and wait for. */
    List<Operation> beginCloses() {
        List<Descriptor> handles = handles();
        handles.forEach(Descriptor::startClosing);
        List<Operation> closes = new ArrayList<>(handles.size());
        handles.forEach(handle -> beginClose(handle, closes));
        return closes;
    }

    private static void beginClose(Descriptor handle, List<Operation> closes) {
        if (!handle.isClosed()) {
            Operation close = new Operation(handle);
            close.beginClose();
            closes.add(close);
        }
    }

    /** What has not ended of those that are not closed, oldest socket first. */
    List<PendingOperation> pending() {
        List<PendingOperation> pending = new ArrayList<>();
        for (Descriptor handle : handles()) {
            if (!handle.isClosed()) {
                PendingOperation.add(handle, pending);
            }
        }
        return List.copyOf(pending);
    }

    private synchronized List<Descriptor> handles() {
        List<Descriptor> handles = new ArrayList<>();
        for (Entry entry = anchor.next; entry.handle != null; entry = entry.next) {
            handles.add(entry.handle);
        }
        return handles;
    }

    /** Forgets them all, each by itself, as its socket may yet be closed: the loop has ended. */
    synchronized void clear() {
        while (anchor.next != anchor) {
            unlink(anchor.next);
        }
    }

    private synchronized boolean link(Entry entry) {
        if (shut) {
            return false;
        }
        entry.previous = anchor.previous;
        entry.next = anchor;
        entry.previous.next = entry;
        anchor.previous = entry;
        return true;
    }

    /** The second time nothing happens: one that is out points to itself. */
    private synchronized void unlink(Entry entry) {
        entry.previous.next = entry.next;
        entry.next.previous = entry.previous;
        entry.previous = entry;
        entry.next = entry;
    }
}
