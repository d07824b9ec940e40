package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.*;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.Counters.Count;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.fd.FdFile;
import dev.ringpark.internal.backend.fd.FdHandle;
import dev.ringpark.internal.backend.fd.FdSockets;
import dev.ringpark.internal.backend.files.FileThreads;
import dev.ringpark.internal.op.FileResource;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.OperationQueue;
import dev.ringpark.internal.op.Resource;
import dev.ringpark.internal.op.SocketType;
import dev.ringpark.internal.os.Failure;
import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import dev.ringpark.internal.os.linux.LinuxSockets;
import java.io.IOException;
import java.net.ProtocolFamily;
import java.nio.file.Path;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The contract over one ring. An operation is mostly one submission and one completion. Transfers of arrays that cannot
 * go at once alternate between waiting for readiness, which needs no memory, and an attempt that never waits, through
 * a pooled buffer that goes back right after it. {@link Submissions} and {@link FileSubmissions} tell what else takes
 * several steps.
 */
public final class UringBackend implements Backend {
    private static final long WAKE = -1;
    private static final int WAKE_BYTES = 8;

    private final Ring ring;
    private final InFlight inFlight;
    private final Completions completions;
    private final Counters counters;
    private final Submissions submissions;
    private final FileSubmissions fileSubmissions;
    private final FileThreads fileThreads;   // for what an older kernel has not
    private final Cancels cancels;
    private final NativeRegion wakeCount;
    private final int wakeFd;

    private final Consumer<Operation> whenDone;
    private final OperationQueue again = new OperationQueue();   // to be submitted for their next step
    private boolean wakeArmed;
    private boolean closing;

    private UringBackend(Ring ring, Submissions submissions, int fileThreads, int wakeFd, NativeRegion wakeCount,
            InFlight inFlight, Completions completions, Counters counters) {
        this.ring = ring;
        this.submissions = submissions;
        this.fileThreads = new FileThreads(fileThreads, this::wake);
        this.fileSubmissions = new FileSubmissions(ring, this.fileThreads);
        this.cancels = new Cancels(ring, inFlight);
        this.wakeFd = wakeFd;
        this.wakeCount = wakeCount;
        this.inFlight = inFlight;
        this.completions = completions;
        this.whenDone = completions::completed;
        this.counters = counters;
        armWake();
    }

    static UringBackend open(BackendOptions options, InFlight inFlight, Completions completions,
            Counters counters) throws IOException {
        int wakeFd = Libc.eventfd(0, EFD_CLOEXEC);
        if (wakeFd < 0) {
            throw SocketErrors.of(LinuxErrno.failure(-wakeFd));
        }
        try {
            Ring ring = RingSetup.open(options);
            try {
                return open(ring, options, wakeFd, inFlight, completions, counters);
            } catch (Throwable e) {
                ring.close();
                throw e;
            }
        } catch (Throwable e) {
            Libc.close(wakeFd);
            throw e;
        }
    }

    static UringBackend open(Ring ring, BackendOptions options, int wakeFd, InFlight inFlight,
            Completions completions, Counters counters) throws IOException {
        NativeRegion wakeCount = NativeRegion.anonymous(WAKE_BYTES);
        Submissions submissions = null;
        try {
            submissions = Submissions.open(ring, options, inFlight.capacity());
            return new UringBackend(ring, submissions, options.fileThreads(), wakeFd, wakeCount, inFlight, completions,
                    counters);
        } catch (Throwable e) {
            wakeCount.unmap();
            if (submissions != null) {
                submissions.close();   // nothing has been submitted
            }
            throw e;
        }
    }

    @Override
    public Handle openSocket(SocketType type, @Nullable ProtocolFamily family) throws IOException {
        return FdSockets.open(LinuxSockets.CALLS, type, family);
    }

    @Override
    public Handle watch(int descriptor) {
        return FdSockets.foreign(LinuxSockets.CALLS, descriptor);
    }

    @Override
    public FileResource newFile(Path path) {
        return new FdFile(path);
    }

    @Override
    public void release(Resource handle) throws IOException {
        if (handle instanceof FileResource file) {
            file.release();
        } else {
            ((FdHandle) handle).release();
        }
    }

    @Override
    public boolean submit(Operation operation) {
        if (!ring.hasRoom()) {
            return false;
        }
        prepare(operation);
        return true;
    }

    private void prepare(Operation operation) {
        if (!push(operation)) {
            again.add(operation);   // it waits for a buffer, takes two submissions, or has failed: for the next poll
        }
    }

    private boolean push(Operation operation) {
        if (operation.kind().isOfFile()) {
            return fileSubmissions.push(operation);
        }
        return submissions.push(operation);
    }

    @Override
    public void cancel(Operation operation) {
        if (!fileSubmissions.isBeside(operation)) {
            cancels.ask(operation.token());
        } else if (fileThreads.cancel(operation)) {
            again.add(operation);   // the next poll ends it
        }
    }

    @Override
    public boolean hasBacklog() {
        return !again.isEmpty() || cancels.hasBacklog() || !wakeArmed;
    }

    @Override
    public void wake() {
        Libc.eventfdWrite(wakeFd, 1);
    }

