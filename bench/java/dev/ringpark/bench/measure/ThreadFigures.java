package dev.ringpark.bench.measure;

import java.util.Set;

/** A thread as the operating system sees it; its name is cut after 15 characters there. */
record ThreadFigures(String name, long voluntarySwitches, long cpuNanos) {
    /** Threads that every HotSpot has and that tick or wait on their own account, whatever the program does. */
    private static final Set<String> OF_THE_JVM = Set.of(
            "VM Periodic Tas", "VM Thread", "Service Thread", "Monitor Deflati", "Notification Th", "Signal Dispatch",
            "Reference Handl", "Finalizer", "Common-Cleaner", "Cleaner-0", "Attach Listener", "GC Thread#0", "control");

    /** Whether it serves connections rather than the JVM or our control port. */
    boolean serves() {
        return !OF_THE_JVM.contains(name) && !name.contains("Compiler") && !name.startsWith("G1 ");
    }

    ThreadFigures since(ThreadFigures before) {
        return before == null
                ? this
                : new ThreadFigures(name, voluntarySwitches - before.voluntarySwitches, cpuNanos - before.cpuNanos);
    }
}
