package dev.ringpark.internal.backend.selector;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Lets plain calls on a channel pass one at a time, and nobody queues at it: a virtual thread that queued for the
 * channel's own lock would stand before the very loop that has to run it.
 */
final class PlainGate {
    /** A plain call. */
    @FunctionalInterface
    interface Call<T extends @Nullable Object> {
        T make() throws IOException;
    }

    private final AtomicBoolean inCall = new AtomicBoolean();

    /** Whoever is past the gate runs, and leaves before it could wait for anything: the others are there soon. */
    @SuppressWarnings("ThreadPriorityCheck")   // the yield is a courtesy to the other virtual threads
    <T extends @Nullable Object> T alone(Call<T> call) throws IOException {
        while (!inCall.compareAndSet(false, true)) {
            Thread.yield();
        }
        try {
            return call.make();
        } finally {
            inCall.set(false);
        }
    }
}
