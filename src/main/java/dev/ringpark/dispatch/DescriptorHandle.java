package dev.ringpark.dispatch;

import dev.ringpark.internal.op.Handle;

/**
 * A descriptor that somebody else has opened, and closes: here it is only watched. Belongs to the dispatcher's thread.
 *
 * @see Dispatcher#watch
 */
public final class DescriptorHandle extends Endpoint {
    DescriptorHandle(CallbackLoop loop, Handle handle) {
        super(loop, handle, NEVER);
    }
}
