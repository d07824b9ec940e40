package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.uring.IoUringAbi.*;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import dev.ringpark.internal.os.Errno;
import dev.ringpark.internal.os.SocketErrors;
import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * Buffers the kernel picks from when data has come for a read into an array, so that a thread that waits holds none
 * (io_uring_register(2), IORING_REGISTER_PBUF_RING, since 5.19). A buffer goes back as soon as its bytes are copied.
 */
final class ReceiveBuffers {
    static final int GROUP = 1;

    private static final VarHandle TAIL = JAVA_SHORT.varHandle();

    private final NativeRegion region;
    private final MemorySegment memory;
    private final int entries;
    private final int bufferBytes;
    private final long buffersAt;
    private short tail;

    private ReceiveBuffers(NativeRegion region, int entries, int bufferBytes) {
        this.region = region;
        this.memory = region.memory();
        this.entries = entries;
        this.bufferBytes = bufferBytes;
        this.buffersAt = ringBytes(entries);
    }

    /** Buffers registered with {@code ring}; null where the kernel has none. */
    static @Nullable ReceiveBuffers register(Ring ring, int count, int bufferBytes) throws IOException {
        if (ring.isWithout(Feature.PBUF_RING)) {
            return null;
        }
        int entries = Integer.highestOneBit(count);
        NativeRegion region = NativeRegion.anonymous(ringBytes(entries) + (long) entries * bufferBytes);
        try {
            int result = register(ring, region, entries);
            if (result != -LinuxErrno.EINVAL) {
                requireRegistered(result);
                return filled(new ReceiveBuffers(region, entries, bufferBytes));
            }
        } catch (Throwable e) {
            region.unmap();   // the kernel has it, perhaps, but nothing that could bring bytes
            throw e;
        }
        region.unmap();
        return null;
    }

    private static ReceiveBuffers filled(ReceiveBuffers buffers) {
        for (int id = 0; id < buffers.entries; id++) {
            buffers.give(id);
        }
        return buffers;
    }

    private static void requireRegistered(int result) throws IOException {
        if (result < 0) {
            throw LinuxErrno.of(-result) == Errno.ENOMEM
                    ? Refusals.outOfMemory("io_uring_register")
                    : SocketErrors.of(LinuxErrno.failure(-result));
        }
    }

    private static int register(Ring ring, NativeRegion region, int entries) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment registration = arena.allocate(BUF_REG_BYTES, 8);
            registration.set(JAVA_LONG, 0, region.address());
            registration.set(JAVA_INT, BUF_REG_ENTRIES, entries);
            registration.set(JAVA_SHORT, BUF_REG_BGID, (short) GROUP);
            return ring.register(IORING_REGISTER_PBUF_RING, registration, 1);
        }
    }

    /** The ring of descriptors stands before the buffers, which begin on a page of their own. */
    private static long ringBytes(int entries) {
        return Math.max(4096, (long) entries * BUF_BYTES);
    }

    /** The most one read gets. */
    int bufferBytes() {
        return bufferBytes;
    }

    /** Copies what the kernel put into buffer {@code id}, and gives the buffer back. */
    void take(int id, byte[] target, int offset, int count) {
        MemorySegment.copy(memory, JAVA_BYTE, bufferAt(id), target, offset, count);
        give(id);
    }

    /** Gives buffer {@code id} to the kernel. */
    void give(int id) {
        long at = (long) (tail & entries - 1) * BUF_BYTES;
        memory.set(JAVA_LONG, at, region.address() + bufferAt(id));
        memory.set(JAVA_INT, at + BUF_LEN, bufferBytes);
        memory.set(JAVA_SHORT, at + BUF_BID, (short) id);
        TAIL.setRelease(memory, (long) BUF_RING_TAIL, ++tail);
    }

    private long bufferAt(int id) {
        return buffersAt + (long) id * bufferBytes;
    }

    /** After the ring is closed. */
    void close() {
        region.unmap();
    }
}
