package dev.ringpark.dispatch;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * How other threads reach a {@link Dispatcher}'s: each {@link #trigger} is followed by a call back on the dispatcher's
 * thread, never from within the trigger. Several triggers before that are followed by one. Events that trigger
 * themselves or each other without end keep nothing else waiting. An event that is open keeps {@link Dispatcher#run}
 * from returning.
 */
public final class Event implements AutoCloseable {
    private final CallbackLoop loop;
    private final Runnable callback;
    private final AtomicBoolean triggered = new AtomicBoolean();
    private boolean open = true;   // dispatcher's thread

    Event(CallbackLoop loop, Runnable callback) {
        this.loop = loop;
        this.callback = Objects.requireNonNull(callback, "callback");
        loop.guestCame();
    }

    /**
     * Has the callback called soon, and wakes the dispatcher if it waits. Does not block. For any thread; what the
     * caller did before, the callback sees. Nothing happens if the event or its dispatcher is closed.
     */
    public void trigger() {
        if (!triggered.getAndSet(true)) {
            loop.post(this::callBack);
        }
    }

    private void callBack() {
        triggered.set(false);   // before the callback looks: a trigger that comes meanwhile calls again
        if (open) {
            callback.run();
        }
    }

    /** No callback from here on. Dispatcher's thread; idempotent. */
    @Override
    public void close() {
        loop.requireUsable();
        if (open) {
            open = false;
            loop.guestLeft();
        }
    }
}
