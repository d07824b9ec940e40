package dev.ringpark.dispatch;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Resource;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One operation asked of a {@link Dispatcher}, and what came of it. A caller who passes a lambda gets one made for him;
 * one who passes a request of his own uses that again and again, and transfers of one buffer allocate nothing:
 * {@snippet :
 * Request<ByteBuffer> received = new Request<>(this::received);
 * dispatcher.receive(socket, buffer, received);   // and once more, at the end of received(…)
 * }
 *
 * <pre>
 * state    | who moves it there                                | what the caller may do
 * ---------+---------------------------------------------------+--------------------------------------------
 * IDLE     | the dispatcher, just before it calls back         | read the outcome; ask for the next operation
 * PENDING  | the caller, by an operation of the dispatcher     | cancel
 * DUE      | the dispatcher, when the operation has ended      | nothing: the callback is about to be called
 * </pre>
 *
 * <p>Belongs to the dispatcher's thread. The outcome stays until the next use.
 *
 * @param <T> what the operation is about: the buffer of a transfer, the socket of a connect, the client of an accept
 */
public final class Request<T extends @Nullable Object> implements Consumer<Request<T>> {
    private enum State { IDLE, PENDING, DUE }

    /** Who has a request that is pending, and can call it off. */
    interface Holder {
        void cancel(Request<?> request);
    }

    /** Of a request that nothing can call off. */
    static final Holder NOBODY = _ -> { };

    private final Consumer<? super Request<T>> callback;
    private State state = State.IDLE;
    private @Nullable Holder holder;   // while it is pending
    private int count;
    int wholeLength;                 // of a datagram, which may have been cut
    private @Nullable T result;
    private @Nullable IOException failure;
    private @Nullable Resource opened;   // by it, and its callback has not been told yet

    // What is asked, for the holder.
    Kind kind = Kind.CLOSE;
    @Nullable Object subject;
    @Nullable SocketAddress peer;    // of a datagram to be sent
    long address;                    // of the memory of the buffer lent last, if that is direct
    private @Nullable ByteBuffer lent;

    @Nullable Object loop;           // that has it, or had it last
    @Nullable Request<?> next;       // in the one RequestQueue it is in
    @Nullable Request<?> older;      // among all that are pending
    @Nullable Request<?> newer;

    /** A request that can be used again and again; {@code callback} is called each time its operation has ended. */
    public Request(Consumer<? super Request<T>> callback) {
        this.callback = Objects.requireNonNull(callback, "callback");
    }

    /** The caller's own request, or a new one for his callback. */
    @SuppressWarnings("unchecked") // a Request<X> is a consumer of Request<X>, and so X is T
    static <T extends @Nullable Object> Request<T> of(Consumer<? super Request<T>> callback) {
        return (Object) callback instanceof Request<?> own ? (Request<T>) own : new Request<>(callback);
    }

    /** Has {@code buffer} lent; looks once at one that is lent again and again. */
    Request<T> lending(ByteBuffer buffer) {
        requireIdle("is pending");
        if (buffer != lent) {
            address = KernelMemory.lendable(buffer);
            lent = buffer;
        }
        return this;
    }

    /** Whether its operation has not been reported yet. */
    public boolean isPending() {
        return state != State.IDLE;
    }

    /**
     * How many bytes have moved, which may be fewer than were asked for; -1 at the end of a stream or file. 0 for
     * operations that move none.
     *
     * @throws IOException why the operation failed; {@link OperationCanceledException} if it was cancelled
     * @throws IllegalStateException if it is pending
     */
    public int count() throws IOException {
        check();
        return count;
    }

    /**
     * How many bytes a datagram was sent with: more than {@link #count}, if there was no room for all, and what was cut
     * off is lost. Of other transfers the same as the count.
     *
     * @throws IOException why the operation failed; {@link OperationCanceledException} if it was cancelled
     * @throws IllegalStateException if it is pending
     */
    public int length() throws IOException {
        check();
        return kind.isOfDatagrams() ? wholeLength : count;
    }

    /**
     * What the operation was about, or has brought.
     *
     * @throws IOException why the operation failed; {@link OperationCanceledException} if it was cancelled
     * @throws IllegalStateException if it is pending
     */
    @SuppressWarnings("NullAway") // it is set by every operation that succeeds
    public T result() throws IOException {
        check();
        return result;
    }

    /**
     * Returns if the operation succeeded.
     *
     * @throws IOException why the operation failed; {@link OperationCanceledException} if it was cancelled
     * @throws IllegalStateException if it is pending
     */
    public void check() throws IOException {
        requireIdle("has not ended yet");
        if (failure != null) {
            throw failure;
        }
    }

    /** Why the operation failed; null if it did not. */
    public @Nullable IOException failure() {
        requireIdle("has not ended yet");
        return failure;
    }

    /** Calls back, as the dispatcher does: that is what makes a request a callback that can be passed. */
    @Override
    public void accept(Request<T> ended) {
        callback.accept(ended);
    }

    // ---- dispatcher ----

    void begin(Holder owner, Kind what, @Nullable Object about) {
        requireIdle("is pending");
        state = State.PENDING;
        holder = owner;
        kind = what;
        subject = about;
        count = 0;
        wholeLength = 0;
        result = null;
        failure = null;
    }

    /** Refuses a request that is pending, before anything has been done for its next use. */
    void requireNotPending() {
        requireIdle("is pending");
    }

    /** Another holder has it now. */
    void passTo(Holder next) {
        holder = next;
    }

    private void requireIdle(String otherwise) {
        if (state != State.IDLE) {
            throw new IllegalStateException("this request " + otherwise);
        }
    }

    /** The operation has brought {@code brought}, or has failed, if {@code why} is not null. */
    @SuppressWarnings("unchecked") // the dispatcher's methods promise what each kind brings
    void end(int moved, @Nullable Object brought, @Nullable IOException why) {
        state = State.DUE;
        holder = null;
        subject = null;
        peer = null;
        count = moved;
        result = (T) brought;
        failure = why;
    }

    void cancel() {
        if (holder != null) {
            holder.cancel(this);
        }
    }

    /** It has ended, and nobody is told: for a dispatcher that has cancelled all. Answers what it has opened, if so. */
    @Nullable Resource drop() {
        Resource unheard = opened;
        state = State.IDLE;
        opened = null;
        return unheard;
    }

    /** It ends with a result that has to be closed. */
    void opens(Resource resource) {
        opened = resource;
    }

    void callBack() {
        state = State.IDLE;
        opened = null;
        callback.accept(this);
    }
}
