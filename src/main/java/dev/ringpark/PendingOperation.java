package dev.ringpark;

import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An operation that had not ended when {@link CarrierLoop#close(java.time.Duration)} stopped waiting.
 *
 * @param kind what was asked: {@code read}, {@code write}, {@code accept} or {@code connect}; {@code close} for a
 *     socket that has none of these pending and is not closed yet
 * @param socket the socket, and its peer where that is known
 * @param thread the thread that waits for it; null for a close, and if it ended as it was looked at
 */
public record PendingOperation(String kind, String socket, @Nullable Thread thread) {
    /** Adds those of {@code handle}, looked at from outside: one that ends at this moment may be among them. */
    static void add(Handle handle, List<PendingOperation> found) {
        int before = found.size();
        addSide(handle, handle.existing(Handle.READING), found);
        addSide(handle, handle.existing(Handle.WRITING), found);
        if (found.size() == before) {
            found.add(new PendingOperation("close", handle.toString(), null));
        }
    }

    private static void addSide(Handle handle, @Nullable Operation operation, List<PendingOperation> found) {
        if (operation != null && !operation.isIdle() && !operation.isDone()) {
            String kind = operation.kind().name().toLowerCase(Locale.ROOT);
            found.add(new PendingOperation(kind, handle.toString(), operation.owner()));
        }
    }
}
