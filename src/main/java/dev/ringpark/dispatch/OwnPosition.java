package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Kind;

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

    private static final class Turn {
        private final RequestQueue waiting = new RequestQueue();
        private boolean taken;
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
            loop.follow(() -> follow(turn));
        }
    }

    private void follow(Turn turn) {
        Request<?> next = turn.waiting.poll();
        turn.taken = next != null;
        if (next != null) {
            start.begin(next);
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
