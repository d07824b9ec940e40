package dev.ringpark.internal.backend.uring;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.fd.NativeAccess;
import dev.ringpark.internal.op.InFlight;
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
        String refusal = NativeAccess.refusalOfLinux();
        if (refusal != null) {
            throw new BackendUnavailableException(refusal);
        }
        if (Thread.currentThread().isVirtual()) {
            throw new BackendUnavailableException("a ring belongs to one thread of the system, and a virtual thread "
                    + "runs on several in turn: open it on a platform thread");
        }
        return UringBackend.open(options, inFlight, completions, counters);
    }
}
