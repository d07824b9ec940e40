package dev.ringpark.internal.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** First in, first out, and out of the middle. */
class OperationQueueTest {
    private final OperationQueue queue = new OperationQueue();
    private final Operation a = operation();
    private final Operation b = operation();
    private final Operation c = operation();
    private final Operation d = operation();

    @Test
    void nothingComesOutOfAnEmptyQueue() {
        assertThat(queue.isEmpty()).isTrue();
        assertThat(queue.peek()).isNull();
        assertThat(queue.poll()).isNull();
        assertThat(queue.remove(a)).isFalse();
    }

    @Test
    void whoComesFirstLeavesFirst() {
        fill();

        assertThat(queue.isEmpty()).isFalse();
        assertThat(pollAll()).containsExactly(a, b, c);
        assertThat(queue.isEmpty()).isTrue();
    }

    @Test
    void aLookLeavesItInTheQueue() {
        fill();

        assertThat(queue.peek()).isSameAs(a);
        assertThat(queue.peek()).isSameAs(a);
        assertThat(pollAll()).containsExactly(a, b, c);
    }

    @Test
    void itCanBeUsedAgainOnceItHasBeenEmptied() {
        fill();
        pollAll();
        fill();

        assertThat(pollAll()).containsExactly(a, b, c);
    }

    @Test
    void whatLeftByPollMayGoIntoAnotherQueue() {
        fill();
        OperationQueue other = new OperationQueue();
        other.add(queue.poll());
        other.add(d);

        assertThat(other.poll()).isSameAs(a);
        assertThat(other.poll()).isSameAs(d);
        assertThat(other.poll()).isNull();
        assertThat(pollAll()).containsExactly(b, c);
    }

    // ---- addFirst ----

    @Test
    void whatIsPutBackIsFirstAgain() {
        fill();
        Operation first = queue.poll();
        queue.addFirst(first);
        queue.add(d);

        assertThat(pollAll()).containsExactly(a, b, c, d);
    }

    @Test
    void whatIsPutBackIntoAnEmptyQueueIsFirstAndLast() {
        queue.addFirst(a);
        queue.add(b);

        assertThat(pollAll()).containsExactly(a, b);
    }

    // ---- remove ----

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void oneLeavesFromTheHeadTheMiddleOrTheTailAndTheNextStandsBehindTheOthers(int victim) {
        fill();
        List<Operation> left = new ArrayList<>(List.of(a, b, c, d));
        Operation removed = left.remove(victim);

        assertThat(queue.remove(removed)).isTrue();
        queue.add(d);
        assertThat(pollAll()).containsExactlyElementsOf(left);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2})
    void whatWasRemovedMayComeAgain(int victim) {
        fill();
        List<Operation> order = new ArrayList<>(List.of(a, b, c));
        Operation removed = order.remove(victim);
        order.add(removed);
        queue.remove(removed);
        queue.add(removed);

        assertThat(pollAll()).containsExactlyElementsOf(order);
    }

    @Test
    void theLastOneLeavesAnEmptyQueue() {
        queue.add(a);

        assertThat(queue.remove(a)).isTrue();
        assertThat(queue.isEmpty()).isTrue();
        queue.add(b);
        assertThat(pollAll()).containsExactly(b);
    }

    @Test
    void whoIsNotInIsNotRemoved() {
        fill();

        assertThat(queue.remove(d)).isFalse();
        assertThat(queue.remove(b)).isTrue();
        assertThat(queue.remove(b)).isFalse();
        assertThat(pollAll()).containsExactly(a, c);
    }

    // ---- misuse ----

    @Test
    void nobodyIsQueuedTwiceAtTheSameTime() {
        fill();
        OperationQueue other = new OperationQueue();

        assertThatThrownBy(() -> queue.add(c)).hasMessage("in two queues");
        assertThatThrownBy(() -> queue.addFirst(c)).hasMessage("in two queues");
        assertThatThrownBy(() -> queue.add(a)).hasMessage("in two queues");
        assertThatThrownBy(() -> other.addFirst(b)).hasMessage("in two queues");
        assertThat(pollAll()).containsExactly(a, b, c);
    }

    @Test
    void nobodyIsTakenOutOfAQueueHeIsNotIn() {
        fill();
        OperationQueue other = new OperationQueue();

        assertThatThrownBy(() -> other.remove(b)).hasMessage("in another queue");
        assertThat(pollAll()).containsExactly(a, b, c);
    }

    private void fill() {
        queue.add(a);
        queue.add(b);
        queue.add(c);
    }

    private List<Operation> pollAll() {
        return Stream.generate(queue::poll).takeWhile(each -> each != null).toList();
    }

    private static Operation operation() {
        return new Operation(new Descriptor() { });
    }
}
