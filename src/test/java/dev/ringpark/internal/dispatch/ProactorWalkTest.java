package dev.ringpark.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.internal.op.CancelReason;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Random walks: whatever is asked, refused, cancelled, overdue, closed and completed, in whatever order, each operation
 * that was taken in ends once, with what came of it. {@link FakeBackend} checks meanwhile that it is used as its
 * contract allows.
 */
class ProactorWalkTest {
    private static final int STEPS = 1500;

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5, 100})
    void everyOperationThatIsTakenInEndsExactlyOnce(int maxInFlight) throws IOException {
        long seed = Long.getLong("ringpark.test.seed", System.nanoTime());
        for (int run = 0; run < 25; run++) {
            walk(seed + run, maxInFlight);
        }
    }

    /** A walk that never came to a part of the proactor would prove nothing about it. */
    @Test
    void aWalkComesByEverywhere() throws IOException {
        Walk walk = walk(1, 5);

        assertThat(walk.rig.overflows()).isGreaterThan(10);
        assertThat(walk.rig.backend.submitted).hasSizeGreaterThan(10);
        assertThat(walk.rig.backend.canceled).hasSizeGreaterThan(10);
        assertThat(walk.rig.backend.released).hasSizeGreaterThan(10);
        assertThat(walk.reasons).containsExactlyInAnyOrder(CancelReason.values());
    }

    private static Walk walk(long seed, int maxInFlight) throws IOException {
        Walk walk = new Walk(seed, maxInFlight);
        try {
            walk.run();
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError("again with -Dringpark.test.seed=" + seed + " and " + maxInFlight
                    + " in flight; step " + walk.step, e);
        }
        return walk;
    }

    private static final class Walk {
        final DispatchRig rig;
        final Set<CancelReason> reasons = new HashSet<>();
        int step;

        private final Random random;
        private final List<FakeHandle> handles = new ArrayList<>();
        private final List<FakeHandle> former = new ArrayList<>();
        private final List<Operation> asked = new ArrayList<>();       // transfers whose owner waits
        private final List<Operation> closes = new ArrayList<>();
        private final List<FakeHandle> calls = new ArrayList<>();      // one entry for each plain call under way
        private final Map<Operation, Integer> results = new HashMap<>();
        private final Map<Operation, Integer> arrivals = new HashMap<>();
        private long now = Long.MAX_VALUE - 500;                       // the clock wraps on the way
        private int arrived;
        private int closed;                                            // times asked
        private int checkedSubmissions;
        private int lastSubmitted = -1;

        Walk(long seed, int maxInFlight) throws IOException {
            random = new Random(seed);
            rig = new DispatchRig(maxInFlight);
            for (int i = 0; i < 6; i++) {
                handles.add(new FakeHandle());
            }
        }

        void run() throws IOException {
            for (step = 0; step < STEPS; step++) {
                step();
                check();
            }
            finish();
        }

        private void step() throws IOException {
            switch (random.nextInt(16)) {
                case 0, 1, 2, 3, 4 -> ask();
                case 5 -> cancel();
                case 6 -> close();
                case 7 -> beginCall();
                case 8, 9 -> endCall();
                case 10 -> rig.backend.room = random.nextInt(4);
                case 11 -> rig.backend.room = Integer.MAX_VALUE;
                case 12 -> expire();
                case 13 -> anyHandle().startClosing();   // its close operation comes later, if ever before the end
                default -> completeSomeAndPoll();
            }
        }

        // ---- steps ----

        private void ask() {
            FakeHandle handle = anyHandle();
            int side = random.nextBoolean() ? Handle.READING : Handle.WRITING;
            Operation operation = handle.operation(side);
            if (operation.isIdle()) {
                arrivals.put(operation, arrived++);
                asked.add(operation);
                rig.transfer(handle, side, random.nextBoolean() ? Moment.NONE : notNone(now + random.nextInt(50)));
            }
        }

        private static long notNone(long nanos) {
            return nanos == Moment.NONE || nanos == Moment.OVER ? Moment.OVER + 1 : nanos;
        }

        private void cancel() {
            if (random.nextInt(4) == 0) {
                rig.proactor.cancelSide(anyHandle(), Handle.WRITING, CancelReason.SHUTDOWN);
            } else if (!asked.isEmpty()) {
                rig.proactor.cancel(any(asked), random.nextBoolean() ? CancelReason.INTERRUPT : CancelReason.REQUEST);
            }
        }

        private void close() {
            FakeHandle handle = anyHandle();
            close(handle);
            if (random.nextBoolean()) {   // else others still ask it for things
                handles.remove(handle);
                former.add(handle);
                handles.add(new FakeHandle());
            }
        }

        private void close(FakeHandle handle) {
            closed++;
            closes.add(rig.close(handle));
        }

        private void beginCall() {
            FakeHandle handle = anyHandle();
            boolean wasOpen = handle.isOpen();

            assertThat(handle.beginCall()).isEqualTo(wasOpen);
            if (wasOpen) {
                calls.add(handle);
            }
        }

        private void endCall() {
            if (!calls.isEmpty()) {
                FakeHandle handle = calls.remove(random.nextInt(calls.size()));
                if (handle.endCall()) {
                    rig.proactor.finishClosing(handle);
                }
            }
        }

        private void expire() {
            now += random.nextInt(40);
            rig.proactor.expire(now);
        }

        private void completeSomeAndPoll() throws IOException {
            for (Operation each : List.copyOf(rig.backend.held)) {
                if (random.nextInt(3) == 0) {
                    complete(each);
                }
            }
            if (random.nextInt(4) == 0) {
                cancel();   // one that a result may have been noted for
            }
            rig.poll();
        }

        private void complete(Operation operation) {
            if (operation.isCancelAsked() && random.nextBoolean()) {
                rig.backend.endCanceled(operation);
            } else {
                results.put(operation, random.nextInt());
                rig.backend.succeed(operation, results.get(operation));
            }
        }

        // ---- what holds after each ----

        private void check() {
            checkOrder();
            for (Operation each : List.copyOf(asked)) {
                if (each.isDone()) {
                    checkEnd(each);
                    asked.remove(each);
                    each.reset();
                }
            }
            closes.removeIf(Operation::isDone);
            int pending = asked.size() + closes.size();

            assertThat(asked).allMatch(Operation::isAdmitted);
            assertThat(rig.ends() + pending).isEqualTo(arrived + closed);
            assertThat(rig.proactor.isIdle()).isEqualTo(asked.isEmpty());
        }

        /** The backend gets them in the order in which they came. */
        private void checkOrder() {
            List<Operation> submitted = rig.backend.submitted;
            for (; checkedSubmissions < submitted.size(); checkedSubmissions++) {
                int arrival = arrivals.get(submitted.get(checkedSubmissions));

                assertThat(arrival).isGreaterThan(lastSubmitted);
                lastSubmitted = arrival;
            }
        }

        private void checkEnd(Operation operation) {
            Integer result = results.remove(operation);
            reasons.add(operation.cancelReason());
            if (result != null) {
                DispatchRig.assertResult(operation, result);
            } else {
                assertThat(operation.failure()).isEqualTo(Failure.CANCELED);
                assertThat(operation.cancelReason()).isNotEqualTo(CancelReason.NONE);
            }
            if (operation.cancelReason() == CancelReason.TIMEOUT) {
                assertThat(operation.deadlineNanos() - now).isNotPositive();
            }
        }

        // ---- the end ----

        private void finish() throws IOException {
            handles.forEach(this::close);
            while (!calls.isEmpty()) {
                endCall();
            }
            rig.backend.room = Integer.MAX_VALUE;
            rig.poll();
            assertThat(rig.backend.canceled).containsAll(rig.backend.held);
            rig.backend.endAllCanceled();
            rig.poll();
            check();

            assertThat(asked).isEmpty();
            assertThat(closes).isEmpty();
            former.addAll(handles);
            assertThat(rig.backend.released).containsExactlyInAnyOrderElementsOf(former);
            rig.assertNothingStays();
            rig.proactor.end();
        }

        private FakeHandle anyHandle() {
            return any(handles);
        }

        private <T> T any(List<T> list) {
            return list.get(random.nextInt(list.size()));
        }
    }
}
