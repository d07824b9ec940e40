package dev.ringpark.internal.backend;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Has one of many senders make the call that ends a wait, and the wait that begins after it not wait: for queues whose
 * own note of a wake is swallowed by a look that was not to wait.
 */
public final class WakeFlag {
    private final AtomicBoolean raised = new AtomicBoolean();
    private final Runnable call;

    /** One that is raised by {@code call}. */
    public WakeFlag(Runnable call) {
        this.call = call;
    }

    /** Makes the call, unless another has and no wait has ended since. Any thread. */
    public void raise() {
        if (raised.compareAndSet(false, true)) {
            try {
                call.run();
            } catch (Throwable e) {
                raised.set(false);   // out of stack or memory: the next sender has to
                throw e;
            }
        }
    }

    /** Whether a wait would end at once. Loop thread only. */
    public boolean isRaised() {
        return raised.get();
    }

    /** A wait has ended: whoever comes from here on means the next. Loop thread only. */
    public void lower() {
        raised.set(false);
    }
}
