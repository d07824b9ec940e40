package dev.ringpark.bench.load;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Counts the echoes of connections that are to be idle afterwards. */
final class HoldRun {
    private final CountDownLatch missing;

    HoldRun(int connections) {
        missing = new CountDownLatch(connections);
    }

    void echoed() {
        missing.countDown();
    }

    void awaitEchoes(long seconds) throws InterruptedException {
        if (!missing.await(seconds, TimeUnit.SECONDS)) {
            throw new IllegalStateException(missing.getCount() + " connections got no echo for " + seconds + " s");
        }
    }
}
