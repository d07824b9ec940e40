package dev.ringpark.internal.dispatch;

import java.util.List;

/** Memory that was lent to a queue which has failed, and may still write to it: it is never freed. */
final class LentMemory {
    private LentMemory() {}

    /** Loads what {@link #keep} needs: a queue may fail for want of descriptors, or of stack. */
    static void load() {
        hook(List.of());
    }

    /**
     * Keeps {@code memory} reachable until the JVM ends, by a thread to be started then, which does nothing: that takes
     * no thread of the system's now, which might not be had, and stays when this class is unloaded.
     */
    static void keep(List<Object> memory) {
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
