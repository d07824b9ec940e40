package dev.ringpark.internal.backend.readiness;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.backend.BackendOptions;
import dev.ringpark.internal.backend.BackendUnavailableException;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.backend.fd.NativeAccess;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.os.linux.LinuxSockets;
import java.io.IOException;

/** Opens a queue of epoll, if Linux and the JVM let us. */
public final class EpollFactory implements Backend.Factory {
    @Override
    public String name() {
        return "epoll";
    }

    @Override
    public Backend open(BackendOptions options, InFlight inFlight, Backend.Completions completions, Counters counters)
            throws IOException {
        String refusal = NativeAccess.refusalOfLinux();
        if (refusal != null) {
            throw new BackendUnavailableException(refusal);
        }
        return ReadinessBackend.over(EpollQueue::open, LinuxSockets.CALLS, options, completions, counters);
    }
}
