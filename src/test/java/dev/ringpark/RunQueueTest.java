package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Stress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First in, first out, round the end of the array and through its growth. */
class RunQueueTest {
    private static final int FIRST_LENGTH = 256;

    private final RunQueue queue = new RunQueue();
    private int added;
    private int polled;

    @Test
    void nothingComesOutOfAnEmptyQueue() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.size()).isZero();
        assertThat(queue.poll()).isNull();
        assertThat(queue.size()).isZero();
    }

    @Test
    void whoComesFirstLeavesFirst() {
        add(3);

        assertThat(queue.isEmpty()).isFalse();
        assertThat(queue.size()).isEqualTo(3);
        assertLeaveInOrder(3);
        assertEmpty();
    }

    @Test
    void theSameTaskMayStandInTheQueueMoreThanOnce() {
        Task task = new Task(1);
        queue.add(task);
        queue.add(task);

        assertThat(queue.poll()).isSameAs(task);
        assertThat(queue.poll()).isSameAs(task);
        assertThat(queue.poll()).isNull();
    }

    @Test
    void theArrayIsUsedRoundAndRound() {
        add(3);
        for (int i = 0; i < 10 * FIRST_LENGTH; i++) {
            add(1);
            assertLeaveInOrder(1);
            assertThat(queue.size()).isEqualTo(3);
        }
        assertLeaveInOrder(3);
        assertEmpty();
    }

    @Test
    void aQueueThatIsJustFullLosesNothing() {
        add(FIRST_LENGTH);

        assertThat(queue.size()).isEqualTo(FIRST_LENGTH);
        assertThat(queue.isEmpty()).isFalse();
        assertLeaveInOrder(FIRST_LENGTH);
        assertEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 100, FIRST_LENGTH - 1, FIRST_LENGTH, FIRST_LENGTH + 1})
    void itGrowsWhereverItsFirstStands(int head) {
        for (int i = 0; i < head; i++) {
            add(1);
            assertLeaveInOrder(1);
        }
        add(FIRST_LENGTH);
        add(1);
        assertThat(queue.size()).isEqualTo(FIRST_LENGTH + 1);
        assertLeaveInOrder(100);
        add(5 * FIRST_LENGTH);

        assertLeaveInOrder(6 * FIRST_LENGTH - 99);
        assertEmpty();
    }

    @Test
    void itAgreesWithAPlainQueueWhateverComes() {
        long seed = Long.getLong("ringpark.test.seed", System.nanoTime());
        Random random = new Random(seed);
        Deque<Runnable> model = new ArrayDeque<>();
        for (int step = 0; step < 20_000; step++) {
            int bound = step < 10_000 ? 60 : 40;   // grows, then shrinks
            if (random.nextInt(100) < bound) {
                Task task = new Task(step);
                queue.add(task);
                model.add(task);
            } else {
                assertThat(queue.poll()).as("seed %d, step %d", seed, step).isSameAs(model.poll());
            }
            assertThat(queue.size()).as("seed %d, step %d", seed, step).isEqualTo(model.size());
        }
    }

    // ---- the one that runs ----

    @Test
    void theTaskThatRunsIsSeenWhileItRunsAndNoLonger() {
        List<Runnable> seen = new ArrayList<>();
        Runnable first = () -> seen.add(queue.running());
        Runnable second = () -> seen.add(queue.running());
        queue.add(first);
        queue.add(second);
        assertThat(queue.running()).isNull();

        queue.run(Integer.MAX_VALUE, System.nanoTime(), Long.MAX_VALUE);

        assertThat(seen).containsExactly(first, second);
        assertThat(queue.running()).isNull();
    }

    @ParameterizedTest
    @ValueSource(ints = {FIRST_LENGTH - 2, FIRST_LENGTH - 1, FIRST_LENGTH, 5 * FIRST_LENGTH})
    void theTaskThatRunsIsSeenAndNothingLostHoweverManyItAdds(int more) {
        List<Runnable> seen = new ArrayList<>();
        Runnable task = () -> {
            add(more);
            seen.add(queue.running());
        };
        queue.add(task);

        queue.run(1, System.nanoTime(), Long.MAX_VALUE);

        assertThat(seen).containsExactly(task);
        assertThat(queue.running()).isNull();
        assertLeaveInOrder(more);
        assertEmpty();
    }

    // ---- the clock ----

    private static final long BUDGET = 1_000_000;
    private static final long QUICK = 1_000;
    private static final long LONG = 5 * BUDGET;

    private long now = Long.MAX_VALUE - 3 * BUDGET;   // clocks may overflow
    private int looks;
    private final RunQueue timed = new RunQueue(() -> {
        looks++;
        return now;
    });

    @Test
    void aTaskThatTakesLongIsTheLastOfItsRunAndTheOthersKeepTheirOrder() {
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            addTimed(i, i == 9 ? LONG : QUICK, ran);
        }
        runTimed();
        assertThat(ran).isEqualTo(numbers(0, 10));
        runTimed();
        assertThat(ran).isEqualTo(numbers(0, 30));
    }

    @Test
    void whileAllAreQuickTheClockIsHardlyLookedAt() {
        addQuick(10_000);
        for (int i = 0; !timed.isEmpty(); i++) {
            assertThat(i).isLessThan(100);
            runTimed();
        }
        assertThat(looks).isLessThan(4 * 64 + 10_000 / 16 + 100);
    }

    @Test
    void aSurpriseIsNoticedWithinSixteenTasksAndTheNextAtOnce() {
        addQuick(10_000);
        while (!timed.isEmpty()) {
            runTimed();
        }
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            addTimed(i, LONG, ran);
        }
        runTimed();
        int surprised = ran.size();
        assertThat(surprised).isBetween(1, 16);
        for (int i = 1; i <= 50 - surprised; i++) {
            runTimed();
            assertThat(ran).as("one a run").hasSize(surprised + i);
        }
        assertThat(ran).isEqualTo(numbers(0, 50));
    }

    @Test
    void tasksThatAreFewAndTakeLongAreNoticedAtTheEndOfTheirRun() {
        addQuick(10_000);
        while (!timed.isEmpty()) {
            runTimed();
        }
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            addTimed(i, LONG, ran);
        }
        runTimed();
        assertThat(ran).as("a surprise").hasSize(10);
        for (int i = 10; i < 20; i++) {
            addTimed(i, LONG, ran);
        }
        runTimed();
        assertThat(ran).hasSize(11);
    }

    /** Each is a sixteenth of the budget and a bit: no task that takes long, but more than a few of them do. */
    @Test
    void aBudgetIsNotOverdrawnByMoreThanATask() {
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            addTimed(i, BUDGET / 16 + 1, ran);
        }
        for (int i = 1; i <= 6; i++) {
            runTimed();
            assertThat(ran).hasSize(16 * i);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 15, 16, 17, 99})
    void soManyTasksRunAndTheRestStaysInOrder(int most) {
        List<Integer> ran = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            addTimed(i, 0, ran);
        }
        timed.run(most, now, Long.MAX_VALUE);
        assertThat(ran).isEqualTo(numbers(0, most));

        timed.run(Integer.MAX_VALUE, now, Long.MAX_VALUE);
        assertThat(ran).isEqualTo(numbers(0, 100));
    }

    private void addQuick(int count) {
        for (int i = 0; i < count; i++) {
            addTimed(i, QUICK / 100, new ArrayList<>());
        }
    }

    private void addTimed(int number, long nanos, List<Integer> ran) {
        timed.add(() -> {
            now += nanos;
            ran.add(number);
        });
    }

    private void runTimed() {
        timed.run(512, now, BUDGET);
    }

    private static List<Integer> numbers(int from, int to) {
        return IntStream.range(from, to).boxed().toList();
    }

    /** As many as a loop runs within an hour, in half a minute on a machine that does nothing else. */
    @Stress
    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void itsPlacesAreCountedOnBeyondTheIntRange() {
        Task[] tasks = IntStream.range(0, 4).mapToObj(Task::new).toArray(Task[]::new);
        queue.add(tasks[0]);
        queue.add(tasks[1]);
        for (long i = 2; i < 1L << 32; i++) {
            queue.add(tasks[(int) i & 3]);
            if (queue.poll() != tasks[(int) (i - 2) & 3] || queue.size() != 2) {
                throw new AssertionError("out of order after " + i);
            }
            if (i == Integer.MAX_VALUE) {
                growAndShrink(tasks, i);
            }
        }
    }

    private void growAndShrink(Task[] tasks, long last) {
        for (int i = 1; i <= 1000; i++) {
            queue.add(tasks[(int) (last + i) & 3]);
        }
        for (int i = -1; i <= 998; i++) {
            assertThat(queue.poll()).isSameAs(tasks[(int) (last + i) & 3]);
        }
        assertThat(queue.size()).isEqualTo(2);
    }

    private void add(int count) {
        for (int i = 0; i < count; i++) {
            queue.add(new Task(added++));
        }
    }

    private void assertLeaveInOrder(int count) {
        List<Runnable> left = new ArrayList<>();
        List<Runnable> expected = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            left.add(queue.poll());
            expected.add(new Task(polled++));
        }
        assertThat(left).isEqualTo(expected);
    }

    private void assertEmpty() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.size()).isZero();
        assertThat(queue.poll()).isNull();
    }

    private record Task(int number) implements Runnable {
        @Override
        public void run() {
            throw new AssertionError("a queue runs nothing");
        }
    }
}
