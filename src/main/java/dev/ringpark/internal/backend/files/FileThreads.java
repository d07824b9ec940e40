package dev.ringpark.internal.backend.files;

import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.OpenRequest;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.FileErrors;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Runs the operations of files on a few platform threads, first come, first served; closes overtake what waits, as
 * they may not wait for what has nothing to do with them. All but the threads' own part is the loop's. The pool has
 * locks, but only the loop and these threads ever hold them, for a moment; no thread that a loop carries comes here.
 *
 * <pre>
 * where an operation is | how it gets there        | how a cancel reaches it
 * ----------------------+--------------------------+---------------------------------------------------------------
 * waiting for a thread  | submit                   | it is taken out, and has ended
 * on a thread           | the thread takes it      | an open is given up: it has ended, whatever the thread opens yet
 *                       |                          |   is closed, and until then another has its place in the pool; a
 *                       |                          |   transfer runs on, as the thread has its memory, but if its file
 *                       |                          |   is being closed, the channel is, which ends it
 * done                  | the thread has ended it  | not at all: what it has reached is delivered
 * </pre>
 */
public final class FileThreads implements AutoCloseable {
    private static final Failure WITHOUT_WORDS = new Failure(Errno.UNKNOWN, 0,
            new IOException("a thread for files failed, and could not say why"));
    private static final long WAKE_PAUSE_NANOS = 1_000_000;

    private final Runnable wake;
    private final FilePool threads;
    private final DoneTasks<Task> done = new DoneTasks<>();
    private final AtomicInteger wakers = new AtomicInteger();
    private volatile boolean closed;
    private final Map<Operation, Task> submitted = new HashMap<>();   // loop thread only

    /**
     * At most {@code count} threads, but for closes and for opens that were given up; {@code wake} has the loop poll,
     * and so {@link #deliver} what is done.
     */
    public FileThreads(int count, Runnable wake) {
        this.wake = wake;
        this.threads = new FilePool(count);
    }

    public FileResource newFile(Path path) {
        return new ChannelFile(path);
    }

    /** Takes an operation of a file. */
    public void submit(Operation operation) {
        Task task = operation.kind() == Kind.OPEN ? new Open(operation) : new PlainCall(operation);
        boolean mayWait = submitted.size() >= threads.count();
        submitted.put(operation, task);
        try {
            if (mayWait && operation.kind() == Kind.CLOSE) {
                threads.executeClose(task);
            } else {
                threads.execute(task);
            }
        } catch (Throwable noThreadToBeHad) {
            if (task.begin()) {   // else a thread has it all the same: it was in the queue before no other could be had
                task.fail(noThreadToBeHad);
                task.claim();   // it is not to be given up any more
                done.add(task);
                wake.run();     // or the poll that follows might wait for something else
            }
        }
    }

    /**
     * Asks that an operation end early: whether it has, with no completion to come. It may be asked again, by the close
     * of its file.
     */
    public boolean cancel(Operation operation) {
        Task task = submitted.get(operation);
        if (task == null) {
            return false;   // asked before, and it has ended
        }
        boolean ended = (threads.remove(task) && task.begin()) || task.giveUp();
        if (ended) {
            submitted.remove(operation);
            operation.fail(Failure.CANCELED);
        } else if (!operation.handle().isOpen()) {
            cutShort(task);
        }
        return ended;
    }

    /** Beside the loop, as it blocks until the thread has left the channel. */
    private static void cutShort(Task task) {
        try {
            Thread.ofPlatform().daemon().name("ringpark-files-close").start(task::cutShort);
        } catch (OutOfMemoryError noThreadToBeHad) {
            task.cutShort();   // rather a loop that waits than one that never ends
        }
    }

    /** Hands over what the threads have done, with its result. */
    public void deliver(Consumer<Operation> finished) {
        for (Task task = done.poll(); task != null; task = done.poll()) {
            submitted.remove(task.operation);
            task.settle();
            finished.accept(task.operation);
        }
    }

    /** Nothing is submitted any more; an open that was given up may be on a thread yet. No wake comes from here on. */
    @Override
    public void close() {
        threads.shutdown();
        closed = true;
        while (wakers.get() > 0) {   // for the moment of a system call: what it wakes with may be given back then
            Thread.onSpinWait();
        }
    }

    /**
     * A thread's: the loop may have delivered what it has done, and have come to its end, before this is run. If the
     * wake fails, mostly for want of memory, nobody else would tell the loop, so it is tried again until the loop hears
     * of it, or comes by itself.
     */
    private void wakeLoop() {
        while (!tryToWake() && !done.areAllTaken()) {
            LockSupport.parkNanos(this, WAKE_PAUSE_NANOS);
        }
    }

