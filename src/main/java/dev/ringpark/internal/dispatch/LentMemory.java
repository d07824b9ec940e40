package dev.ringpark.internal.dispatch;

import dev.ringpark.internal.op.Operation;
import java.util.ArrayList;
import java.util.List;

/** Memory that was lent to a queue which has failed, and may still write to it: it is never freed. */
public final class LentMemory {
    static {
        LostQueue.load();
        hook(List.of());   // loads what is needed then: a queue may fail for want of descriptors, or of stack
    }

    private final List<Object> memory = new ArrayList<>();

    /** What {@code operation} was lent by its user; what it was lent by a pool stays out of that. */
    void add(Operation operation) {
        operation.lent = -1;
        if (operation.buffer() != null) {
            memory.add(operation.buffer());
        }
    }

    List<Object> all() {
        return memory;
    }

    /**
     * Keeps it reachable until the JVM ends, by a thread to be started then, which does nothing: that takes no thread
     * of the system's now, which might not be had, and stays when this class is unloaded.
     */
    public void keep() {
        if (memory.isEmpty()) {
            return;
        }
        try {
            Runtime.getRuntime().addShutdownHook(hook(memory));
        } catch (IllegalStateException jvmEndsAlready) {
            // Nobody has that long to wait.
        }
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
