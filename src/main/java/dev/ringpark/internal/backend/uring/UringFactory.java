package dev.ringpark.internal.backend.uring;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.os.linux.Libc;
import java.io.IOException;

/** Opens a ring, if Linux and the JVM let us. */
public final class UringFactory implements Backend.Factory {
    @Override
    public String name() {
        return "io_uring";
    }

    @Override
    public Backend open(BackendOptions options, InFlight inFlight, Backend.Completions completions, Counters counters)
            throws IOException {
        if (!System.getProperty("os.name", "").equals("Linux")) {
            throw new BackendUnavailableException("this system is not Linux");
        }
        requireNativeAccess();
        return UringBackend.open(options, inFlight, completions, counters);
    }

    /** The first native call binds the C library, which the JVM may forget to allow, or forbid. */
    private static void requireNativeAccess() throws BackendUnavailableException {
        try {
            Libc.bindAll();
        } catch (IllegalCallerException | LinkageError e) {   // the second time it is NoClassDefFoundError
            throw refusal(e);
        }
    }

    private static BackendUnavailableException refusal(Throwable e) {
        return new BackendUnavailableException("the JVM does not let Ringpark call the system (start it with "
                + "--enable-native-access=" + moduleName() + ")", e);
    }

    private static String moduleName() {
        String name = UringBackend.class.getModule().getName();
        return name == null ? "ALL-UNNAMED" : name;
    }
}
