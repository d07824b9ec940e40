package dev.ringpark.internal.backend.fd;

import dev.ringpark.internal.os.linux.Libc;
import org.jspecify.annotations.Nullable;

/** Whether system calls can be made at all: if not, why, in words, with the cure where there is one. */
public final class NativeAccess {
    private NativeAccess() {}

    /** Why those of Linux cannot be made; null if they can. */
    public static @Nullable String refusalOfLinux() {
        return System.getProperty("os.name", "").equals("Linux") ? refusal(Libc::bindAll) : "this system is not Linux";
    }

    /** Why {@code binding}, which binds what is native, is not allowed; null if it is. */
    public static @Nullable String refusal(Runnable binding) {
        try {
            binding.run();   // the first native call binds the C library, which the JVM may forget to allow, or forbid
            return null;
        } catch (IllegalCallerException | LinkageError e) {   // the second time it is NoClassDefFoundError
            return "the JVM does not let Ringpark call the system (start it with --enable-native-access="
                    + moduleName() + ")";
        }
    }

    private static String moduleName() {
        String name = NativeAccess.class.getModule().getName();
        return name == null ? "ALL-UNNAMED" : name;
    }
}
