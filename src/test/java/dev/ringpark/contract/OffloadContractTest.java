package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What would block the loop runs beside it, as if its caller ran it; such threads are few, and nobody is lost. */
class OffloadContractTest extends Contract {
    private final CountDownLatch release = new CountDownLatch(1);
    private final CountDownLatch interrupted = new CountDownLatch(1);
    private final AtomicInteger running = new AtomicInteger();
    private final AtomicInteger mostRunning = new AtomicInteger();

    /** A task that counts as running until all are released. */
    private int hold(int answer) throws InterruptedException {
        mostRunning.accumulateAndGet(running.incrementAndGet(), Math::max);
        try {
            release.await();
            return answer;
        } finally {
            running.decrementAndGet();
        }
    }

    /** The same, and tells of an interrupt. */
    private int holdAndTell(int answer) throws InterruptedException {
        try {
            return hold(answer);
        } catch (InterruptedException e) {
            interrupted.countDown();
            throw e;
        }
    }

    private void assertToldOfTheInterrupt() throws InterruptedException {
        assertThat(interrupted.await(Eventually.LONG_SECONDS, TimeUnit.SECONDS)).isTrue();
    }

    /** Releases all tasks; what the calls that wait for them return. */
    private List<Integer> released(List<Call<Integer>> calls) throws Exception {
        release.countDown();
        List<Integer> answers = new ArrayList<>();
        for (Call<Integer> call : calls) {
            answers.add(call.result());
        }
        return answers;
    }

    private static void interrupt(Call<?> call) throws Exception {
        call.thread().interrupt();
        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
    }

