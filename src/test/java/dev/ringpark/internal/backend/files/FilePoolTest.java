package dev.ringpark.internal.backend.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many threads for files there are. */
class FilePoolTest {
    private static final int ROUNDS = 20;
    private static final int TASKS = 50;
    private static final int LOOKS = 10_000;   // long enough for another thread to come

    private final FilePool pool = new FilePool(1);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger most = new AtomicInteger();

    @AfterEach
    void shutdown() {
        pool.shutdown();
    }

    @Test
    void whoIsStuckIsReplacedUntilHeIsBack() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            CountDownLatch release = new CountDownLatch(1);
            CountDownLatch back = new CountDownLatch(1);
            pool.execute(() -> {
                awaitUninterrupted(release);
                pool.isBack();
                back.countDown();
            });
            CountDownLatch others = someTasks();   // they wait, and then get the thread
            pool.miss();
            others.await();
            assertThat(most).as("beside the one that is stuck").hasValue(1);
            release.countDown();
            back.await();
            someTasks().await();
            assertThat(most).as("as many as ever").hasValue(1);
        }
    }

    @Test
    void whoIsBackBeforeHeWasMissedLeavesAllAsItWas() throws Exception {
        CountDownLatch back = new CountDownLatch(1);
        pool.execute(() -> {
            pool.isBack();
            back.countDown();
        });
        back.await();
        pool.miss();
        someTasks().await();
        assertThat(most).hasValue(1);
    }

    @Test
    void aCloseOvertakesWhatWaits() throws Exception {
        CountDownLatch closed = new CountDownLatch(1);
        CountDownLatch blocked = new CountDownLatch(1);
        pool.execute(() -> awaitUninterrupted(blocked));
        pool.executeClose(closed::countDown);
        closed.await();
        blocked.countDown();
    }

    private CountDownLatch someTasks() {
        CountDownLatch left = new CountDownLatch(TASKS);
        for (int task = 0; task < TASKS; task++) {
            pool.execute(() -> {
                running.incrementAndGet();
                for (int i = 0; i < LOOKS; i++) {
                    most.accumulateAndGet(running.get(), Math::max);
                }
                running.decrementAndGet();
                left.countDown();
            });
        }
        return left;
    }

    private static void awaitUninterrupted(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
