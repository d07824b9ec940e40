package dev.ringpark.internal.backend.fd;

import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.ReadinessAbi;
import org.jspecify.annotations.Nullable;

/** Whether system calls can be made at all: if not, why, in words, with the cure where there is one. */
public final class NativeAccess {
    /** Of the C library, found out once: a second try would only be told that there was a first. */
    private static final class Linux {
        private static final @Nullable String REFUSAL = refusal(Libc::bindAll);
    }

    private NativeAccess() {}

    /** Why those of Linux cannot be made; null if they can. */
    public static @Nullable String refusalOfLinux() {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            return "this system is not Linux";
        }
        if (!ReadinessAbi.ARE_KNOWN) {   // every backend of Linux calls by number
            return "this machine's system call numbers are not known here";
        }
        try {
            return Linux.REFUSAL;
        } catch (LinkageError e) {   // the first try ran out of memory or stack
            return reason(e);
        }
    }

    /** Why {@code binding}, which binds what is native, is not allowed or not possible; null if it is. */
    public static @Nullable String refusal(Runnable binding) {
        try {
            binding.run();   // the first native call binds the C library, which the JVM may forget to allow, or forbid
            return null;
        } catch (IllegalCallerException | LinkageError e) {
            return reason(e);
        }
    }

    /** What a class could not be initialised for comes as a cause, and from the second time on as a cause's text. */
    private static String reason(Throwable thrown) {
        Throwable first = thrown;
        while (first.getCause() != null) {
            first = first.getCause();
        }
        if (first.toString().contains(IllegalCallerException.class.getName())) {
            return "the JVM does not let Ringpark call the system (start it with --enable-native-access="
                    + moduleName() + ")";
        }
        return "the system's calls cannot be bound: "
                + (first instanceof UnsatisfiedLinkError ? first.getMessage() : first.toString());
    }

    private static String moduleName() {
        String name = NativeAccess.class.getModule().getName();
        return name == null ? "ALL-UNNAMED" : name;
    }
}
