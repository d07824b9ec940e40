package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.internal.jdk.SocketPollers;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/** Makes once what the JDK makes at its first use and keeps, so that nobody takes it for a leak. */
public final class WarmUp {
    private static final AtomicBoolean DONE = new AtomicBoolean();

    private WarmUp() {}

    /** The first call does it, the others nothing. */
    public static void once() throws IOException {
        if (!DONE.compareAndSet(false, true)) {
            return;
        }
        SocketPollers.start();
        // Its peer is the JDK's, on a platform thread; the selector's flavor always works.
        try (CarrierLoop loop = CarrierLoop.start(Flavor.SELECTOR_HANDED_OVER.options())) {
            Outside connection = Outside.of(loop);
            connection.near().close();
            connection.reset();
        }
        if (System.getProperty("ringpark.test.kqueue") != null) {   // one of others keeps descriptors, too
            CarrierLoop.start(Flavor.KQUEUE_CARRIED.options()).close();
        }
    }
}
