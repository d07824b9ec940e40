package dev.ringpark;

import dev.ringpark.internal.dispatch.KernelMemory;
import dev.ringpark.internal.op.Kind;
import dev.ringpark.internal.op.Operation;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Transfers of a socket's buffers: memory that can be lent to the system is, for other memory an array stands in. */
final class Lending {
    private Lending() {}

    /**
     * Begins a transfer of {@code length} bytes of {@code buffer} from {@code position} on; its own stays. Of at most
     * {@code mostCopied} bytes if they go through an array.
     *
     * @return that array, or null if there is none
     * @throws IndexOutOfBoundsException if it has no such bytes; nothing has begun then
     * @throws IllegalStateException if the arena of the buffer is closed; nothing has begun then
     * @throws WrongThreadException if it is another thread's; the same
     */
    static byte @Nullable [] begin(Operation operation, Kind kind, ByteBuffer buffer, int position, int length,
            int mostCopied, long deadlineNanos) {
        Objects.checkFromIndexSize(position, length, buffer.capacity());
        if (buffer.hasArray()) {
            operation.beginTransfer(kind, buffer.array(), buffer.arrayOffset() + position, length, deadlineNanos);
            return null;
        }
        long address = KernelMemory.address(buffer, operation);
        if (address != KernelMemory.NOT_LENT) {
            operation.beginTransfer(kind, buffer, address, position, length, deadlineNanos);
            return null;
        }
        byte[] copy = new byte[Math.min(length, mostCopied)];
        if (kind.sends()) {
            buffer.get(position, copy);
        } else {
            KernelMemory.requireWritable(buffer);
        }
        operation.beginTransfer(kind, copy, 0, copy.length, deadlineNanos);
        return copy;
    }
}
