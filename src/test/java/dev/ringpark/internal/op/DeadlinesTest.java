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
        Entry late = add(30);
        Entry early = add(10);
        Entry middle = add(20);

        assertThat(deadlines.next()).isEqualTo(10);
        assertThat(pollAll()).containsExactly(early, middle, late);
    }

    @Test
    void equalMomentsLeaveInTheOrderOfTheirArrival() {
        List<Entry> arrived = Stream.generate(() -> add(7)).limit(200).toList();

        assertThat(pollAll()).containsExactlyElementsOf(arrived);
    }

    @Test
    void equalMomentsKeepTheirOrderWhenOneFromAmongThemIsRemoved() {
        List<Entry> arrived = new ArrayList<>(Stream.generate(() -> add(7)).limit(100).toList());
        deadlines.remove(arrived.remove(10));
        deadlines.remove(arrived.removeFirst());

        assertThat(pollAll()).containsExactlyElementsOf(arrived);
    }

    @Test
    void anEntryThatComesAgainStandsBehindItsEquals() {
        Entry first = add(7);
        Entry second = add(7);
        deadlines.remove(first);
        deadlines.add(first);

        assertThat(pollAll()).containsExactly(second, first);
    }

    // ---- what is due ----

    @Test
    void nothingIsDueOfNothing() {
        assertThat(deadlines.isEmpty()).isTrue();
        assertThat(deadlines.next()).isEqualTo(Moment.NONE);
        assertThat(deadlines.pollDue(Long.MAX_VALUE)).isNull();
        assertThat(deadlines.pollAny()).isNull();
    }

    @Test
    void anEntryIsDueFromItsMomentOn() {
        Entry moment = add(10);

        assertThat(deadlines.pollDue(9)).isNull();
        assertThat(deadlines.isEmpty()).isFalse();
        assertThat(deadlines.pollDue(10)).isSameAs(moment);
        assertThat(deadlines.isEmpty()).isTrue();
        assertThat(deadlines.pollDue(10)).isNull();
    }

    @Test
    void whatIsNotDueYetCanBeTakenOutAllTheSame() {
        Entry moment = add(10);

        assertThat(deadlines.pollAny()).isSameAs(moment);
        assertThat(deadlines.isEmpty()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1, Long.MAX_VALUE - 1, Long.MIN_VALUE, Long.MIN_VALUE + 1})
    void beforeAndAfterAreToldApartWhereTheClockWraps(long now) {
        Entry after = add(now + 3);
        Entry before = add(now - 3);
        Entry longAfter = add(now + Long.MAX_VALUE / 2);

        assertThat(deadlines.pollDue(now)).isSameAs(before);
        assertThat(deadlines.pollDue(now)).isNull();
        assertThat(pollAll()).containsExactly(after, longAfter);
    }

    // ---- removal ----

    @ParameterizedTest
    @CsvSource({"1, 1", "2, 1", "3, 2", "10, 5", "64, 7", "65, 64", "200, 3"})
    void anyEntryCanBeRemovedAndTheOthersStayInOrder(int size, int stride) {
        for (int victim = 0; victim < size; victim += stride) {
            List<Entry> moments = new ArrayList<>(Stream.iterate(0, i -> i + 1).limit(size).map(this::add).toList());
            Entry removed = moments.remove(victim);
            deadlines.remove(removed);

            assertThat(removed.heapIndex).isEqualTo(Moment.NOT_QUEUED);
            assertThat(pollAll()).containsExactlyElementsOf(moments);
        }
    }

    @Test
    void removingTwiceOrWhatWasNeverInDoesNothing() {
        Entry stays = add(5);
        Entry gone = add(6);
        deadlines.remove(gone);
        deadlines.remove(gone);
        deadlines.remove(new Entry(1));

        assertThat(pollAll()).containsExactly(stays);
    }

    @Test
    void whatHasLeftAsDueCanBeRemovedWithoutHarm() {
        Entry due = add(5);
        Entry stays = add(6);
        deadlines.pollDue(5);
        deadlines.remove(due);

        assertThat(pollAll()).containsExactly(stays);
    }

    // ---- room ----

    @Test
    void whatHasLeftKeepsNoRoom() {
        int room = deadlines.room();
        List<Entry> entries = Stream.iterate(0, i -> i + 1).limit(100_000).map(this::add).toList();
        assertThat(deadlines.room()).isBetween(100_000, 200_000);
        entries.subList(0, 50_000).forEach(deadlines::remove);
        assertThat(deadlines.room()).isBetween(50_000, 200_000);
        for (int i = 50_000; i < 99_990; i++) {
            assertThat(deadlines.pollDue(i)).isSameAs(entries.get(i));
        }

        assertThat(deadlines.room()).isEqualTo(room);
        assertThat(pollAll()).containsExactlyElementsOf(entries.subList(99_990, 100_000));
    }

    @Test
    void oneThatComesAndGoesAtTheBorderMovesNothing() {
        Stream.iterate(0, i -> i + 1).limit(1025).forEach(this::add);
        int room = deadlines.room();
        for (int i = 0; i < 10; i++) {
            deadlines.remove(add(2000));
            deadlines.pollAny();
            assertThat(deadlines.room()).isEqualTo(room);
            add(2000);
            assertThat(deadlines.room()).isEqualTo(room);
        }
    }

    // ---- misuse ----

    @Test
    void anEntryCannotBeQueuedTwiceNorWithoutAMomentNorMovedMeanwhile() {
        Entry queued = add(5);

        assertThatThrownBy(() -> deadlines.add(queued)).isInstanceOf(AssertionError.class);
        assertThatThrownBy(() -> queued.deadlineNanos(6)).hasMessage("moved while queued");
        assertThatThrownBy(() -> add(Moment.NONE)).isInstanceOf(AssertionError.class);
        assertThat(pollAll()).containsExactly(queued);
    }

    // ---- moments ----

    @ParameterizedTest
    @ValueSource(longs = {0, 1, 1_000_000_000, Long.MAX_VALUE / 2 - 1})
    void aMomentIsThatFarFromNow(long nanos) {
        long before = System.nanoTime();
        long moment = Moment.after(nanos);
        long after = System.nanoTime();

        assertThat(moment - before).isGreaterThanOrEqualTo(nanos);
        assertThat(moment - after - 2).isLessThanOrEqualTo(nanos);   // it steps aside for NONE and OVER
    }

    @ParameterizedTest
    @ValueSource(longs = {Long.MAX_VALUE / 2, Long.MAX_VALUE - 1, Long.MAX_VALUE})
    void whatIsBeyondTheClocksReachIsNoMoment(long nanos) {
        assertThat(Moment.after(nanos)).isEqualTo(Moment.NONE);
    }

    @Test
    void noMomentIsTakenForNoneOrForOver() {
        for (long nanos : new long[] {Moment.NONE, Moment.OVER}) {
            assertThat(Moment.sidestep(nanos)).isEqualTo(Moment.OVER + 1);
        }
        assertThat(Moment.sidestep(Moment.NONE - 1)).isEqualTo(Moment.NONE - 1);
        assertThat(Moment.sidestep(Moment.OVER + 1)).isEqualTo(Moment.OVER + 1);
        assertThatThrownBy(() -> new Entry(Moment.OVER)).isInstanceOf(AssertionError.class);
    }

    // ---- against a model ----

    @Test
    void itAgreesWithAPlainPriorityQueueWhateverComes() {
        long seed = Long.getLong("ringpark.test.seed", System.nanoTime());
        for (int run = 0; run < 60; run++) {
            Walk walk = new Walk(seed + run, CLOCKS[run % CLOCKS.length], run % 3 == 0 ? 1_000_000_000 : 60);
            try {
                walk.run();
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("again with -Dringpark.test.seed=" + (seed + run) + " and the clock at "
                        + walk.clock + "; step " + walk.step, e);
            }
        }
    }

    private Entry add(long nanos) {
        Entry moment = new Entry(nanos);
        deadlines.add(moment);
        return moment;
    }

    private List<Moment> pollAll() {
        List<Moment> left = new ArrayList<>();
        for (Moment next = deadlines.pollAny(); next != null; next = deadlines.pollAny()) {
            assertThat(next.heapIndex).isEqualTo(Moment.NOT_QUEUED);
            left.add(next);
        }
        return left;
    }

    private static final class Entry extends Moment {
        int arrival;   // in the model

        Entry(long nanos) {
            deadlineNanos(nanos);
        }
    }

    /** One random walk of the heap and the model side by side. */
    private static final class Walk {
        final long clock;
        int step;
        private final int span;   // few moments, so that many are equal, or so many that hardly two are
        private final Random random;
        private final Deadlines deadlines = new Deadlines();
        private final PriorityQueue<Entry> model;
        private final List<Entry> all = new ArrayList<>();
        private int arrivals;

        Walk(long seed, long clock, int span) {
            this.clock = clock;
            this.span = span;
            random = new Random(seed);
            model = new PriorityQueue<>(Comparator.<Entry>comparingLong(each -> each.deadlineNanos() - clock)
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
                default -> pollDue(clock + random.nextInt(span) - span * 2L / 3);
            }
        }

        private void add() {
            Entry moment = new Entry(Moment.sidestep(clock + random.nextInt(span)));
            moment.arrival = arrivals++;
            deadlines.add(moment);
            model.add(moment);
            all.add(moment);
        }

        private void remove() {
            if (!all.isEmpty()) {
                Collections.swap(all, random.nextInt(all.size()), all.size() - 1);
                Entry removed = all.removeLast();
                deadlines.remove(removed);   // in or not
                model.remove(removed);
            }
        }

        private void pollDue(long now) {
            Entry first = model.peek();
            boolean isDue = first != null && first.deadlineNanos() - now <= 0;

            assertThat(deadlines.pollDue(now)).isSameAs(isDue ? model.poll() : null);
        }

        private void check() {
            Entry first = model.peek();

            assertThat(deadlines.isEmpty()).isEqualTo(first == null);
            assertThat(deadlines.next()).isEqualTo(first == null ? Moment.NONE : first.deadlineNanos());
        }
    }
}
