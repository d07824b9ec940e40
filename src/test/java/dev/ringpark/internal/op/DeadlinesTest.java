package dev.ringpark.internal.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is due when, and in which order, wherever the clock stands. */
class DeadlinesTest {
    /** Far before, just before and just behind the place where the clock wraps. */
    private static final long[] CLOCKS = {0, -1, Long.MAX_VALUE - 30, Long.MIN_VALUE + 30};

    private final Deadlines deadlines = new Deadlines();

    // ---- order ----

    @Test
    void theEarliestLeavesFirst() {
        Moment late = add(30);
        Moment early = add(10);
        Moment middle = add(20);

        assertThat(deadlines.next()).isEqualTo(10);
        assertThat(pollAll()).containsExactly(early, middle, late);
    }

    @Test
    void equalMomentsLeaveInTheOrderOfTheirArrival() {
        List<Moment> arrived = Stream.generate(() -> add(7)).limit(200).toList();

        assertThat(pollAll()).containsExactlyElementsOf(arrived);
    }

    @Test
    void equalMomentsKeepTheirOrderWhenOneFromAmongThemIsRemoved() {
        List<Moment> arrived = new ArrayList<>(Stream.generate(() -> add(7)).limit(100).toList());
        deadlines.remove(arrived.remove(10));
        deadlines.remove(arrived.removeFirst());

        assertThat(pollAll()).containsExactlyElementsOf(arrived);
    }

    @Test
    void anEntryThatComesAgainStandsBehindItsEquals() {
        Moment first = add(7);
        Moment second = add(7);
        deadlines.remove(first);
        deadlines.add(first);

        assertThat(pollAll()).containsExactly(second, first);
    }

    // ---- what is due ----

    @Test
    void nothingIsDueOfNothing() {
        assertThat(deadlines.isEmpty()).isTrue();
        assertThat(deadlines.next()).isEqualTo(Deadline.NONE);
        assertThat(deadlines.pollDue(Long.MAX_VALUE)).isNull();
        assertThat(deadlines.pollAny()).isNull();
    }

    @Test
    void anEntryIsDueFromItsMomentOn() {
        Moment moment = add(10);

        assertThat(deadlines.pollDue(9)).isNull();
        assertThat(deadlines.isEmpty()).isFalse();
        assertThat(deadlines.pollDue(10)).isSameAs(moment);
        assertThat(deadlines.isEmpty()).isTrue();
        assertThat(deadlines.pollDue(10)).isNull();
    }

    @Test
    void whatIsNotDueYetCanBeTakenOutAllTheSame() {
        Moment moment = add(10);

        assertThat(deadlines.pollAny()).isSameAs(moment);
        assertThat(deadlines.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 2, Long.MIN_VALUE, Long.MIN_VALUE + 1})
    void beforeAndAfterAreToldApartWhereTheClockWraps(long now) {
        Moment after = add(now + 3);
        Moment before = add(now - 3);
        Moment longAfter = add(now + Long.MAX_VALUE / 2);

        assertThat(deadlines.pollDue(now)).isSameAs(before);
        assertThat(deadlines.pollDue(now)).isNull();
        assertThat(pollAll()).containsExactly(after, longAfter);
    }

