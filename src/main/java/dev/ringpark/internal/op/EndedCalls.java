package dev.ringpark.internal.op;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Resources that close and whose last plain call has ended: each comes once in its life, from the thread that ended the
 * call. A stack that is linked through them, as a close waits for just that, and there may be no memory for a queue's.
 * Any number of threads add; one at a time takes out, so what it finds on top cannot have left and come back meanwhile.
 */
public final class EndedCalls {
    static {
        new AtomicReference<@Nullable Resource>().compareAndSet(null, null);   // linked while there is memory for it
    }

    private final AtomicReference<@Nullable Resource> last = new AtomicReference<>();

    public boolean isEmpty() {
        return last.get() == null;
    }

    /** Any thread, after {@link Descriptor#endCall} has told it to. */
    public void add(Resource resource) {
        Resource before;
        do {
            before = last.get();
            resource.endedBefore = before;
        } while (!last.compareAndSet(before, resource));
    }

    /** Takes out the one that came last. One thread at a time. */
    public @Nullable Resource poll() {
        Resource resource;
        do {
            resource = last.get();
        } while (resource != null && !last.compareAndSet(resource, resource.endedBefore));
        if (resource != null) {
            resource.endedBefore = null;   // or who keeps one keeps all that came before it
        }
        return resource;
    }
}
