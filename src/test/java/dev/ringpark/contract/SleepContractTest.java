package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import java.lang.management.ManagementFactory;
import java.lang.ref.WeakReference;
import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The loop's own sleep: never early, in order, by the hundred thousand, and ended by an interrupt or a close. */
class SleepContractTest extends Contract {
    private static final Duration FAR = Duration.ofHours(1);
    private static final long MOST_BYTES = 2_000;   // of heap, for a thread that sleeps; its stack is most of it

    private final Seed seed = new Seed();

    /** Starts threads of each kind. */
    private Map<String, Function<Runnable, Thread>> starters() throws Exception {
        Map<String, Function<Runnable, Thread>> starters = new LinkedHashMap<>();
        starters.put("of the loop", loop::startVirtualThread);
        starters.put("virtual", Thread.ofVirtual()::start);
        starters.put("platform", Thread.ofPlatform()::start);
        starters.put("of another loop", anotherLoop()::startVirtualThread);
        starters.put("pinned", task -> loop.startVirtualThread(() -> pinned(task)));
        return starters;
    }

    private static void pinned(Runnable task) {
        try {
            LoopPinnedCall.make(() -> {
                task.run();
                return null;
            });
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** How much longer than {@code duration} a sleep has taken. */
    private static long lateNanos(CarrierLoop loop, Duration duration) throws Exception {
        long start = System.nanoTime();
        loop.sleep(duration);
        return System.nanoTime() - start - duration.toNanos();
    }

    // ---- its time ----

    @Test
    void itIsNeverEarlyOnAnyThread() throws Exception {
        for (var starter : starters().entrySet()) {
            for (long nanos : new long[] {1, 1_000, 999_999, 1_000_001, 20_000_000}) {
                Call<Long> call = call(starter.getValue(), () -> lateNanos(loop, Duration.ofNanos(nanos)));
                assertThat(call.result()).as("%s thread, %s ns", starter.getKey(), nanos)
                        .isBetween(0L, Duration.ofSeconds(5).toNanos());
            }
        }
    }

    @Test
    void tenOfTwentyMillisecondsEachEndOnceAndNoneEarly() throws Exception {
        List<Call<Long>> calls = IntStream.range(0, 10)
                .mapToObj(_ -> call(() -> lateNanos(loop, Duration.ofMillis(20)))).toList();
        for (Call<Long> each : calls) {
            assertThat(each.result()).isNotNegative();
        }
    }

    @Test
    void zeroAndLessReturn() throws Exception {
        for (Function<Runnable, Thread> starter : starters().values()) {
            for (Duration none : List.of(Duration.ZERO, Duration.ofNanos(-1), Duration.ofSeconds(Long.MIN_VALUE))) {
                Call<Boolean> call = call(starter, () -> {
                    loop.sleep(none);
                    return true;
                });
                assertThat(call.result()).isTrue();
            }
        }
    }

    @Test
    void zeroGivesOthersTheirTurn() throws Exception {
        AtomicInteger turn = new AtomicInteger();
        Call<Integer> patient = call(() -> {
            int sleeps = 0;
            for (; turn.get() == 0; sleeps++) {
                loop.sleep(Duration.ZERO);
            }
            return sleeps;
        });
        call(() -> turn.incrementAndGet()).result();
        assertThat(patient.result()).isNotNegative();
    }

    @Test
    void thoseOfOneLengthWakeInTheOrderInWhichTheyFellAsleep() throws Exception {
        List<Integer> asleep = Collections.synchronizedList(new ArrayList<>());
        List<Integer> awake = Collections.synchronizedList(new ArrayList<>());
        List<Call<Boolean>> calls = IntStream.range(0, 500).mapToObj(number -> call(() -> {
            asleep.add(number);
            loop.sleep(Duration.ofMillis(50));
            return awake.add(number);
        })).toList();
        for (Call<Boolean> each : calls) {
            each.result();
        }
        if (flavor.isCarried()) {
            assertThat(awake).isEqualTo(asleep);
        } else {
            assertThat(awake).containsExactlyInAnyOrderElementsOf(asleep);   // woken so, but by many carriers
        }
    }

    @Test
    void aHugeOneIsAsLongAsTheClockReachesAndWaits() throws Exception {
        for (Duration huge : List.of(Duration.ofSeconds(Long.MAX_VALUE), Duration.ofNanos(Long.MAX_VALUE),
                Duration.ofNanos(Long.MAX_VALUE / 2), Duration.ofDays(200 * 365))) {
            Call<Object> patient = call(() -> sleepFor(huge));
            awaitAsleep(patient);
            assertThat(call(() -> lateNanos(loop, Duration.ofMillis(2))).result()).isNotNegative();
            assertThat(patient.isDone()).isFalse();

            patient.thread().interrupt();
            assertThat(patient.failure()).isExactlyInstanceOf(InterruptedException.class);
        }
    }

    private Object sleepFor(Duration duration) throws Exception {
        loop.sleep(duration);
        return duration;
    }

    /** A pinned one never parks, but drives the loop. */
    private static void awaitAsleep(Call<?> sleeper) {
        Eventually.until(() -> isAsleep(sleeper.thread()), "asleep: " + sleeper);
    }

    private static boolean isAsleep(Thread thread) {
        return Arrays.stream(thread.getStackTrace()).anyMatch(frame -> frame.getMethodName().equals("parkUntil"));
    }

    // ---- its end ----

    @Test
    void anInterruptEndsItAndClearsTheStatus() throws Exception {
        for (Function<Runnable, Thread> starter : starters().values()) {
            Call<Object> sleeper = call(starter, () -> sleepFor(FAR));
            awaitAsleep(sleeper);
            sleeper.thread().interrupt();

            assertThat(sleeper.failure()).isExactlyInstanceOf(InterruptedException.class);
            assertThat(sleeper.endedInterrupted()).isFalse();
        }
        assertThat(call(() -> lateNanos(loop, Duration.ofMillis(1))).result()).isNotNegative();
    }

    @Test
    void nothingIsKeptOfASleepThatAnInterruptHasEnded() throws Exception {
        List<WeakReference<Thread>> sleepers = new ArrayList<>();
        for (Function<Runnable, Thread> starter : starters().values()) {
            sleepers.add(interruptedSleeper(starter));
        }
        Eventually.until(() -> {
            System.gc();
            return sleepers.stream().allMatch(each -> each.refersTo(null));
        }, "collected: the loop's timers hold on to nobody");
    }

    private WeakReference<Thread> interruptedSleeper(Function<Runnable, Thread> starter) throws Exception {
        AtomicReference<WeakReference<Thread>> sleeper = new AtomicReference<>();
        CountDownLatch interrupted = new CountDownLatch(1);
        var _ = starter.apply(() -> {
            sleeper.set(new WeakReference<>(Thread.currentThread()));
            try {
                loop.sleep(FAR);
            } catch (InterruptedException e) {
                interrupted.countDown();
            } catch (AsynchronousCloseException e) {
                throw new AssertionError(e);
            }
        });
        Eventually.until(() -> sleeper.get() != null && isAsleep(sleeper.get().get()), "asleep");
        Objects.requireNonNull(sleeper.get().get()).interrupt();
        interrupted.await();
        return sleeper.get();
    }

    @Test
    void whoIsInterruptedAlreadyDoesNotSleep() throws Exception {
        for (Function<Runnable, Thread> starter : starters().values()) {
            for (Duration duration : List.of(FAR, Duration.ZERO, Duration.ofNanos(-1))) {
                Call<Object> sleeper = call(starter, () -> {
                    Thread.currentThread().interrupt();
                    return sleepFor(duration);
                });
                assertThat(sleeper.failure()).isExactlyInstanceOf(InterruptedException.class);
                assertThat(sleeper.endedInterrupted()).isFalse();
            }
        }
    }

    @Test
    void closingTheLoopEndsItOnEveryThread() throws Exception {
        List<Call<Object>> sleepers = new ArrayList<>();
        for (Function<Runnable, Thread> starter : starters().values()) {
            Call<Object> sleeper = call(starter, () -> sleepFor(FAR));
            awaitAsleep(sleeper);
            sleepers.add(sleeper);
        }
        loop.close();

        for (Call<Object> each : sleepers) {
            assertThat(each.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
        assertThatThrownBy(() -> loop.sleep(Duration.ofNanos(1))).isExactlyInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> loop.sleep(Duration.ZERO)).isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void aSleepThatBeginsAsTheLoopClosesEndsToo() throws Exception {
        for (int round = 0; round < 20; round++) {
            CarrierLoop other = anotherLoop();
            CountDownLatch started = new CountDownLatch(1);
            List<Call<Object>> sleepers = new ArrayList<>();
            for (Function<Runnable, Thread> starter : List.<Function<Runnable, Thread>>of(
                    other.threadFactory()::newThread, Thread.ofPlatform()::unstarted, Thread.ofVirtual()::unstarted)) {
                for (int i = 0; i < 10; i++) {
                    sleepers.add(call(task -> {
                        Thread thread = starter.apply(task);
                        thread.start();
                        return thread;
                    }, () -> {
                        started.await();
                        other.sleep(FAR);
                        return null;
                    }));
                }
            }
            Thread closer = Thread.ofPlatform().start(other::close);
            started.countDown();
            closer.join();

            for (Call<Object> each : sleepers) {
                assertThat(each.failure())
                        .isInstanceOfAny(AsynchronousCloseException.class, IllegalStateException.class);
            }
        }
    }

    // ---- many ----

    @Test
    void aHundredThousandOfAllLengthsAreNeverEarlyAndAllWake() throws Exception {
        sleepAll(100_000);
    }

    @Test
    void aHundredThousandThatSleepAreCheapAndTheCloseWakesThem() throws Exception {
        weighAndClose(100_000);
    }

    @Stress
    @Test
    void aMillionOfAllLengthsAreNeverEarlyAndAllWake() throws Exception {
        sleepAll(1_000_000);
    }

    /** In handed-over mode they hold all carriers there are. */
    @Test
    void asManyAsThereAreProcessorsSleepWhilePinned() throws Exception {
        List<Call<Void>> sleepers = new ArrayList<>();
        for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) {
            sleepers.add(call(() -> LoopPinnedCall.make(() -> {
                loop.sleep(Duration.ofMillis(20));
                return null;
            })));
        }

        for (Call<Void> each : sleepers) {
            assertThat(each.result()).isNull();
        }
    }

    @Stress
    @Test
    void aMillionThatSleepAreCheapAndTheCloseWakesThem() throws Exception {
        weighAndClose(1_000_000);
    }

    private void sleepAll(int count) throws Exception {
        SplittableRandom random = seed.tell(flavor + ", sleeps at random").random(0);
        AtomicInteger early = new AtomicInteger();
        CountDownLatch awake = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            Duration duration = Duration.ofNanos(random.nextLong(500_000_000));
            loop.startVirtualThread(() -> {
                try {
                    early.addAndGet(lateNanos(loop, duration) < 0 ? 1 : 0);
                    awake.countDown();
                } catch (Exception e) {
                    throw new AssertionError(e);
                }
            });
        }
        await(awake, count);
        assertThat(early).as("seed %s", seed).hasValue(0);
    }

    private void weighAndClose(int count) throws Exception {
        CarrierLoop other = anotherLoop();
        CountDownLatch closed = new CountDownLatch(count);
        Thread[] sleepers = new Thread[count];
        long before = heapBytes();
        for (int i = 0; i < count; i++) {
            sleepers[i] = other.startVirtualThread(() -> {
                try {
                    other.sleep(FAR);
                } catch (AsynchronousCloseException e) {
                    closed.countDown();
                } catch (InterruptedException e) {
                    throw new AssertionError(e);
                }
            });
        }
        for (Thread sleeper : sleepers) {
            Eventually.until(() -> LoopRig.isWaiting(sleeper), "asleep");
        }
        assertThat(other.<Integer>run(() -> 7)).as("the loop goes on").isEqualTo(7);
        long bytes = (heapBytes() - before) / count;
        System.out.println(flavor + ": " + bytes + " bytes of heap for each of " + count + " that sleep");
        assertThat(bytes).isLessThan(MOST_BYTES);

        other.close();
        await(closed, count);
    }

    /** As long as so many may take on a busy machine. */
    private void await(CountDownLatch latch, int count) throws InterruptedException {
        boolean isDone = latch.await(Eventually.LONG_SECONDS + count / 1000, TimeUnit.SECONDS);
        assertThat(isDone).as("%s of %s left, seed %s", latch.getCount(), count, seed).isTrue();
    }

    private static long heapBytes() {
        System.gc();
        return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    }
}
