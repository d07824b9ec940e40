package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Kind;
import java.nio.channels.AsynchronousCloseException;

/**
 * Whose turn it is at a file's own position, which the system moves without a lock: two transfers at once would mix. A
 * pipe or a terminal has no such thing, and one turn for each direction.
 */
final class OwnPosition implements Request.Holder {
    /** Begins a transfer at the own position; it ends with {@link #exit}. */
    @FunctionalInterface
    interface Start {
        void begin(Request<?> request);
    }

    private final class Turn implements CallbackLoop.Follower {
        private final RequestQueue waiting = new RequestQueue();
        private boolean taken;

        @Override
        public void follow() {
            Request<?> next = waiting.poll();
            taken = next != null;
            if (next != null) {
                start.begin(next);
            }
        }
    }

    private final CallbackLoop loop;
    private final Start start;
    private final Turn reading = new Turn();
    private final Turn writing;

    OwnPosition(CallbackLoop loop, boolean isSeekable, Start start) {
        this.loop = loop;
        this.start = start;
        this.writing = isSeekable ? reading : new Turn();
    }

    void enter(Request<?> request) {
        Turn turn = turn(request.kind);
        if (turn.taken) {
            turn.waiting.add(request);
        } else {
            turn.taken = true;
            start.begin(request);
        }
    }

    void exit(Kind kind) {
        Turn turn = turn(kind);
        if (turn.waiting.isEmpty()) {
            turn.taken = false;
        } else {
            loop.follow(turn);
        }
    }

    /** Whether a transfer is under way, or about to be. */
    boolean isTaken() {
        return reading.taken || writing.taken;
    }

    /** What waits for its turn ends, as the file is about to be closed. */
    void endWaiting() {
        endWaiting(reading);
        endWaiting(writing);
    }

    private void endWaiting(Turn turn) {
        for (Request<?> request = turn.waiting.poll(); request != null; request = turn.waiting.poll()) {
            loop.ended(request, 0, null, new AsynchronousCloseException());
        }
    }

    /** Of a request that waits: one whose turn it is has another holder. */
    @Override
    public void cancel(Request<?> request) {
        if (turn(request.kind).waiting.remove(request)) {
            loop.ended(request, 0, null, new OperationCanceledException());
        }
    }

    private Turn turn(Kind kind) {
        return kind == Kind.WRITE_AT ? writing : reading;
    }
}
