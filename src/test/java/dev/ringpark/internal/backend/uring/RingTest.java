package dev.ringpark.internal.backend.uring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.os.linux.LinuxErrno;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The smallest ring there is: what is full is soon so, and every index wraps within a few rounds. */
@Timeout(60)
class RingTest {
    private static final int SUBMISSIONS = 2;
    private static final int COMPLETIONS = 4;

    private Ring ring;

    @BeforeEach
    void open() throws IOException {
        ring = Rings.open(SUBMISSIONS, COMPLETIONS);
    }

    @AfterEach
    void close() {
        if (ring != null) {
            ring.close();
        }
    }

    // ---- submission ----

    @Test
    void aNewRingHasRoomForAllItsEntriesAndNothingInIt() {
        assertThat(ring.hasRoom()).isTrue();
        assertThat(ring.unsubmitted()).isZero();
        assertThat(ring.hasCompletion()).isFalse();
        assertThat(ring.completions()).isZero();
        assertThat(ring.wantsEnter()).isFalse();
    }

    @Test
    void aRingIsFullWhenEveryEntryIsPushedAndEmptyAgainWhenAllAreSubmitted() {
        Rings.pushNop(ring, 1);
        assertThat(ring.hasRoom()).isTrue();
        Rings.pushNop(ring, 2);
        assertThat(ring.hasRoom()).isFalse();
        assertThat(ring.unsubmitted()).isEqualTo(SUBMISSIONS);

        assertThat(ring.enter()).isEqualTo(SUBMISSIONS);

        assertThat(ring.hasRoom()).isTrue();
        assertThat(ring.unsubmitted()).isZero();
        assertThat(ring.completions()).isEqualTo(SUBMISSIONS);
    }

    @Test
    void nothingIsSubmittedBeforeTheEnter() {
        Rings.pushNop(ring, 1);

        assertThat(ring.hasCompletion()).isFalse();
        assertThat(ring.unsubmitted()).isOne();
    }

    @Test
    void anEnterWithNothingToSubmitSubmitsNothing() {
        assertThat(ring.enter()).isZero();
        assertThat(ring.hasCompletion()).isFalse();
    }

    @Test
    void aWaitThatNothingEndsEndsByItsTime() {
        assertThat(ring.enterAndWait(1)).isEqualTo(-LinuxErrno.ETIME);
    }

    @Test
    void aWaitIsOverWhenThereIsACompletion() {
        Rings.pushNop(ring, 8);

        assertThat(ring.enterAndWait()).isOne();
        assertThat(Rings.takeUserData(ring)).isEqualTo(8);
    }

    // ---- completion ----

    @Test
    void completionsComeInOrderWithTheirUserDataAndResult() {
        long odd = 0x8123_4567_89ab_cdefL;
        Rings.pushNop(ring, odd);
        Rings.pushNop(ring, 7);
        ring.enter();

        assertThat(ring.userData()).isEqualTo(odd);
        assertThat(ring.result()).isZero();
        assertThat(ring.flags()).isZero();
        ring.advance();
        assertThat(ring.completions()).isOne();
        assertThat(ring.userData()).isEqualTo(7);
        ring.advance();
        assertThat(ring.hasCompletion()).isFalse();
    }

    @Test
    void aBadSubmissionCompletesWithItsErrno() {
        int noOperation = 255;
        ring.push(Ring.head(noOperation, 0, -1), 0, 0, 0, 3, 0);
        ring.enter();

        assertThat(ring.result()).isEqualTo(-LinuxErrno.EINVAL);
        assertThat(Rings.takeUserData(ring)).isEqualTo(3);
    }

    @Test
    void bothQueuesGoRoundManyTimesAndLoseAndSwapNothing() {
        long pushed = 0;
        long taken = 0;
        for (int round = 0; round < 10_000; round++) {
            for (int count = 1 + round % 3 / 2; count > 0; count--) {   // 1, 1, 2: at every place of both queues
                Rings.pushNop(ring, pushed++);
            }
            ring.enter();
            if (round % 2 == 1) {   // now and then some are left for the next round
                taken = takeAll(taken);
            }
        }
        taken = takeAll(taken);

        assertThat(taken).isEqualTo(pushed);
    }

    private long takeAll(long from) {
        long next = from;
        for (; ring.hasCompletion(); next++) {
            assertThat(Rings.takeUserData(ring)).isEqualTo(next);
        }
        return next;
    }

    // ---- overflow ----

    @Test
    void moreCompletionsThanTheQueueHoldsWhileNobodyReadsAreAllKept() {
        List<Long> pushed = pushFarBeyondTheQueue();
        assertThat(pushed).hasSizeGreaterThan(COMPLETIONS);
        assertThat(ring.completions()).isEqualTo(COMPLETIONS);
        assertThat(ring.wantsEnter()).as("the kernel has kept some back").isTrue();

        List<Long> taken = new ArrayList<>();
        while (ring.hasCompletion()) {
            taken.add(Rings.takeUserData(ring));
            if (!ring.hasCompletion() && ring.wantsEnter()) {
                ring.enter();
            }
        }

        assertThat(taken).isEqualTo(pushed);
        assertThat(ring.wantsEnter()).isFalse();
    }

    /** Older kernels refuse to go on at some point (EBUSY), with submissions left; newer ones keep any number. */
    private List<Long> pushFarBeyondTheQueue() {
        long next = 0;
        int entered = 0;
        while (entered >= 0 && next < 10 * COMPLETIONS) {
            while (ring.hasRoom()) {
                Rings.pushNop(ring, next++);
            }
            entered = ring.enter();
        }
        assertThat(entered).isIn(SUBMISSIONS, -LinuxErrno.EBUSY);
        return LongStream.range(0, next).boxed().toList();
    }

    @Test
    void aRingWorksOnAfterAnOverflow() {
        int kept = pushFarBeyondTheQueue().size();
        while (kept > 0) {
            for (; ring.hasCompletion(); kept--) {
                Rings.takeUserData(ring);
            }
            ring.enter();
        }
        Rings.pushNop(ring, 77);
        ring.enter();

        assertThat(ring.completions()).isOne();
        assertThat(Rings.takeUserData(ring)).isEqualTo(77);
    }
}
