package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Operation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Memory that was lent to a queue which has failed, and may still write to it: it is never freed. */
final class LentMemory {
    static {
        LostQueue.load();
        hook(List.of());   // loads what is needed then: a queue may fail for want of descriptors, or of stack
    }

    private final List<Object> memory = new ArrayList<>();
    private boolean isKept;

    /**
     * Keeps what the operations in {@code inFlight} were lent by their users, and {@code inHand}, which may be on its
     * way there: until the JVM ends, by a thread to be started then, which does nothing. That takes no thread of the
     * system's now, which might not be had, and stays when this class is unloaded.
     */
    void keep(InFlight inFlight, @Nullable Operation inHand) {
        try {
            for (int slot = 0; slot < inFlight.slots(); slot++) {
                add(inFlight.inSlot(slot));
            }
            if (inHand != null && inHand.isAdmitted() && inHand.token() == InFlight.FULL) {
                add(inHand);
            }
            if (!memory.isEmpty()) {
                Runtime.getRuntime().addShutdownHook(hook(memory));
            }
            isKept = true;
        } catch (IllegalStateException jvmEndsAlready) {
            isKept = true;   // nobody has that long to wait
        } catch (OutOfMemoryError e) {
            // Those who wait for it keep it, and wait on: see ifKept.
        }
    }

    private void add(@Nullable Operation operation) {
        if (operation != null && operation.buffer() != null) {
            memory.add(operation.buffer());
        }
    }

    /** {@code operation}, if the platform may write to what it was lent even when its owner has forgotten that. */
    @Nullable Operation ifKept(@Nullable Operation operation) {
        return isKept || (operation != null && operation.buffer() == null) ? operation : null;
    }

    List<Object> all() {
        return memory;
    }

    private static Thread hook(List<Object> memory) {
        return Thread.ofPlatform().name("ringpark-kept-memory").unstarted(new Keeper(memory));
    }

    /** A class of its own, as a lambda would be linked only when it is needed. */
    private record Keeper(List<Object> memory) implements Runnable {
        @Override
        public void run() {
            // To be there was all.
        }
    }
}
