package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** The ways to run something on a loop. */
class LoopThreadsTest extends RiggedLoop {
    private static final class OwnThrowable extends Exception {
        private static final long serialVersionUID = 1;
    }

    // ---- run ----

    @Test
    void runReturnsWhatTheTaskReturnsAndNullToo() throws Exception {
        assertThat(rig.loop.run(() -> "answer")).isEqualTo("answer");
        assertThat(rig.loop.<Object>run(() -> null)).isNull();
    }

    @Test
    void runThrowsTheVeryThrowableOfTheTask() {
        List<Throwable> each = List.of(new OwnThrowable(), new IllegalStateException(), new AssertionError(),
                new IOException(), new ExecutionException(new OwnThrowable()), new InterruptedException());
        for (Throwable thrown : each) {
            assertThatThrownBy(() -> rig.loop.run(thrower(thrown))).isSameAs(thrown);
        }
        assertThat(Thread.currentThread().isInterrupted()).isFalse();
    }

    private static Callable<Void> thrower(Throwable thrown) {
        return () -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        };
    }

    @Test
    void interruptingTheCallerOfRunInterruptsTheTask() throws Exception {
        CountDownLatch endless = new CountDownLatch(1);
        CountDownLatch interrupted = new CountDownLatch(1);
        AtomicReference<Thread> task = new AtomicReference<>();
        LoopRig.Running<Void> caller = LoopRig.startPlatform(() -> rig.loop.run(() -> {
            task.set(Thread.currentThread());
            try {
                endless.await();
            } catch (InterruptedException e) {
                interrupted.countDown();
            }
            return null;
        }));
        LoopRig.until(() -> task.get() != null, () -> "never ran");
        LoopRig.awaitWaiting(task.get());

        caller.thread().interrupt();

        assertThatThrownBy(caller::await).isInstanceOf(InterruptedException.class);
        assertThat(interrupted.await(LoopRig.FAR.toSeconds(), TimeUnit.SECONDS)).isTrue();
        LoopRig.join(task.get());
    }

    @Test
    void runMayBeCalledByAThreadOfTheLoopItself() throws Exception {
        assertThat(LoopRig.await(rig.start(() -> rig.loop.run(() -> rig.loop.run(() -> 7))).result())).isEqualTo(7);
    }

    // ---- threads ----

    @Test
    void whatRunsOnTheLoopIsAVirtualThread() throws Exception {
        assertThat(rig.loop.run(() -> Thread.currentThread().isVirtual())).isTrue();
        assertThat(rig.loop.threadFactory().newThread(() -> { }).isVirtual()).isTrue();
    }

    @Test
    void startVirtualThreadReturnsTheThreadThatRuns() throws Exception {
        AtomicReference<Thread> ran = new AtomicReference<>();

        Thread thread = rig.loop.startVirtualThread(() -> ran.set(Thread.currentThread()));

        LoopRig.join(thread);
        assertThat(ran).hasValue(thread);
    }

    @Test
    void theFactoryMakesThreadsThatRunWhenTheyAreStarted() throws Exception {
        AtomicBoolean ran = new AtomicBoolean();
        Thread thread = rig.loop.threadFactory().newThread(() -> ran.set(true));
        assertThat(thread.getState()).isEqualTo(Thread.State.NEW);

        thread.start();

        LoopRig.join(thread);
        assertThat(ran).isTrue();
    }

    @Test
    void nullTasksAreRefused() {
        assertThatThrownBy(() -> rig.loop.startVirtualThread(null)).isInstanceOf(NullPointerException.class);
        assertThatThrownBy(() -> rig.loop.run(null)).isInstanceOf(NullPointerException.class);
    }

    // ---- executor ----

    @Test
    void theExecutorRunsEachTaskAndItsCloseWaitsForThem() throws Exception {
        CountDownLatch go = new CountDownLatch(1);
        List<Future<Integer>> results;
        try (ExecutorService executor = rig.loop.executor()) {
            results = List.of(executor.submit(() -> waitAndAnswer(go, 1)), executor.submit(() -> waitAndAnswer(go, 2)));
            executor.execute(go::countDown);
        }
        assertThat(results).extracting(Future::resultNow).containsExactly(1, 2);
    }

    private static int waitAndAnswer(CountDownLatch go, int answer) throws InterruptedException {
        go.await();
        return answer;
    }

    @Test
    void eachExecutorIsAnotherSoThatClosingOneLeavesTheOthersOpen() throws Exception {
        ExecutorService kept = rig.loop.executor();
        rig.loop.executor().close();

        assertThat(LoopRig.await(kept.submit(() -> 3))).isEqualTo(3);
        kept.close();
    }

    // ---- who carries ----

    @Test
    void allThreadsOfACarriedLoopRunOnItsOneThreadAndSoDoTheirChildren() throws Exception {
        List<String> carriers = rig.loop.run(() -> {
            AtomicReference<String> child = new AtomicReference<>();
            Thread.startVirtualThread(() -> child.set(carrierName())).join();
            try (ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor()) {
                return List.of(carrierName(), child.get(), executor.submit(LoopThreadsTest::carrierName).get());
            }
        });

        if (LoopRig.isCarried(flavor)) {
            assertThat(carriers).containsOnly(LoopRig.threadName(flavor));
        } else {
            assertThat(carriers).doesNotContain(LoopRig.threadName(flavor));
        }
    }

    /** A virtual thread's text ends with the name of the thread that carries it. */
    private static String carrierName() {
        return Thread.currentThread().toString().replaceFirst(".*@", "");
    }
}
