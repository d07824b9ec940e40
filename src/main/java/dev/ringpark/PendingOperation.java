package dev.ringpark;

import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.PathsHandle;
import dev.ringpark.internal.op.PooledHandle;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * An operation that had not ended when {@link CarrierLoop#close(java.time.Duration)} stopped waiting.
 *
 * @param kind what was asked: {@code read}, {@code write}, {@code accept}, {@code connect}, {@code send},
 *     {@code receive}, {@code open}, {@code sync} and so on; {@code close} for a socket or file that has none of these
 *     pending and is not closed yet
 * @param socket the socket, and its peer where that is known; or the file
 * @param thread the thread that waits for it; null for a close, and if it ended as it was looked at
 */
public record PendingOperation(String kind, String socket, @Nullable Thread thread) {
    /** Adds those of {@code handle}, looked at from outside: one that ends at this moment may be among them. */
    static void add(Descriptor handle, List<PendingOperation> found) {
        int before = found.size();
        for (Operation operation : operations(handle)) {
            if (!operation.isIdle() && !operation.isDone()) {
                found.add(new PendingOperation(operation.kind().label(), handle.toString(), operation.owner()));
            }
        }
        if (found.size() == before && !(handle instanceof PathsHandle)) {
            found.add(new PendingOperation("close", handle.toString(), null));
        }
    }

    private static List<Operation> operations(Descriptor handle) {
        if (handle instanceof PooledHandle pooled) {
            return pooled.operations();
        }
        Handle socket = (Handle) handle;
        return Stream.of(socket.existing(Handle.READING), socket.existing(Handle.WRITING))
                .filter(Objects::nonNull).map(Objects::requireNonNull).toList();
    }
}