    private static void assertClosedMeanwhile(List<Call<Integer>> calls) throws Exception {
        for (Call<Integer> call : calls) {
            assertThat(call.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    /** A loop with another pool. */
    private CarrierLoop loopWith(int threads, int queue) throws IOException {
        return closeLater(flavor.start(flavor.options().withOffload(threads, queue)));
    }

    /** Offloads on a thread of {@code other} and returns when that waits; the task is running then, or is not to be. */
    private Call<Integer> offloaded(CarrierLoop other, Callable<Integer> task, int expectedRunning) {
        Call<Integer> call = call(other::startVirtualThread, () -> other.offload(task));
        Eventually.until(() -> running.get() == expectedRunning && isWaiting(call), "waits: " + call);
        return call;
    }

    private static boolean isWaiting(Call<?> call) {
        return call.thread().getState() == Thread.State.WAITING;
    }

    private static boolean waitsForAPlace(Call<?> call) {
        return isWaiting(call) && Arrays.stream(call.thread().getStackTrace())
                .anyMatch(frame -> frame.getClassName().equals(Semaphore.class.getName()));
    }

    private static boolean waitsForItsTask(Call<?> call) {
        return isWaiting(call) && !waitsForAPlace(call);
    }

    // ---- as if the caller ran it ----

    @Test
    void offloadReturnsWhatTheTaskReturnsAndNullTooOnAnyThread() throws Exception {
        CarrierLoop other = anotherLoop();
        List<Function<Runnable, Thread>> starters = List.of(loop::startVirtualThread, Thread.ofVirtual()::start,
                Thread.ofPlatform()::start, other::startVirtualThread);
        for (Function<Runnable, Thread> starter : starters) {
            assertThat(call(starter, () -> loop.offload(() -> "answer")).result()).isEqualTo("answer");
            assertThat(call(starter, () -> loop.<Object>offload(() -> null)).result()).isNull();
        }
    }

    @Test
    void offloadThrowsTheVeryThrowableOfTheTask() throws Exception {
        List<Throwable> each = List.of(new IOException(), new IllegalStateException(), new AssertionError(),
                new CancellationException(), new RejectedExecutionException(), new TimeoutException(),
                new ExecutionException(new IOException()), new InterruptedException());
        for (Throwable thrown : each) {
            Call<Object> call = call(() -> loop.offload(thrower(thrown)));
            assertThat(call.failure()).isSameAs(thrown);
            assertThat(call.endedInterrupted()).isFalse();
        }
    }

    private static Callable<Object> thrower(Throwable thrown) {
        return () -> {
            if (thrown instanceof Error error) {
                throw error;
            }
            throw (Exception) thrown;
        };
    }

    @Test
    void aTaskRunsOnADaemonThatHasNothingOfItsCallersThread() throws Exception {
        InheritableThreadLocal<String> local = new InheritableThreadLocal<>();
        ClassLoader ofTheCaller = new ClassLoader() { };
        call(Thread.ofPlatform()::start, () -> {
            local.set("of the caller");
            Thread.currentThread().setContextClassLoader(ofTheCaller);
            return loop.offload(() -> {
                Thread thread = Thread.currentThread();
                assertThat(thread.isVirtual()).isFalse();
                assertThat(thread.isDaemon()).isTrue();
                assertThat(thread.getName()).startsWith(Flavor.LOOP_NAME + "-offload-");
                assertThat(thread.getContextClassLoader()).isNotSameAs(ofTheCaller);
                assertThat(local.get()).isNull();
                return null;
            });
        }).result();
    }

    @Test
    void aThreadThatCannotLeaveTheLoopGetsItsAnswerToo() throws Exception {
        assertThat(call(() -> LoopPinnedCall.make(() -> loop.offload(() -> 5))).result()).isEqualTo(5);
    }

    @Test
    void theLoopGoesOnWhileItsThreadsWaitForTasks() throws Exception {
        Call<Integer> one = offloaded(loop, () -> hold(1), 1);
        Call<Integer> two = offloaded(loop, () -> hold(2), 2);
        assertPasses(pair());

        assertThat(released(List.of(one, two))).containsExactly(1, 2);
    }

    // ---- interrupts ----

    @Test
    void interruptingTheCallerInterruptsTheTask() throws Exception {
        Call<Integer> call = offloaded(loop, () -> holdAndTell(1), 1);

        interrupt(call);

        assertThat(call.endedInterrupted()).isFalse();
        assertToldOfTheInterrupt();
        assertThat(call(() -> loop.offload(() -> Thread.currentThread().isInterrupted())).result()).isFalse();
    }

    @Test
    void aTaskOfACallerThatWasInterruptedBeforeDoesNotBegin() throws Exception {
        Call<Integer> call = call(() -> {
            Thread.currentThread().interrupt();
            return loop.offload(running::incrementAndGet);
        });
        assertThat(call.failure()).isExactlyInstanceOf(InterruptedException.class);
        assertThat(running).hasValue(0);
    }

    // ---- limits ----

    @Test
    void noMoreTasksRunThanThereAreThreadsAndAllOthersWaitForThem() throws Exception {
        CarrierLoop other = loopWith(2, 3);
        List<Call<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            int answer = i;
            calls.add(offloaded(other, () -> hold(answer), Math.min(i + 1, 2)));
        }
        assertThat(released(calls)).isEqualTo(IntStream.range(0, 20).boxed().toList());
        assertThat(mostRunning).hasValue(2);
    }

    @Test
    void whoFindsNoPlaceWaitsForOneFirstComeFirstServed() throws Exception {
        CarrierLoop other = loopWith(1, 0);
        List<Call<Integer>> calls = new ArrayList<>();
        ConcurrentLinkedQueue<Integer> order = new ConcurrentLinkedQueue<>();
        for (int i = 0; i < 10; i++) {
            int number = i;
            calls.add(offloaded(other, () -> {
                order.add(number);
                return hold(number);
            }, 1));
        }
        List<Integer> answers = released(calls);
        assertThat(order).containsExactlyElementsOf(answers).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
        assertThat(mostRunning).hasValue(1);
    }

    /** Who has a place waits for his task; who has none, for a place. */
    @Test
    void whoeverIsInterruptedGivesHisPlaceBackOnce() throws Exception {
        CarrierLoop other = loopWith(1, 1);
        Call<Integer> holder = offloaded(other, () -> hold(1), 1);
        AtomicInteger begun = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            Call<Integer> queued = offloaded(other, begun::incrementAndGet, 1);
            Call<Integer> outside = offloaded(other, begun::incrementAndGet, 1);
            assertThat(waitsForItsTask(queued)).isTrue();
            assertThat(waitsForAPlace(outside)).isTrue();
            interrupt(queued);
            Eventually.until(() -> waitsForItsTask(outside), "got the place");
            interrupt(outside);
        }
        interrupt(holder);
        assertThat(begun).hasValue(0);

        Eventually.until(() -> running.get() == 0, "ended the task that was interrupted");
        List<Call<Integer>> later = List.of(offloaded(other, () -> hold(1), 1), offloaded(other, () -> hold(2), 1),
                offloaded(other, () -> hold(3), 1));
        assertThat(released(later)).containsExactly(1, 2, 3);
        assertThat(mostRunning).hasValue(1);
    }

    @Test
    void aTaskThatOffloadsInTurnNeedsNoFurtherThread() throws Exception {
        CarrierLoop other = loopWith(1, 0);
        Call<List<Thread>> call = call(other::startVirtualThread, () -> other.offload(() ->
                List.of(Thread.currentThread(), other.offload(() -> other.offload(Thread::currentThread)))));
        assertThat(call.result().getFirst()).isSameAs(call.result().getLast());
    }

    @Test
    void threadsEndWhenThereIsNothingToDo() throws Exception {
        assertThat(call(() -> loop.offload(() -> 1)).result()).isEqualTo(1);
        Eventually.until(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith(Flavor.LOOP_NAME + "-offload-")), "ended its threads");
        assertThat(call(() -> loop.offload(() -> 2)).result()).isEqualTo(2);
    }

