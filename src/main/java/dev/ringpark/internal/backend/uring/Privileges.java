package dev.ringpark.internal.backend.uring;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the kernel tells of a process: its {@code status} (proc_pid_status(5)), its {@code uidMap}
 * (user_namespaces(7)) and its {@code limits} (proc_pid_limits(5)). What cannot be read is empty, and gives no
 * privilege.
 */
record Privileges(String status, String uidMap, String limits) {
    /** Numbers of linux/capability.h. */
    static final int CAP_IPC_LOCK = 14;
    static final int CAP_SYS_ADMIN = 21;

    private static final Pattern CAPABILITIES = Pattern.compile("(?m)^CapEff:\\s*(\\p{XDigit}{1,16})$");
    private static final Pattern GROUPS = Pattern.compile("(?m)^(?:Gid|Groups):(.*)$");
    private static final Pattern UNLIMITED_LOCKS = Pattern.compile("(?m)^Max locked memory +unlimited\\b");
    private static final Pattern WHOLE_SYSTEM = Pattern.compile("\\s*0\\s+0\\s+4294967295\\s*");

    /** Those of this process. */
    static Privileges own() {
        return new Privileges(read(Path.of("/proc/self/status")), read(Path.of("/proc/self/uid_map")),
                read(Path.of("/proc/self/limits")));
    }

    /** The text of a file of proc(5); empty if there is none, or nothing to read it with. */
    static String read(Path file) {
        try {
            return Files.readString(file).strip();
        } catch (IOException e) {
            return "";
        }
    }

    /** Whether the process has {@code capability} over the system: whoever is root in a namespace alone has not. */
    boolean has(int capability) {
        Matcher effective = CAPABILITIES.matcher(status);
        return effective.find() && (Long.parseUnsignedLong(effective.group(1), 16) & 1L << capability) != 0
                && (uidMap.isEmpty() || WHOLE_SYSTEM.matcher(uidMap).matches());
    }

    /** Whether no limit is set to the memory that the process may lock, or none is meant for it. */
    boolean mayLockAllMemory() {
        return has(CAP_IPC_LOCK) || UNLIMITED_LOCKS.matcher(limits).find();
    }

    /** Whether the process belongs to the group with that number. */
    boolean isIn(String group) {
        return GROUPS.matcher(status).results()
                .anyMatch(line -> Arrays.asList(line.group(1).strip().split("\\s+", -1)).contains(group));
    }
}
