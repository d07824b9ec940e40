package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A thread that never rests delays the others of its loop and does not keep them from going on. */
class LoopFairnessTest extends RiggedLoop {
    private final AtomicBoolean stop = new AtomicBoolean();
    private final List<Thread> restless = new ArrayList<>();

    @AfterEach
    void stopTheRestless() throws Exception {
        stop.set(true);
        for (Thread thread : restless) {
            LoopRig.join(thread);
        }
    }

    @SuppressWarnings("ThreadPriorityCheck")   // that is the matter
    @Test
    void threadsThatOnlyYieldDoNotStopAnEcho() throws Exception {
        assumeCarried();
        startRestless(3, Thread::yield);
        assertEchoes(100);
    }

    @SuppressWarnings("ThreadPriorityCheck")   // that is the matter
    @Test
    void threadsThatOnlyYieldDoNotStopASleep() throws Exception {
        assumeCarried();
        startRestless(3, Thread::yield);
        long slept = rig.loop.run(() -> {
            long start = System.nanoTime();
            Thread.sleep(20);
            return System.nanoTime() - start;
        });
        assertThat(Duration.ofNanos(slept)).isBetween(Duration.ofMillis(20), LoopRig.FAR);
    }

    @SuppressWarnings("ThreadPriorityCheck")   // that is the matter
    @Test
    void aThreadThatOnlyStartsOthersDoesNotStopAnEcho() throws Exception {
        startRestless(1, () -> {
            rig.loop.startVirtualThread(() -> { });
            Thread.yield();
        });
        assertEchoes(100);
    }

    @Test
    void connectionsThatAreNeverIdleDoNotStopAnEcho() throws Exception {
        for (int i = 0; i < 3; i++) {
            LoopRig.Pair busy = rig.pair();
            byte[] bytes = new byte[4096];
            startRestless(1, () -> write(busy.near(), bytes));
            restless.add(rig.start(() -> {
                byte[] target = new byte[4096];
                while (!stop.get() && busy.far().read(target, 0, 4096) >= 0) { }
                busy.far().close();
                return null;
            }).thread());
        }
        assertEchoes(100);
    }

    /** A turn ends by its tasks, or when the clock says so after one; the writer is one of four in turn. */
    @ParameterizedTest
    @CsvSource({"100, PT24H, 30", "500, PT24H, 6", "2147483647, PT24H, 1", "2147483647, PT0.000000001S, 1001"})
    void threadsThatOnlyYieldGetAsManyTurnsAsTheOptionsSay(int tasks, Duration budget, long turns) throws Exception {
        assumeCarried();
        try (LoopRig turned = new LoopRig(flavor, flavor.options().withTurn(tasks, budget))) {
            assertThat(turnsOfYields(turned, 3, 1000)).isCloseTo(turns, within(3L));
        }
    }

    /** How many turns the loop takes while threads yield so often: a thread that writes does so once in each. */
    @SuppressWarnings("ThreadPriorityCheck")   // that is the matter
    private static long turnsOfYields(LoopRig rig, int threads, int yields) throws Exception {
        LoopRig.Mixed pair = rig.mixed();
        AtomicBoolean over = new AtomicBoolean();
        return rig.loop.run(() -> {
            long before = rig.loop.stats().submitted();
            List<Thread> yielding = new ArrayList<>();
            for (int i = 0; i < threads; i++) {
                yielding.add(rig.loop.startVirtualThread(() -> {
                    for (int left = yields; left > 0; left--) {
                        Thread.yield();
                    }
                }));
            }
            Thread writing = rig.loop.startVirtualThread(() -> {
                while (!over.get()) {
                    write(pair.near(), new byte[1]);
                }
            });
            for (Thread thread : yielding) {
                thread.join();
            }
            long turns = rig.loop.stats().submitted() - before;
            over.set(true);
            writing.join();
            return turns;
        });
    }

    /** On JDK 25 threads that yield for ever keep the carriers of the JDK's own scheduler from all others. */
    private void assumeCarried() {
        assumeTrue(LoopRig.isCarried(flavor), "the JDK's scheduler runs the threads");
    }

    private static void write(TcpSocket socket, byte[] bytes) {
        try {
            socket.write(bytes, 0, bytes.length);
        } catch (IOException readerHasStopped) {
            assertThat(socket.isConnected()).isTrue();
        }
    }

    private void startRestless(int count, Runnable step) throws InterruptedException {
        CountDownLatch running = new CountDownLatch(count);
        for (int i = 0; i < count; i++) {
            restless.add(rig.loop.startVirtualThread(() -> {
                running.countDown();
                while (!stop.get()) {
                    step.run();
                }
            }));
        }
        running.await();
    }

    private void assertEchoes(int rounds) throws Exception {
        LoopRig.Pair pair = rig.pair();
        LoopRig.Running<Void> echo = rig.start(() -> {
            byte[] bytes = new byte[1];
            for (int i = 0; i < rounds; i++) {
                pair.far().read(bytes, 0, 1);
                pair.far().write(bytes, 0, 1);
            }
            return null;
        });
        LoopRig.Running<Integer> asker = rig.start(() -> {
            byte[] bytes = new byte[1];
            int right = 0;
            for (int i = 0; i < rounds; i++) {
                pair.near().write(new byte[] {(byte) i}, 0, 1);
                pair.near().read(bytes, 0, 1);
                right += bytes[0] == (byte) i ? 1 : 0;
            }
            return right;
        });
        assertThat(asker.await()).isEqualTo(rounds);
        echo.await();
    }
}
