package dev.ringpark.internal.backend.fd;

import dev.ringpark.internal.os.linux.Libc;
import org.jspecify.annotations.Nullable;

/** Whether system calls can be made at all. */
public final class LinuxAccess {
    private LinuxAccess() {}

    /** Why not, in words, with the cure where there is one; null if they can. */
    public static @Nullable String refusal() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return "this system is not Linux";
        }
        try {
            Libc.bindAll();   // the first native call binds the C library, which the JVM may forget to allow, or forbid
            return null;
        } catch (IllegalCallerException | LinkageError e) {   // the second time it is NoClassDefFoundError
            return "the JVM does not let Ringpark call the system (start it with --enable-native-access="
                    + moduleName() + ")";
        }
    }

    private static String moduleName() {
        String name = LinuxAccess.class.getModule().getName();
        return name == null ? "ALL-UNNAMED" : name;
    }
}