    // ---- removal ----

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "10, 5", "64, 7", "65, 64", "200, 3"})
    void anyEntryCanBeRemovedAndTheOthersStayInOrder(int size, int stride) {
        for (int victim = 0; victim < size; victim += stride) {
            List<Moment> moments = new ArrayList<>(Stream.iterate(0, i -> i + 1).limit(size).map(this::add).toList());
            Moment removed = moments.remove(victim);
            deadlines.remove(removed);

            assertThat(removed.heapIndex).isEqualTo(Deadline.NOT_QUEUED);
            assertThat(pollAll()).containsExactlyElementsOf(moments);
        }
    }

    @Test
    void removingTwiceOrWhatWasNeverInDoesNothing() {
        Moment stays = add(5);
        Moment gone = add(6);
        deadlines.remove(gone);
        deadlines.remove(gone);
        deadlines.remove(new Moment(1));

        assertThat(pollAll()).containsExactly(stays);
    }

    @Test
    void whatHasLeftAsDueCanBeRemovedWithoutHarm() {
        Moment due = add(5);
        Moment stays = add(6);
        deadlines.pollDue(5);
        deadlines.remove(due);

        assertThat(pollAll()).containsExactly(stays);
    }

    // ---- misuse ----

    @Test
    void anEntryCannotBeQueuedTwiceNorWithoutAMomentNorMovedMeanwhile() {
        Moment queued = add(5);

        assertThatThrownBy(() -> deadlines.add(queued)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> queued.deadlineNanos(6)).hasMessage("moved while queued");
        assertThatThrownBy(() -> add(Deadline.NONE)).isInstanceOf(AssertionError.class);
        assertThat(pollAll()).containsExactly(queued);
    }

    // ---- moments ----

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_000_000_000, Long.MAX_VALUE / 2 - 1})
    void aMomentIsThatFarFromNow(long nanos) {
        long before = System.nanoTime();
        long moment = Deadline.after(nanos);
        long after = System.nanoTime();

        assertThat(moment - before).isGreaterThanOrEqualTo(nanos);
        assertThat(moment - after - 1).isLessThanOrEqualTo(nanos);   // 1, as it steps aside for NONE
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE / 2, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void whatIsBeyondTheClocksReachIsNoMoment(long nanos) {
        assertThat(Deadline.after(nanos)).isEqualTo(Deadline.NONE);
    }

    // ---- against a model ----

    @Test
    void itAgreesWithAPlainPriorityQueueWhateverComes() {
        long seed = Long.getLong("ringpark.test.seed", System.nanoTime());
        for (int run = 0; run < 40; run++) {
            Walk walk = new Walk(seed + run, CLOCKS[run % CLOCKS.length]);
            try {
                walk.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("again with -Dringpark.test.seed=" + (seed + run) + " and the clock at "
                        + walk.clock + "; step " + walk.step, e);
            }
        }
    }

    private Moment add(long nanos) {
        Moment moment = new Moment(nanos);
        deadlines.add(moment);
        return moment;
    }

    private List<Deadline> pollAll() {
        List<Deadline> left = new ArrayList<>();
        for (Deadline next = deadlines.pollAny(); next != null; next = deadlines.pollAny()) {
            assertThat(next.heapIndex).isEqualTo(Deadline.NOT_QUEUED);
            left.add(next);
        }
        return left;
    }

    private static final class Moment extends Deadline {
        int arrival;   // in the model

        Moment(long nanos) {
            deadlineNanos(nanos);
        }
    }

    /** One random walk of the heap and the model side by side. */
    private static final class Walk {
        final long clock;
        int step;
        private final Random random;
        private final Deadlines deadlines = new Deadlines();
        private final PriorityQueue<Moment> model;
        private final List<Moment> all = new ArrayList<>();
        private int arrivals;

        Walk(long seed, long clock) {
            this.clock = clock;
            random = new Random(seed);
            model = new PriorityQueue<>(Comparator.<Moment>comparingLong(each -> each.deadlineNanos() - clock)
                    .thenComparingInt(each -> each.arrival));
        }

        void run() {
            for (step = 0; step < 2000; step++) {
                step();
                check();
            }
            while (!model.isEmpty()) {
                assertThat(deadlines.pollAny()).isSameAs(model.poll());
            }
            assertThat(deadlines.isEmpty()).isTrue();
        }

        private void step() {
            // Grows past the first array in one half of the walk, and shrinks in the other.
            if (random.nextInt(10) < (step < 1000 ? 6 : 3)) {
                add();
                return;
            }
            switch (random.nextInt(3)) {
                case 0 -> remove();
                case 1 -> assertThat(deadlines.pollAny()).isSameAs(model.poll());
                default -> pollDue(clock + random.nextInt(60) - 40);
            }
        }

        private void add() {
            long nanos = clock + random.nextInt(60);   // few moments, so that many are equal
            Moment moment = new Moment(nanos == Deadline.NONE ? nanos + 1 : nanos);
            moment.arrival = arrivals++;
            deadlines.add(moment);
            model.add(moment);
            all.add(moment);
        }

        private void remove() {
            if (!all.isEmpty()) {
                Collections.swap(all, random.nextInt(all.size()), all.size() - 1);
                Moment removed = all.removeLast();
                deadlines.remove(removed);   // in or not
                model.remove(removed);
            }
        }

        private void pollDue(long now) {
            Moment first = model.peek();
            boolean isDue = first != null && first.deadlineNanos() - now <= 0;

            assertThat(deadlines.pollDue(now)).isSameAs(isDue ? model.poll() : null);
        }

        private void check() {
            Moment first = model.peek();

            assertThat(deadlines.isEmpty()).isEqualTo(first == null);
            assertThat(deadlines.next()).isEqualTo(first == null ? Deadline.NONE : first.deadlineNanos());
        }
    }
}
