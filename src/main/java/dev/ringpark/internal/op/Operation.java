package dev.ringpark.internal.op;

import dev.ringpark.internal.os.Failure;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing asked of the kernel, and who waits for it: a thread, or a {@link Completion}. A handle keeps one operation
 * a side and uses it again and again, so steady traffic allocates nothing.
 *
 * <pre>
 * state     | who moves it there, on which thread          | whose fields and memory
 * ----------+----------------------------------------------+----------------------------------------------------
 * IDLE      | owner, having read the result: reset()       | the owner's
 * ASKED     | owner: begin(), before it submits            | the loop's: see below
 * DONE      | loop: finish(), once                         | the owner's again; nothing of the kernel's points here
 * DESERTED  | owner, when it cannot even park: desert()    | nobody's: its memory stays the kernel's to write to,
 *           |                                              |   a connection it still brings the loop's to close
 *
 * within ASKED | who moves it there, on the loop's thread  | what may still happen to it
 * -------------+-------------------------------------------+--------------------------------------------------------
 * on its way   | nobody yet: in the mailbox, in Requests   | taken in; a cancel that is overtaken finds nothing
 * admitted     | Proactor: admit()                         | owed one completion; in the overflow queue: no slot yet
 * submitted    | Proactor: a slot, taken by the backend    | completed, by the backend alone
 * cancelling   | who has a reason: askToCancel()           | the same; the first reason stays, the others do
 *              |                                           |   nothing, but for a close that ends a file's
 * </pre>
 *
 * A cancel does not move the state: it is a note ({@link #cancelReason()}), asked of the backend, and the completion
 * answers, with a result if one had been reached, else with {@link Failure#CANCELED}. It names the use it means
 * ({@link #use()}), as by the time it is taken in, the operation may be another thread's.
 *
 * <p>The owner never leaves the call, and so never frees or reuses its memory, before DONE. If it cannot even park, it
 * deserts, and the operation is never begun again. It may do so in the moment of the completion. For an accept it
 * matters who came first, or its connection would be nobody's, so both sides move the state by compare-and-set: the
 * loop comes second and closes the connection, or the owner does, finds it DONE, and has been served after all. What
 * other kinds bring is lost with their socket, so their completion saves the fence and may cover the desertion.
 */
public final class Operation extends FileArguments {
    /** A file's own position, which the system keeps and moves. */
    public static final long OWN_POSITION = -1;

    private static final int IDLE = 0;
    private static final int ASKED = 1;
    private static final int DONE = 2;
    private static final int DESERTED = 3;
    private static final VarHandle STATE = VarHandles.ofField(MethodHandles.lookup(), "state", int.class);

    private final Descriptor handle;
    private @SuppressWarnings("unused") int state;   // through STATE

    private Kind kind = Kind.CLOSE;
    private @Nullable ByteBuffer buffer;
    private byte @Nullable [] array;
    private long address;
    private int offset;
    private @Nullable Completion completion;         // for whom no thread waits
    private @Nullable Object owner;                  // whoever is told: the thread that waits, or that completion
    private @Nullable LentBuffer known;              // the owner's alone
    private int use;                                 // counts begins, so that a late cancel finds its own or nobody

    private int result;
    private @Nullable Failure failure;

    // Loop thread only while it is asked, from here on.
    private CancelReason cancelReason = CancelReason.NONE;
    private boolean admitted;
    long token = InFlight.FULL;
    @Nullable Operation next;                        // in the one OperationQueue it may be in
    @Nullable Operation previous;                    // there too
    /** The backend's note on how far it got. */
    public byte phase;
    /** The backend's pooled buffer, as long as it lends one; else -1. */
    public int lent = -1;

    public Operation(Descriptor handle) {
        this.handle = handle;
    }

    /** Accepts one connection; its {@link #accepted} handle is the result. */
    public void beginAccept(long deadlineNanos) {
        begin(Kind.ACCEPT, deadlineNanos);
    }

    /** Connects to {@code peer}. */
    public void beginConnect(SocketAddress peer, long deadlineNanos) {
        attachment = peer;
        begin(Kind.CONNECT, deadlineNanos);
    }

    /** Waits until the descriptor is as {@code kind} says. */
    public void beginAwait(Kind kind, long deadlineNanos) {
        begin(kind, deadlineNanos);
    }

    /**
     * Reads or writes {@code length} bytes of {@code target}, whose memory begins at {@code address}, from its index
     * {@code offset} on; its position stays.
     */
    public void beginTransfer(Kind kind, ByteBuffer target, long address, int offset, int length, long deadlineNanos) {
        Objects.checkFromIndexSize(offset, length, target.capacity());
        this.buffer = target;
        this.array = null;   // what a use that was cut short may have left
        this.address = address + offset;
        this.offset = offset;
        this.length = length;
        begin(kind, deadlineNanos);
    }

    /** Reads into or writes from {@code length} bytes of {@code target} from {@code offset} on. */
    public void beginTransfer(Kind kind, byte[] target, int offset, int length, long deadlineNanos) {
        Objects.checkFromIndexSize(offset, length, target.length);
        this.buffer = null;
        this.array = target;
        this.offset = offset;
        this.length = length;
        begin(kind, deadlineNanos);
    }

    /** Where the memory of {@code buffer} begins, if it is known to have been lent; else 0. Owner. */
    public long knownAddress(ByteBuffer buffer) {
        LentBuffer lately = known;
        return lately != null && lately.refersTo(buffer) ? lately.address() : 0;
    }

    /** Takes note of a buffer that is lent, and not {@linkplain #knownAddress known}. Owner. */
    public void noteLent(ByteBuffer buffer, long address) {
        if (known == null || known.yields()) {
            known = new LentBuffer(buffer, address);
        }
    }

    /** Closes the handle once all its other operations have ended. Only those of open files come to a backend. */
    public void beginClose() {
        begin(Kind.CLOSE, NONE);
    }

    @Override
    void begin(Kind kind, long deadlineNanos) {
        assert (int) STATE.get(this) == IDLE : "begun twice";
        this.kind = kind;
        deadlineNanos(deadlineNanos);
        owner = completion != null ? completion : Thread.currentThread();
        use++;
        STATE.setOpaque(this, ASKED);   // published by the mailbox, or not at all: the loop's own thread asks
    }

    /** Whether it is the owner's, to be begun. One that is not was left by a thread that ran out of stack or memory. */
    public boolean isIdle() {
        return (int) STATE.getOpaque(this) == IDLE;
    }

    /** What it is asked of, a socket, a file or the loop's paths: from here, the descriptor whose life it minds. */
    public Descriptor handle() {
        return handle;
    }

    public Kind kind() {
        return kind;
    }

    /** The buffer of a transfer, if it was not given an array. */
    public @Nullable ByteBuffer buffer() {
        return buffer;
    }

    /** The array of a transfer, if it was not given a buffer. */
    public byte @Nullable [] array() {
        return array;
    }

    /** Where in memory the first byte of a buffer's transfer is. */
    public long address() {
        return address;
    }

    public int offset() {
        return offset;
    }

    public int length() {
        return length;
    }

    /** Says whom the datagram begun next goes to, or, the backend, who has sent the one that came. */
    public void peer(SocketAddress peer) {
        attachment = peer;
    }

    /** The address of a connect; whom a datagram goes to or, once it is done, comes from. */
    public SocketAddress peer() {
        return (SocketAddress) Objects.requireNonNull(attachment);
    }

    /** The thread it is for, if one waits, as far as others than that one and the loop can tell. */
    public @Nullable Thread owner() {
        return owner instanceof Thread thread ? thread : null;
    }

    /** Has {@code told} hear of the ends of what is begun from here on, in place of the thread that begins it. */
    public void tell(Completion told) {
        completion = told;
    }

    /** What names this operation in the backend's queue; see {@link InFlight}. Loop thread only. */
    public long token() {
        return token;
    }

    /** Which of this object's many uses this is. */
    public int use() {
        return use;
    }

    /** Notes that the loop has taken it in; until {@link #finish} the loop owes it a completion. Loop thread only. */
    public void admit() {
        assert !admitted;
        admitted = true;
        countAsPending(1);
    }

    private void countAsPending(int change) {
        if (kind != Kind.CLOSE) {
            handle.countPending(change);
        }
    }

    /** Whether the loop owes it a completion. Loop thread only. */
    public boolean isAdmitted() {
        return admitted;
    }

    /** Its owner cannot wait for it, and will not take what it brings; false if it is done already. */
    public boolean desert() {
        return STATE.compareAndSet(this, ASKED, DESERTED);
    }

    /** The connection an accept has brought, if any. Loop thread only, before {@link #finish}. */
    public @Nullable Descriptor brought() {
        return kind == Kind.ACCEPT && failure == null ? (Descriptor) attachment : null;
    }

    /** Notes that the operation shall end early; false if it need not be asked again. Loop thread only. */
    public boolean askToCancel(CancelReason reason) {
        if (cancelReason != CancelReason.NONE) {
            return reason == CancelReason.CLOSE && kind.isOfFile();   // it may end what an interrupt has to leave alone
        }
        cancelReason = reason;
        return true;
    }

    /** Why the operation was asked to end early. Loop thread; the owner once it is done. */
    public CancelReason cancelReason() {
        return cancelReason;
    }

    public boolean isCancelAsked() {
        return cancelReason != CancelReason.NONE;
    }

    /** Notes the result: a count of bytes, 0 at the end of the stream. The backend, before the completion. */
    public void succeed(int result) {
        this.result = result;
    }

    /** Notes the accepted connection. */
    public void succeed(Descriptor accepted) {
        attachment = accepted;
    }

    /**
     * Notes that the operation failed; for others at once, as who reads beside it may be told an end before it is. Who
     * reads beside a connect may have been told why that has failed, and then the connect is not.
     */
    public void fail(Failure failure) {
        if (kind == Kind.READ || kind == Kind.WRITE) {
            handle.noteFailure(failure);
        }
        Failure loss = kind == Kind.CONNECT && isWithoutReason(failure) ? handle.loss() : null;
        this.failure = loss != null ? loss : failure;
    }

    private static boolean isWithoutReason(Failure failure) {
        return switch (failure.errno()) {
            case ENOTCONN, ECONNABORTED, EINVAL -> true;   // the last on macOS
            default -> false;
        };
    }

    /**
     * The one final step: from here on everything is the owner's again. Loop thread only.
     *
     * @return whom to tell, Thread or {@link Completion}; null if that of an accept has deserted, which we mind
     */
    public @Nullable Object finish() {
        Object waiting = Objects.requireNonNull(owner);
        assert isTheLoops() && token == InFlight.FULL && heapIndex == NOT_QUEUED && lent == -1;
        admitted = false;
        countAsPending(-1);
        if (kind == Kind.ACCEPT) {
            return STATE.compareAndSet(this, ASKED, DONE) ? waiting : null;
        }
        STATE.setRelease(this, DONE);
        return waiting;
    }

    private boolean isTheLoops() {
        int now = (int) STATE.get(this);
        return now == ASKED || now == DESERTED;
    }

    public boolean isDone() {
        return (int) STATE.getAcquire(this) == DONE;
    }

    /** What came of it; meaningful when {@link #failure} is null. Owner, once done. */
    public int result() {
        return result;
    }

    /** Why it failed; null if it did not. Owner, once done. */
    public @Nullable Failure failure() {
        return failure;
    }

    /** The connection an accept brought, if it did not fail. Owner, once done. */
    public Descriptor accepted() {
        return (Descriptor) Objects.requireNonNull(attachment);
    }

    /** Forgets everything, so that the object can be used again and keeps nobody's memory alive. Owner, once done. */
    public void reset() {
        assert isDone();
        buffer = null;
        array = null;
        owner = null;
        failure = null;
        attachment = null;
        cancelReason = CancelReason.NONE;
        phase = 0;
        result = 0;
        STATE.setOpaque(this, IDLE);
    }
}
