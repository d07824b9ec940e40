package dev.ringpark.internal.op;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The bounded table of operations the backend has. A token names a slot and the slot's generation; as the generation
 * moves on with every release, an event that comes late for a former owner finds nobody and is never delivered to the
 * present one. Loop thread only.
 */
public final class InFlight {
    /** What {@link #admit} answers when every slot is taken. */
    public static final long FULL = -1;

    private static final int FIRST_SLOTS = 256;
    private static final int GENERATIONS = Integer.MAX_VALUE;   // 31 bits: a token is never negative

    private final int capacity;
    private @Nullable Operation[] operations;
    private int[] generations;
    private int[] freeSlots;
    private int freeCount;
    private int used;

    /** A table of at most {@code capacity} operations; it grows towards that as it is used. */
    public InFlight(int capacity) {
        this.capacity = capacity;
        int slots = Math.min(capacity, FIRST_SLOTS);
        operations = new Operation[slots];
        generations = new int[slots];
        freeSlots = new int[slots];
        addFreeSlots(0);
    }

    public int capacity() {
        return capacity;
    }

    /** How many operations are in flight. */
    public int count() {
        return used;
    }

    /** Gives {@code operation} a slot: the token to hand to the kernel, or {@link #FULL}. */
    public long admit(Operation operation) {
        if (freeCount == 0 && !grow()) {
            return FULL;
        }
        int slot = freeSlots[--freeCount];
        operations[slot] = operation;
        used++;
        long token = (long) generations[slot] << 32 | slot;
        operation.token = token;
        return token;
    }

    /** The operation {@code token} was made for, if that one is still in flight. */
    public @Nullable Operation find(long token) {
        int slot = slot(token);
        if (slot < 0 || slot >= operations.length || generations[slot] != (int) (token >>> 32)) {
            return null;
        }
        return operations[slot];
    }

    /** Frees the slot of {@code operation}; its token is stale from here on. */
    public void release(Operation operation) {
        int slot = slot(operation.token);
        assert operations[slot] == operation : "released twice";
        operations[slot] = null;
        generations[slot] = generations[slot] + 1 & GENERATIONS;
        freeSlots[freeCount++] = slot;
        used--;
        operation.token = FULL;
    }

    /** The same, if it has one. */
    public void releaseIfThere(Operation operation) {
        if (operation.token != FULL) {
            release(operation);
        }
    }

    /** The slot a token names: an index below {@link #capacity}, unique among operations in flight. */
    public static int slot(long token) {
        return (int) token;
    }

    /** The operation in slot {@code slot}, for walks over all of them. */
    public @Nullable Operation inSlot(int slot) {
        return operations[slot];
    }

    /** How many slots there are to walk over. */
    public int slots() {
        return operations.length;
    }

    /** All or nothing, should memory be short. */
    private boolean grow() {
        int slots = operations.length;
        if (slots == capacity) {
            return false;
        }
        int more = (int) Math.min(capacity, slots * 2L);
        @Nullable Operation[] moreOperations = Arrays.copyOf(operations, more);
        int[] moreGenerations = Arrays.copyOf(generations, more);
        freeSlots = Arrays.copyOf(freeSlots, more);
        operations = moreOperations;
        generations = moreGenerations;
        addFreeSlots(slots);
        return true;
    }

    private void addFreeSlots(int from) {
        for (int slot = operations.length - 1; slot >= from; slot--) {
            freeSlots[freeCount++] = slot;
        }
    }
}
