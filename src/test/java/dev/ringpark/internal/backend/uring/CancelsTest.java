package dev.ringpark.internal.backend.uring;

import static dev.ringpark.internal.backend.Backend.FOREVER;
import static dev.ringpark.internal.backend.uring.IoUringAbi.POLLIN;
import static dev.ringpark.internal.backend.uring.IoUringAbi.IORING_OP_POLL_ADD;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.op.Descriptor;
import dev.ringpark.internal.op.InFlight;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.linux.Libc;
import dev.ringpark.internal.os.linux.LinuxErrno;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Cancels against a real ring, with operations the kernel has, had, or never got. */
class CancelsTest {
    private final InFlight inFlight = new InFlight(8);
    private Ring ring;
    private Cancels cancels;

    @BeforeEach
    void open() throws Exception {
        ring = Rings.open(4, 8);
        cancels = new Cancels(ring, inFlight);
    }

    @AfterEach
    void close() {
        ring.close();
    }

    @Test
    void whatTheKernelHasIsAskedForOnce() throws Exception {
        int eventFd = Libc.eventfd(0, IoUringAbi.EFD_CLOEXEC);
        long token = inFlight.admit(new Operation(new Descriptor() { }));
        ring.push(Ring.head(IORING_OP_POLL_ADD, 0, eventFd), 0, 0, Ring.lengthAndFlags(0, POLLIN), token, 0);
        cancels.ask(token);
        ring.enter();

        assertThat(answer(token)).isZero();
        assertThat(cancels.atMost(FOREVER)).isEqualTo(FOREVER);
        Libc.close(eventFd);
    }

    @Test
    void whatTheKernelDoesNotFindIsAskedForUntilItHasEnded() {
        Operation operation = new Operation(new Descriptor() { });
        long token = inFlight.admit(operation);
        cancels.ask(token);
        ring.enter();
        for (int round = 0; round < 5; round++) {
            assertThat(answer(token)).as("a token it never got").isEqualTo(-LinuxErrno.ENOENT);
            askAgainWhenItIsTime();
        }
        inFlight.release(operation);
        answer(token);
        cancels.passOn();

        assertThat(ring.unsubmitted()).as("it has ended").isZero();
        assertThat(cancels.atMost(FOREVER)).isEqualTo(FOREVER);
    }

    @Test
    void itIsAskedForAtIntervalsThatGrow() {
        long token = inFlight.admit(new Operation(new Descriptor() { }));
        cancels.ask(token);
        ring.enter();
        answer(token);
        long longest = 0;
        for (int round = 0; round < 5; round++) {
            askAgainWhenItIsTime();
            answer(token);
            long interval = cancels.atMost(FOREVER);
            assertThat(interval).as("of round %d", round).isLessThanOrEqualTo(20_000L << (round + 1));
            longest = Math.max(longest, interval);
        }
        assertThat(longest).as("nanoseconds").isGreaterThan(20_000);
        assertThat(cancels.atMost(7)).as("what somebody else waits for").isLessThanOrEqualTo(7);
    }

    @Test
    void aFullQueueDelaysACancelAndLosesNone() {
        for (int slot = 0; slot < 6; slot++) {
            cancels.ask(inFlight.admit(new Operation(new Descriptor() { })));
        }
        assertThat(cancels.hasBacklog()).isTrue();
        ring.enter();
        cancels.passOn();
        assertThat(cancels.hasBacklog()).isFalse();
        ring.enter();

        assertThat(ring.completions()).isEqualTo(6);
    }

    private void askAgainWhenItIsTime() {
        while (ring.unsubmitted() == 0) {
            cancels.passOn();
        }
        ring.enter();
    }

    /** Takes completions up to the cancel's, and hands that on: its result. */
    private int answer(long token) {
        while (true) {
            assertThat(ring.hasCompletion()).as("an answer").isTrue();
            long userData = ring.userData();
            int result = ring.result();
            ring.advance();
            if (Cancels.isAnswer(userData)) {
                assertThat(userData & 0x7fff_ffffL).isEqualTo(InFlight.slot(token));
                cancels.answered(userData, result);
                return result;
            }
        }
    }
}
