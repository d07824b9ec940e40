package dev.ringpark;

import dev.ringpark.internal.jdk.VirtualThreads;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** What the options, the system properties and the environment ask for, in this order, and what the JVM allows. */
final class Choices {
    private Choices() {}

    static ModeChoice mode(LoopOptions options) throws IOException {
        LoopMode asked = options.mode();
        if (asked == null) {
            String label = setting("ringpark.mode", "RINGPARK_MODE");
            asked = label == null ? null : LoopMode.ofLabel(label);
        }
        String refusal = VirtualThreads.refusal();
        if (asked == LoopMode.CARRIED && refusal != null) {
            throw new IOException("the forced mode, carried, cannot be had: " + refusal);
        }
        if (asked != null) {
            return new ModeChoice(asked, "asked for");
        }
        return refusal == null
                ? new ModeChoice(LoopMode.CARRIED, "java.lang is open to Ringpark")
                : new ModeChoice(LoopMode.HANDED_OVER, refusal);
    }

    /** Whether lost sockets are told of, with the place where each was opened. */
    static boolean reportsLeaks() {
        String asked = setting("ringpark.leaks", "RINGPARK_LEAKS");
        if (asked != null && !asked.equals("report")) {
            throw new IllegalArgumentException("leaks is \"" + asked + "\"; it has to be report, or nothing");
        }
        return asked != null;
    }

    private static @Nullable String setting(String property, String variable) {
        String value = System.getProperty(property, System.getenv(variable));
        return value == null || value.isBlank() ? null : value;
    }
}
