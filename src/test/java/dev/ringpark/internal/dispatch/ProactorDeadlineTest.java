package dev.ringpark.internal.dispatch;

import static dev.ringpark.internal.dispatch.DispatchRig.assertCanceled;
import static dev.ringpark.internal.dispatch.DispatchRig.assertPending;
import static dev.ringpark.internal.dispatch.DispatchRig.assertResult;
import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.dispatch.DispatchRig.Bell;
import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Operation;
import java.io.IOException;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is overdue is asked to end; timers fire. The clock is what the test says. */
class ProactorDeadlineTest extends OpenProactor {
    // ---- operations ----

    @Test
    void whatIsOverdueInTheBackendIsCancelledOnceAndEndsByItsCompletion() throws IOException {
        Operation read = rig.readUntil(100);
        proactor.expire(99);
        assertThat(backend.canceled).isEmpty();
        proactor.expire(100);
        proactor.expire(101);

        assertThat(backend.canceled).containsExactly(read);
        assertPending(read);
        backend.endCanceled(read);
        rig.poll();
        assertCanceled(read, CancelReason.TIMEOUT);
        rig.assertNothingStays();
    }

    @Test
    void whatIsOverdueInTheOverflowQueueEndsAtOnce() {
        backend.room = 0;
        Operation read = rig.readUntil(100);
        proactor.expire(100);

        assertCanceled(read, CancelReason.TIMEOUT);
        rig.assertNothingStays();
    }

    @Test
    void aResultThatCameBeforeTheTimeoutIsDelivered() throws IOException {
        Operation read = rig.readUntil(100);
        backend.succeed(read, 7);
        proactor.expire(100);
        rig.poll();

        assertResult(read, 7);
    }

    @Test
    void aTimeoutAfterAnInterruptIsNoReason() throws IOException {
        Operation read = rig.readUntil(100);
        proactor.cancel(read, CancelReason.INTERRUPT);
        proactor.expire(100);
        backend.endCanceled(read);
        rig.poll();

        assertThat(backend.canceled).containsExactly(read);
        assertCanceled(read, CancelReason.INTERRUPT);
    }

    @Test
    void anInterruptAfterATimeoutIsNoReason() throws IOException {
        Operation read = rig.readUntil(100);
        proactor.expire(100);
        proactor.cancel(read, CancelReason.INTERRUPT);
        backend.endCanceled(read);
        rig.poll();

        assertCanceled(read, CancelReason.TIMEOUT);
    }

    @Test
    void whatHasEndedTakesItsDeadlineAlong() throws IOException {
        Operation read = rig.readUntil(100);
        assertThat(proactor.hasDeadlines()).isTrue();
        backend.succeed(read, 7);
        rig.poll();

        assertThat(proactor.hasDeadlines()).isFalse();
        assertThat(proactor.waitNanos(0)).isEqualTo(Backend.FOREVER);
        proactor.expire(100);
        assertThat(backend.canceled).isEmpty();
    }

    @Test
    void aRefusedOperationKeepsItsOneDeadlineOnItsWayIn() throws IOException {
        backend.room = 0;
        Operation read = rig.readUntil(100);
        rig.poll();
        backend.room = 1;
        rig.poll();
        assertThat(proactor.waitNanos(90)).isEqualTo(10);
        backend.succeed(read, 7);
        rig.poll();

        rig.assertNothingStays();
    }

    @Test
    void onlyTheOverdueAreCancelled() {
        Operation late = rig.readUntil(300);
        Operation early = rig.readUntil(100);
        Operation middle = rig.readUntil(200);
        rig.read();
        proactor.expire(200);

        assertThat(backend.canceled).containsExactly(early, middle);
        assertThat(late.isCancelAsked()).isFalse();
    }

    // ---- how long to wait ----

    @ParameterizedTest
    @ValueSource(longs = {0, Long.MAX_VALUE - 5, Long.MIN_VALUE, -5})
    void aPollMayWaitForTheNextDeadlineWhereverTheClockStands(long now) {
        assertThat(proactor.waitNanos(now)).isEqualTo(Backend.FOREVER);
        rig.readUntil(now + 20);
        assertThat(proactor.waitNanos(now)).isEqualTo(20);
        proactor.schedule(new Bell(now + 10));
        assertThat(proactor.waitNanos(now)).isEqualTo(10);
        assertThat(proactor.waitNanos(now + 10)).isZero();
        assertThat(proactor.waitNanos(now + 11)).isZero();
    }

    // ---- timers ----

    @Test
    void aTimerFiresOnceFromItsMomentOn() {
        Bell bell = new Bell(100);
        proactor.schedule(bell);
        proactor.expire(99);
        assertThat(bell.rings).isZero();
        proactor.expire(150);
        proactor.expire(200);

        assertThat(bell.rings).isEqualTo(1);
        assertThat(proactor.hasDeadlines()).isFalse();
    }

    @Test
    void veryManyThatAreDueAtOnceAreFiredInSeveralTurnsNoneOfWhichWaits() {
        List<Bell> bells = Stream.generate(() -> new Bell(100)).limit(10_000).toList();
        bells.forEach(proactor::schedule);
        int turns = 0;
        for (; proactor.hasDeadlines(); turns++) {
            assertThat(proactor.waitNanos(100)).isZero();
            proactor.expire(100);
        }

        assertThat(turns).isBetween(5, 50);
        assertThat(bells).allMatch(bell -> bell.rings == 1);
    }

    @Test
    void aTimerThatWasTakenBackDoesNotFire() {
        Bell bell = new Bell(100);
        Bell other = new Bell(100);
        proactor.schedule(bell);
        proactor.schedule(other);
        proactor.unschedule(bell);
        proactor.expire(100);
        proactor.unschedule(other);   // which has fired

        assertThat(bell.rings).isZero();
        assertThat(other.rings).isEqualTo(1);
    }

    @Test
    void timersAloneDoNotKeepTheLoopBusy() {
        proactor.schedule(new Bell(100));

        assertThat(proactor.isIdle()).isTrue();
    }
}
