package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.op.Operation;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.stream.Stream;

/**
 * Which of the user's memory may be lent to the kernel while a call is parked. Memory of an arena may be freed by
 * another thread at any moment and nothing public keeps an arena from being closed, so only memory that nobody can
 * close goes; everything else is copied.
 */
public final class KernelMemory {
    private KernelMemory() {}

    /** What {@link #address} answers for memory that cannot be lent. */
    public static final long NOT_LENT = 0;

    private static final int SPAN = 1 << 30;   // a power of 2: addresses are told modulo that

    /** Whether an arena's buffers can be told from others by their scope; if not, none is lent. */
    public static final boolean TELLS_ARENAS = tellsArenas();

    private static boolean tellsArenas() {
        try (Arena confined = Arena.ofConfined(); Arena shared = Arena.ofShared()) {
            return Stream.of(confined, shared, Arena.ofAuto())
                    .map(arena -> arena.allocate(1).asByteBuffer())
                    .allMatch(buffer -> hasArena(buffer, MemorySegment.ofBuffer(buffer)));
        }
    }

    /**
     * Where the memory of {@code buffer} begins, wherever its position stands, if it lives as long as the buffer is
     * reachable; else {@link #NOT_LENT}. Called where the compiler sees the whole of it, this allocates nothing.
     */
    public static long address(ByteBuffer buffer) {
        if (!TELLS_ARENAS || !buffer.isDirect()) {
            return NOT_LENT;
        }
        MemorySegment rest = MemorySegment.ofBuffer(buffer);   // from its position on
        return hasArena(buffer, rest) && !canLend(rest) ? NOT_LENT : begin(buffer, rest.address());
    }

    /**
     * Where it begins, told by an address in it, and not by its position: another thread may move that between two
     * looks, and the system would write beside the buffer.
     */
    private static long begin(ByteBuffer buffer, long addressInIt) {
        if (buffer.capacity() >= SPAN) {
            return MemorySegment.ofBuffer(buffer.duplicate().clear()).address();
        }
        return addressInIt - (addressInIt - buffer.alignmentOffset(0, SPAN) & SPAN - 1);
    }

    /** The same for one that {@code operation} is to lend, without a look at it if that has done so lately. */
    public static long address(ByteBuffer buffer, Operation operation) {
        long known = operation.knownAddress(buffer);
        if (known != NOT_LENT) {
            return known;
        }
        long address = address(buffer);
        if (address != NOT_LENT) {
            operation.noteLent(buffer, address);
        }
        return address;
    }

    /**
     * A buffer made by {@link ByteBuffer#allocateDirect} has no arena: its scope is made anew each time it is asked
     * for. One that stands for an arena's segment answers with that arena's scope, one object.
     */
    private static boolean hasArena(ByteBuffer buffer, MemorySegment itsMemory) {
        return itsMemory.scope() == MemorySegment.ofBuffer(buffer).scope();
    }

    /**
     * Refuses a target that could not be written to afterwards, while no byte has been taken for it.
     *
     * @throws IllegalArgumentException if it is read-only
     * @throws IllegalStateException if its arena is closed
     * @throws WrongThreadException if its arena is another thread's
     */
    public static void requireWritable(ByteBuffer target) {
        requireNotReadOnly(target);
        if (target.isDirect()) {
            requireUsable(MemorySegment.ofBuffer(target));
        }
    }

    /** The same of each of {@code length} targets from index {@code offset} on. */
    public static void requireWritable(ByteBuffer[] targets, int offset, int length) {
        for (int i = offset; i < offset + length; i++) {
            requireWritable(targets[i]);
        }
    }

    /**
     * Refuses a target that cannot be written to, as far as it can be told without a look at its memory.
     *
     * @throws IllegalArgumentException if it is read-only
     */
    public static void requireNotReadOnly(ByteBuffer target) {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only buffer");
        }
    }

    /**
     * Where the memory of a direct buffer begins that is to be lent; of others {@link #NOT_LENT}, as they are copied.
     *
     * @throws IllegalArgumentException if it is of an arena that somebody could close while the kernel has it
     */
    public static long lendable(ByteBuffer buffer) {
        long address = address(buffer);
        if (address == NOT_LENT && buffer.isDirect()) {
            throw new IllegalArgumentException("the buffer is of an arena that can be closed while the system has it: "
                    + "use ByteBuffer.allocateDirect, or the global arena");
        }
        return address;
    }

    /** The same for a segment. */
    public static void requireWritable(MemorySegment target) {
        if (target.isReadOnly()) {
            throw new IllegalArgumentException("Read-only segment");
        }
        requireUsable(target);
    }

    private static void requireUsable(MemorySegment target) {
        if (!target.scope().isAlive()) {
            throw new IllegalStateException("Already closed");
        }
        if (!target.isAccessibleBy(Thread.currentThread())) {
            throw new WrongThreadException("the segment's arena belongs to another thread");
        }
    }

    /** Whether {@code segment} belongs to the global arena, which is never closed. */
    public static boolean canLend(MemorySegment segment) {
        return segment.isNative() && segment.scope().equals(Arena.global().scope());
    }
}
