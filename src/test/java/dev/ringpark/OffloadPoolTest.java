package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.contract.SmallStack;
import dev.ringpark.internal.op.Moment;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The threads for what would block a loop. */
@Timeout(60)
class OffloadPoolTest {
    private static final int CLOSE_BY = 512;   // steps up the stack, one by one
    private static final int ENOUGH = 5;

    private final OffloadPool pool = new OffloadPool(LoopOptions.defaults().withOffload(1, 0));
    private final CountDownLatch runs = new CountDownLatch(1);

    @Test
    void whoCallsAndWhoWaitsForAPlaceIsToldOfTheEnd() throws Exception {
        List<FutureTask<Integer>> calls = callers();
        pool.close();
        assertAllTold(calls);
        pool.close();

        assertThatThrownBy(() -> pool.run(() -> 1, Moment.NONE)).isInstanceOf(AsynchronousCloseException.class);
    }

    /** One who has the thread, and three who wait for a place. */
    private List<FutureTask<Integer>> callers() throws InterruptedException {
        List<FutureTask<Integer>> calls = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            FutureTask<Integer> call = new FutureTask<>(() -> pool.run(this::runUntilInterrupted, Moment.NONE));
            calls.add(call);
            threads.add(Thread.startVirtualThread(call));
            runs.await();
        }
        for (Thread each : threads) {
            while (each.getState() != Thread.State.WAITING) {
                Thread.onSpinWait();
            }
        }
        return calls;
    }

    private int runUntilInterrupted() throws InterruptedException {
        runs.countDown();
        new CountDownLatch(1).await();
        return 0;
    }

    private static void assertAllTold(List<FutureTask<Integer>> calls) {
        for (FutureTask<Integer> call : calls) {
            assertThatThrownBy(() -> call.get(30, TimeUnit.SECONDS)).isExactlyInstanceOf(ExecutionException.class)
                    .hasCauseExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    /** From where there is no stack to where there is enough: a place that is lost once is lost to all. */
    @Test
    void whoRunsOutOfStackTakesNoPlaceAlong() throws Exception {
        int refused = SmallStack.runEverFurtherUp(() -> pool.run(() -> 1, Moment.NONE), CLOSE_BY, ENOUGH,
                () -> assertThat(pool.run(() -> 1, Moment.after(TimeUnit.SECONDS.toNanos(30)))).isEqualTo(1));
        assertThat(refused).isPositive();
    }
}
