package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.channels.AsynchronousCloseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who sleeps when the close comes is woken, and who comes after it is not let in. */
class SleepersTest {
    private static final long FAR_NANOS = Duration.ofHours(1).toNanos();

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoComesAfterTheCloseDoesNotSleep(boolean carried) throws Exception {
        try (EngineRig rig = new EngineRig(carried)) {
            Sleepers sleepers = new Sleepers(rig.door, rig.parking);
            sleepers.close();
            rig.awaitMailTakenIn();

            assertClosed(rig.startPlatform(() -> sleepFar(sleepers)));
            if (carried) {
                assertClosed(rig.startCarried(() -> sleepFar(sleepers)));
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whoeverLeavesTheOthersAreStillWoken(int leaver) throws Exception {
        try (EngineRig rig = new EngineRig(true)) {
            Sleepers sleepers = new Sleepers(rig.door, rig.parking);
            Thread[] threads = new Thread[3];
            List<FutureTask<Object>> sleeping = new ArrayList<>();
            for (int i = 0; i < threads.length; i++) {
                int number = i;
                sleeping.add(rig.startCarried(() -> {
                    threads[number] = Thread.currentThread();
                    return sleepFar(sleepers);
                }));
            }
            rig.awaitMailTakenIn();   // the next turn: they have fallen asleep in one before
            rig.awaitMailTakenIn();
            threads[leaver].interrupt();
            FutureTask<Object> left = sleeping.remove(leaver);
            assertThatThrownBy(() -> left.get(EngineRig.LONG_SECONDS, TimeUnit.SECONDS))
                    .hasRootCauseExactlyInstanceOf(InterruptedException.class);
            rig.awaitMailTakenIn();
            rig.awaitMailTakenIn();

            sleepers.close();

            sleeping.forEach(SleepersTest::assertClosed);
        }
    }

    @Test
    void whoComesWhenTheLoopHasLeftDoesNotSleepEither() throws Exception {
        EngineRig rig = new EngineRig(true);
        Sleepers sleepers = new Sleepers(rig.door, rig.parking);
        sleepers.close();
        rig.stop();

        assertClosed(rig.startPlatform(() -> sleepFar(sleepers)));
        assertClosed(rig.startCarried(() -> sleepFar(sleepers)));
    }

    @Test
    void thoseOfALoopThatFailedAreWokenByALaterClose() throws Exception {
        EngineRig rig = new EngineRig(false);
        Sleepers sleepers = new Sleepers(rig.door, rig.parking);
        List<FutureTask<Object>> sleeping = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            sleeping.add(rig.startPlatform(() -> sleepFar(sleepers)));
        }
        rig.awaitMailTakenIn();
        rig.stop();   // as if it had failed: nobody has told those who sleep
        sleepers.close();

        sleeping.forEach(SleepersTest::assertClosed);
    }

    private static Object sleepFar(Sleepers sleepers) throws Exception {
        sleepers.sleep(FAR_NANOS);
        return sleepers;
    }

    private static void assertClosed(FutureTask<Object> sleeper) {
        assertThatThrownBy(() -> sleeper.get(EngineRig.LONG_SECONDS, TimeUnit.SECONDS))
                .hasRootCauseExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(sleeper).isDone();
    }
}
