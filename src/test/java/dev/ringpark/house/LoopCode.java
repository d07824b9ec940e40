package dev.ringpark.house;

import com.tngtech.archunit.core.domain.JavaClass;
import dev.ringpark.internal.dispatch.SleepGate;
import java.util.List;
import java.util.Set;

/** What runs on the loop's own thread, between the virtual threads it carries. */
final class LoopCode {
    private static final List<String> ROOMS =
            List.of("dev.ringpark.internal.dispatch.", "dev.ringpark.internal.backend.", "dev.ringpark.internal.op.");
    private static final Set<String> FILES = Set.of("dev.ringpark.LoopEngine", "dev.ringpark.LoopDoor",
            "dev.ringpark.Parking", "dev.ringpark.LoopScheduler", "dev.ringpark.RunQueue", "dev.ringpark.Herald",
            "dev.ringpark.Watch", "dev.ringpark.LoopTimer", "dev.ringpark.Alarm", "dev.ringpark.Sleepers");

    /** Its pool has locks; those who take them are the loop and the pool's own platform threads, for a moment. */
    private static final String BESIDE = "dev.ringpark.internal.backend.files.FileThreads";

    private LoopCode() {}

    static boolean includes(JavaClass type) {
        return includes(type.getName());
    }

    /** Whether the class of this name, or the one around it, is loop code. */
    static boolean includes(String name) {
        String file = name.replaceFirst("[$].*", "");
        return !file.equals(BESIDE) && (ROOMS.stream().anyMatch(name::startsWith) || FILES.contains(file));
    }
}