    /** Threads the loop carries and others contend for the pool's locks, and the loop for none of them. */
    @Test
    void threadsOfEveryKindOffloadAtOnceAndEachGetsItsOwnAnswer() throws Exception {
        CarrierLoop other = loopWith(3, 2);
        List<Call<Integer>> calls = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            int number = i;
            Function<Runnable, Thread> starter = i % 10 == 0 ? Thread.ofPlatform()::start : other::startVirtualThread;
            calls.add(call(starter, () -> offloadMany(other, number)));
        }
        for (Call<Integer> call : calls) {
            assertThat(call.result()).isEqualTo(50);
        }
    }

    private static int offloadMany(CarrierLoop other, int number) throws Exception {
        int right = 0;
        for (int i = 0; i < 50; i++) {
            int answer = number * 1000 + i;
            right += other.offload(() -> answer) == answer ? 1 : 0;
        }
        return right;
    }

    // ---- the loop's end ----

    @Test
    void closingTheLoopEndsWhoeverWaitsAndInterruptsWhatRuns() throws Exception {
        CarrierLoop other = loopWith(1, 1);
        Call<Integer> runs = offloaded(other, () -> holdAndTell(1), 1);
        AtomicInteger begun = new AtomicInteger();
        Call<Integer> queued = offloaded(other, begun::incrementAndGet, 1);
        Call<Integer> outside = offloaded(other, begun::incrementAndGet, 1);

        other.close();

        assertClosedMeanwhile(List.of(runs, queued, outside));
        assertToldOfTheInterrupt();
        assertThat(begun).hasValue(0);
        assertThatThrownBy(() -> other.offload(() -> 1)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        other.close();
    }

    @Test
    void closingTheLoopDoesNotWaitForATaskThatHearsNoInterrupt() throws Exception {
        CarrierLoop other = loopWith(1, 0);
        Call<Integer> call = offloaded(other, () -> {
            running.incrementAndGet();
            boolean isReleased = false;
            while (!isReleased) {
                try {
                    release.await();
                    isReleased = true;
                } catch (InterruptedException e) {
                    running.incrementAndGet();
                }
            }
            return 1;
        }, 1);
        List<Call<Integer>> calls = List.of(call, offloaded(other, () -> 2, 1), offloaded(other, () -> 3, 1));

        other.close();

        assertClosedMeanwhile(calls);
        Eventually.until(() -> running.get() >= 2, "interrupted the task");
        release.countDown();
    }
}
