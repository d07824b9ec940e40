package dev.ringpark.dispatch;

import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Kind;
import java.nio.channels.ClosedChannelException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What can be waited for on two sides, of a {@link Dispatcher}: on each its requests one after the other, in the order
 * they came; the two sides do not wait for each other.
 */
abstract sealed class Endpoint permits SocketEndpoint, DescriptorHandle {
    /** Of what is no listener. */
    static final Function<Handle, Object> NEVER = accepted -> {
        throw new AssertionError(accepted + " was accepted by no listener");
    };

    private final CallbackLoop loop;
    private final Handle handle;
    private final EndpointSide reading;
    private final EndpointSide writing;

    /** {@code accepted} makes of what an accept brings what the caller gets. */
    Endpoint(CallbackLoop loop, Handle handle, Function<Handle, Object> accepted) {
        this.loop = loop;
        this.handle = handle;
        this.reading = new EndpointSide(loop, handle, Handle.READING, this, accepted);
        this.writing = new EndpointSide(loop, handle, Handle.WRITING, this, accepted);
        loop.opened(handle);
    }

    final CallbackLoop loop() {
        return loop;
    }

    final Handle handle() {
        return handle;
    }

    /** Whether it has not been closed, and is not being. */
    public final boolean isOpen() {
        return handle.isOpen();
    }

    /** Has {@code request} take its turn; {@code about} is the address, buffer, buffers or step. */
    final void begin(Request<?> request, Kind kind, @Nullable Object about) {
        loop.requireUsable();
        (kind.isOfReadingSide() ? reading : writing).begin(request, kind, about);
    }

    final boolean isBusy(int side) {
        return (side == Handle.READING ? reading : writing).isBusy();
    }

    /** Ends the write under way, if any. */
    final void cancelWrite(CancelReason reason) {
        if (isBusy(Handle.WRITING)) {
            loop.proactor().cancelSide(handle, Handle.WRITING, reason);
        }
    }

    /** Before a close: what has not begun ends first. */
    final void endWaiting() {
        loop.requireUsable();
        reading.endWaiting();
        writing.endWaiting();
    }

    // ---- at once ----

    final Handle usable() throws ClosedChannelException {
        loop.requireUsable();
        if (!handle.isOpen()) {
            throw new ClosedChannelException();
        }
        return handle;
    }

    @Override
    public final String toString() {
        return getClass().getSimpleName() + "[" + handle + (isOpen() ? "]" : ", closed]");
    }
}