    /** Whether the loop is awake, or needs no wake any more. A close waits for one try, not for the pauses. */
    private boolean tryToWake() {
        wakers.incrementAndGet();
        try {
            if (!closed) {
                wake.run();
            }
            return true;
        } catch (Throwable e) {
            return false;   // thrown on, it would end the thread, and for another there may be no memory
        } finally {
            wakers.decrementAndGet();
        }
    }

    /** One operation on its way through a thread; the pool's queue and the list of what is done publish its notes. */
    private abstract class Task extends DoneTasks.Linked<Task> implements Runnable {
        final Operation operation;
        private final AtomicBoolean begun = new AtomicBoolean();
        private int result;
        private @Nullable Failure failure;

        Task(Operation operation) {
            this.operation = operation;
        }

        /** Whether it is the caller's to do: the first one's. */
        final boolean begin() {
            return begun.compareAndSet(false, true);
        }

        /** The thread's part: the result. */
        abstract int call() throws IOException;

        /** Whether the loop still waits for the thread, which then may not give up any more. */
        boolean claim() {
            return true;
        }

        /** Whether the loop need not wait for the thread, which then discards what it reaches. */
        boolean giveUp() {
            return false;
        }

        /** Has the thread end soon; blocks until it has. */
        void cutShort() {}

        /** Does away with what it has reached; throws nothing, as that would end the thread. */
        void discard() {}

        @Override
        public final void run() {
            if (!begin()) {
                return;
            }
            try {
                result = call();
            } catch (Throwable e) {
                fail(e);
            }
            if (claim()) {
                done.add(this);
                wakeLoop();
            } else {
                discard();
            }
        }

        /** Throws nothing, as whoever waits for the operation would do so for ever. */
        final void fail(Throwable cause) {
            try {
                failure = failure(cause);
            } catch (Throwable noMemoryForWords) {
                failure = WITHOUT_WORDS;
            }
        }

        /** The loop's part. */
        void settle() {
            if (failure != null) {
                operation.fail(failure);
            } else {
                operation.succeed(result);
            }
        }
    }

    private static Failure failure(Throwable e) {
        if (e instanceof ClosedChannelException) {
            return Failure.CANCELED;
        }
        if (e instanceof IOException told) {
            Errno errno = e instanceof FileSystemException file ? FileErrors.errno(file) : Errno.ofText(e.getMessage());
            return new Failure(errno, 0, told);
        }
        return new Failure(Errno.UNKNOWN, 0, new IOException(e.toString(), e));
    }

    private final class PlainCall extends Task {
        PlainCall(Operation operation) {
            super(operation);
        }

        @Override
        int call() throws IOException {
            return FileCalls.run(operation);
        }

        @Override
        void cutShort() {
            try {
                if (operation.handle() instanceof ChannelFile file) {
                    file.release();
                }
            } catch (IOException e) {
                return;   // whoever closes the file closes it once more, and is told
            }
        }
    }

    private final class Open extends Task {
        private final ChannelFile file;
        private final OpenRequest request;
        private final AtomicBoolean decided = new AtomicBoolean();   // by the first of claim and giveUp
        private @Nullable FileChannel channel;
        private boolean isSeekable;

        Open(Operation operation) {
            super(operation);
            file = (ChannelFile) operation.handle();
            request = operation.request();   // the operation may be another caller's by the time a thread is free
        }

        @Override
        int call() throws IOException {
            if (!decided.get()) {   // else it was given up before it has begun
                channel = ChannelFile.open(request);
                isSeekable = ChannelFile.isSeekable(channel);
            }
            return 0;
        }

        @Override
        boolean claim() {
            return decided.compareAndSet(false, true);
        }

        @Override
        boolean giveUp() {
            boolean isFirst = claim();   // whoever comes first has it
            if (isFirst) {
                threads.miss();
            }
            return isFirst;
        }

        @Override
        void discard() {
            try (FileChannel unwanted = channel) {
                threads.isBack();
                if (unwanted != null && request.deletes() && request.creates()) {
                    // By its name, so only what was new: what was there may by now be in the hands of somebody else.
                    Files.deleteIfExists(request.path());
                }
            } catch (Throwable nobodyIsLeftToTell) {
                return;
            }
        }

        @Override
        void settle() {
            if (channel != null) {
                file.opened(channel, isSeekable);
            }
            super.settle();
        }
    }
}
