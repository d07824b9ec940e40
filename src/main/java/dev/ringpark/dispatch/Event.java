package dev.ringpark.dispatch;

import dev.ringpark.internal.op.VarHandles;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/**
 * How other threads reach a {@link Dispatcher}'s: each {@link #trigger} is followed by a call back on the dispatcher's
 * thread, never from within the trigger. Several triggers before that are followed by one. Events that trigger
 * themselves or each other without end keep nothing else waiting. An event that is open keeps {@link Dispatcher#run}
 * from returning.
 */
public final class Event implements AutoCloseable {
    private static final VarHandle TRIGGERED =
            VarHandles.ofField(MethodHandles.lookup(), "triggered", boolean.class);

    private final CallbackLoop loop;
    private final Runnable callback;
    private final Runnable posted = this::callBack;   // made early: a trigger may have little stack
    @SuppressWarnings("UnusedVariable")   // TRIGGERED reads it
    private volatile boolean triggered;
    private boolean open = true;   // dispatcher's thread

    Event(CallbackLoop loop, Runnable callback) {
        this.loop = loop;
        this.callback = Objects.requireNonNull(callback, "callback");
        loop.guestCame();
    }

    /**
     * Has the callback called soon, and wakes the dispatcher if it waits. Does not block. For any thread; what the
     * caller did before, the callback sees. Nothing happens if the event or its dispatcher is closed. One that runs out
     * of stack or memory may not be heard; the next one is.
     */
    public void trigger() {
        if (!(boolean) TRIGGERED.getAndSet(this, true)) {
            try {
                loop.post(posted);
            } catch (Throwable e) {
                triggered = false;   // or this one, which has perhaps woken nobody, would stand for all to come
                throw e;
            }
        }
    }

    private void callBack() {
        triggered = false;   // before the callback looks: a trigger that comes meanwhile calls again
        if (open) {
            callback.run();
        }
    }

    /** No callback from here on. Dispatcher's thread; idempotent. */
    @Override
    public void close() {
        if (loop.isClosed()) {
            return;
        }
        loop.requireUsable();
        if (open) {
            open = false;
            loop.guestLeft();
        }
    }
}
