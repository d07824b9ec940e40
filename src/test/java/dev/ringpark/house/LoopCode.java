package dev.ringpark.house;

import com.tngtech.archunit.core.domain.JavaClass;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What runs on the loop's own thread, between the virtual threads it carries: down to the system, and up to what opens
 * and ends a loop.
 */
final class LoopCode {
    static final List<String> ROOMS =
            List.of("dev.ringpark.internal.dispatch.", "dev.ringpark.internal.backend.", "dev.ringpark.internal.op.",
                    "dev.ringpark.internal.jdk.", "dev.ringpark.internal.os.");
    static final Set<String> FILES = Set.of("dev.ringpark.LoopEngine", "dev.ringpark.LoopDoor",
            "dev.ringpark.LoopThread", "dev.ringpark.Parking", "dev.ringpark.LoopScheduler", "dev.ringpark.RunQueue",
            "dev.ringpark.Herald", "dev.ringpark.LoopWatch", "dev.ringpark.LoopTimer", "dev.ringpark.Alarm",
            "dev.ringpark.Sleepers", "dev.ringpark.Mailbox", "dev.ringpark.Requests", "dev.ringpark.Cancel",
            "dev.ringpark.LoopLife", "dev.ringpark.OpenSockets", "dev.ringpark.LostSockets", "dev.ringpark.Watchdog",
            "dev.ringpark.Threads", "dev.ringpark.Afterlife", "dev.ringpark.Timeouts",
            "dev.ringpark.PendingOperation");

    private static final String BY_CALLERS = "by the threads that open and close sockets, never by the loop";
    private static final String AT_THE_END =
            "by those threads; by the loop after its last turn, when it carries nobody";

    private static final String FOR_COPIES =
            "by the threads that read and write, never by the loop; a dispatcher's one thread waits for nobody";

    /** The monitors in loop code: by which method, and why that holds up no loop. */
    static final Map<String, String> MONITORS = Map.ofEntries(
            Map.entry("dev.ringpark.OpenSockets.paths", BY_CALLERS),
            Map.entry("dev.ringpark.OpenSockets.link", BY_CALLERS),
            Map.entry("dev.ringpark.OpenSockets.unlink", AT_THE_END),
            Map.entry("dev.ringpark.OpenSockets.shut", AT_THE_END),
            Map.entry("dev.ringpark.OpenSockets.handles", AT_THE_END),
            Map.entry("dev.ringpark.OpenSockets.clear", AT_THE_END),
            Map.entry("dev.ringpark.internal.dispatch.FileBuffers.take", FOR_COPIES),
            Map.entry("dev.ringpark.internal.dispatch.FileBuffers.give", FOR_COPIES),
            Map.entry("dev.ringpark.Watchdog.add", "by loops before their first turn"),
            Map.entry("dev.ringpark.Watchdog.remove", "by loops after their last turn"),
            Map.entry("dev.ringpark.Watchdog.isNeeded", "by the watchdog's own thread"),
            Map.entry("dev.ringpark.internal.jdk.SocketPollers.startOnce", "by loops before they open their queue"));

    /** The classes of loop code with a lock, a queue that blocks, or a log, and why that holds up no loop. */
    static final Map<String, String> LOCKS = Map.of(
            "dev.ringpark.LoopLife", "its log and its latch come after the last turn; others wait at the latch",
            "dev.ringpark.LostSockets", "its log is written by a virtual thread of the JDK's scheduler",
            "dev.ringpark.Watchdog", "its set changes before a first and after a last turn; rouse() only unparks",
            "dev.ringpark.Afterlife", "its pool takes over after the last turn",
            "dev.ringpark.internal.backend.files.Growth", "the pool's own threads take it, around their calls");

    /** It has locks; those who take them are the loop and the pool's own platform threads, for a moment. */
    private static final String BESIDE = "dev.ringpark.internal.backend.files.FilePool";

    private LoopCode() {}

    static boolean includes(JavaClass type) {
        return includes(type.getName());
    }

    /** Whether the class of this name, or the one around it, is loop code. */
    static boolean includes(String name) {
        String file = name.replaceFirst("[$].*", "");
        return !file.equals(BESIDE) && (ROOMS.stream().anyMatch(name::startsWith) || FILES.contains(file));
    }

    /** Whether {@code type}, or the class around it, is one of {@link #LOCKS}. */
    static boolean mayLock(JavaClass type) {
        return LOCKS.containsKey(type.getName().replaceFirst("[$].*", ""));
    }
}
