package dev.ringpark.internal.op;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EndedCallsTest {
    private static final int THREADS = 4;
    private static final int EACH = 50_000;

    private final EndedCalls calls = new EndedCalls();

    private static final class Closing extends Resource {}

    @Test
    void isEmptyUntilOneIsAddedAndAfterTheLastIsTaken() {
        Resource resource = new Closing();
        assertThat(calls.isEmpty()).isTrue();
        assertThat(calls.poll()).isNull();
        calls.add(resource);
        assertThat(calls.isEmpty()).isFalse();

        assertThat(calls.poll()).isSameAs(resource);

        assertThat(calls.isEmpty()).isTrue();
        assertThat(calls.poll()).isNull();
    }

    @Test
    void whatIsAddedBetweenTwoIsTakenFirst() {
        Resource first = new Closing();
        Resource second = new Closing();
        Resource third = new Closing();
        calls.add(first);
        calls.add(second);
        assertThat(calls.poll()).isSameAs(second);
        calls.add(third);

        assertThat(calls.poll()).isSameAs(third);
        assertThat(calls.poll()).isSameAs(first);
    }

    @Test
    void eachComesOutOnceHoweverManyAddMeanwhile() throws Exception {
        CyclicBarrier start = new CyclicBarrier(THREADS + 1);
        List<Thread> adders = new ArrayList<>();
        for (int i = 0; i < THREADS; i++) {
            adders.add(Thread.ofPlatform().daemon().start(() -> addAll(start)));
        }
        Set<Resource> taken = Collections.newSetFromMap(new IdentityHashMap<>());
        start.await();
        while (taken.size() < THREADS * EACH) {
            Resource next = calls.poll();
            if (next != null) {
                assertThat(taken.add(next)).isTrue();
            }
        }

        for (Thread each : adders) {
            each.join();
        }
        assertThat(calls.poll()).isNull();
    }

    private void addAll(CyclicBarrier start) {
        try {
            start.await();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
        for (int i = 0; i < EACH; i++) {
            calls.add(new Closing());
        }
    }
}