    private void armWake() {
        ring.push(Ring.head(IORING_OP_READ, 0, wakeFd), 0, wakeCount.address(), WAKE_BYTES, WAKE, 0);
        wakeArmed = true;
    }

    // ---- poll ----

    @Override
    public void poll(long waitNanos) throws IOException {
        passOn();
        enter(cancels.atMost(waitNanos));
        for (int left = ring.completions(); left > 0; left--) {
            takeCompletion();
        }
        fileThreads.deliver(whenDone);
    }

    /** Submits what is left over from earlier polls, as far as there is room. */
    private void passOn() {
        if (!wakeArmed && ring.hasRoom()) {
            armWake();
        }
        cancels.passOn();
        for (Operation next = again.peek(); next != null && ring.hasRoom(); next = again.peek()) {
            Failure failure = next.isCancelAsked() ? Failure.CANCELED : next.failure();
            if (failure != null) {
                again.poll();
                complete(next, failure);
            } else if (push(next)) {
                again.poll();
            } else {
                break;
            }
        }
    }

    private void enter(long waitNanos) throws IOException {
        boolean wait = waitNanos != 0 && !hasBacklog() && !ring.hasCompletion();
        if (!wait && ring.unsubmitted() == 0 && !ring.wantsEnter()) {
            return;
        }
        counters.add(Count.ENTERS);
        int result = !wait ? ring.enter() : waitNanos == FOREVER ? ring.enterAndWait() : ring.enterAndWait(waitNanos);
        if (result < 0) {
            tolerate(result);
        }
    }

    /** Time is up, or the enter may be tried again: completions are taken first, then the rest goes in. */
    private static void tolerate(int result) throws IOException {
        if (result != -LinuxErrno.ETIME && !Ring.isPassing(result)) {
            throw new IOException("io_uring_enter: " + Ring.describe(result));
        }
    }

    private void takeCompletion() {
        long token = ring.userData();
        int result = ring.result();
        int flags = ring.flags();
        ring.advance();
        Operation operation = token < 0 ? null : inFlight.find(token);
        if (operation != null) {
            completed(operation, result, flags);
        } else {
            takeNews(token, result);
        }
    }

    /** Takes the completion of what is no operation: a wake-up, a cancel, a watch; or of one that is not there. */
    private void takeNews(long token, int result) {
        if (token == WAKE) {
            wakeArmed = false;
            if (!closing && ring.hasRoom()) {
                armWake();
            }
        } else if (Cancels.isAnswer(token)) {
            cancels.answered(token, result);
        } else if (token < 0) {
            watched(inFlight.find(token ^ FileSubmissions.WATCH), result);
        } else {
            counters.add(Count.STALE_TOKENS);
        }
    }

    /** The second step of an open is not needed any more: it has not begun, or it ends by its completion. */
    private void watched(@Nullable Operation open, int result) {
        if (open == null || !fileSubmissions.settleWatch(open, result)) {
            return;
        }
        if (again.remove(open)) {
            completions.completed(open);
        } else {
            cancel(open);
        }
    }

    private void completed(Operation operation, int result, int flags) {
        int outcome = operation.kind().isOfFile()
                ? fileSubmissions.settle(operation, result)
                : submissions.settle(operation, result, flags);
        if (outcome >= 0) {
            endWatch(operation);
            completions.completed(operation);
        } else if (operation.isCancelAsked() && isUndecided(operation, outcome)) {
            complete(operation, Failure.CANCELED);
        } else if (isUndecided(operation, outcome)) {
            again.add(operation);
        } else {
            complete(operation, LinuxErrno.failure(-outcome));   // of ECANCELED, Failure.CANCELED
        }
    }

    /** Nothing has happened yet: interrupted, would have to wait, no buffer to pick, or a connection that vanished. */
    private static boolean isUndecided(Operation operation, int outcome) {
        int errno = -outcome;
        return LinuxErrno.isInterruption(errno) || errno == LinuxErrno.EAGAIN
                || (errno == LinuxErrno.ENOBUFS && Submissions.picksBuffer(operation))
                || (errno == LinuxErrno.ECONNABORTED && operation.kind() == Kind.ACCEPT);
    }

    /** A watch that stayed would keep the pipe open. */
    private void endWatch(Operation operation) {
        if (fileSubmissions.isWatching(operation)) {
            cancels.ask(FileSubmissions.WATCH | operation.token());
        }
    }

    private void complete(Operation operation, Failure failure) {
        endWatch(operation);
        operation.fail(failure);
        completions.completed(operation);
    }

    /** The wake-up read is the last thing the kernel may write for us; it is brought to its end before memory goes. */
    @Override
    public void close() {
        closing = true;
        wake();
        while (wakeArmed) {
            int result = ring.enterAndWait();
            if (result < 0 && !Ring.isPassing(result)) {
                return;   // the kernel has not answered: better keep its memory than free it
            }
            for (int left = ring.completions(); left > 0; left--) {
                takeCompletion();
            }
        }
        ring.close();
        submissions.close();
        fileSubmissions.close();
        wakeCount.unmap();
        Libc.close(wakeFd);
    }
}
