package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Where threads run on whose loop has ended. */
class AfterlifeTest {
    private static final int FAR_SECONDS = 20;

    private final AtomicBoolean isOutOfThreads = new AtomicBoolean(true);

    private Thread thread(Runnable work) {
        if (isOutOfThreads.get()) {
            throw new OutOfMemoryError("unable to create native thread");
        }
        return new Thread(work);
    }

    @Test
    void whatFindsNoThreadRunsWhenThereIsOneAgain() throws InterruptedException {
        CountDownLatch run = new CountDownLatch(3);
        try (ThreadPoolExecutor threads = Afterlife.pool(this::thread)) {
            Afterlife.execute(threads, run::countDown);
            Afterlife.execute(threads, run::countDown);
            assertThat(run.getCount()).isEqualTo(3);
            isOutOfThreads.set(false);
            Afterlife.execute(threads, run::countDown);

            assertThat(run.await(FAR_SECONDS, TimeUnit.SECONDS)).isTrue();
        }
    }
}
