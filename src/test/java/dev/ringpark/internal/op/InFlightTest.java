package dev.ringpark.internal.op;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.contract.Stress;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens: who has which, and who is found by one that comes late. */
class InFlightTest {
    private static final int FIRST_SLOTS = 256;

    @Test
    void anOperationIsFoundByItsTokenAndBySlot() {
        InFlight table = new InFlight(10);
        Operation operation = operation();
        long token = table.admit(operation);

        assertThat(operation.token()).isEqualTo(token);
        assertThat(table.find(token)).isSameAs(operation);
        assertThat(table.inSlot(InFlight.slot(token))).isSameAs(operation);
        assertThat(table.count()).isEqualTo(1);
    }

    @Test
    void aStaleTokenFindsNobody() {
        InFlight table = new InFlight(10);
        Operation operation = operation();
        long token = table.admit(operation);
        table.release(operation);

        assertThat(table.find(token)).isNull();
        assertThat(operation.token()).isEqualTo(InFlight.FULL);
        assertThat(table.count()).isZero();
    }

    @Test
    void aStaleTokenDoesNotFindTheNextOwnerOfItsSlot() {
        InFlight table = new InFlight(1);
        Operation former = operation();
        Operation present = operation();
        long stale = table.admit(former);
        table.release(former);
        long token = table.admit(present);

        assertThat(InFlight.slot(token)).isEqualTo(InFlight.slot(stale));
        assertThat(token).isNotEqualTo(stale);
        assertThat(table.find(stale)).isNull();
        assertThat(table.find(token)).isSameAs(present);
    }

    @ParameterizedTest
    @ValueSource(longs = {InFlight.FULL, 10, 1L << 31, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32})
    void aTokenThatWasNeverMadeFindsNobody(long token) {
        InFlight table = new InFlight(10);
        for (int i = 0; i < 10; i++) {
            table.admit(operation());
        }

        assertThat(table.find(token)).isNull();
    }

    @Test
    void aFreeSlotIsFoundEmptyByTheTokenItWouldGiveNext() {
        assertThat(new InFlight(1).find(0)).isNull();
    }

    @Test
    void whatIsReleasedTwiceIsNoticed() {
        InFlight table = new InFlight(10);
        Operation operation = operation();
        table.admit(operation);
        table.release(operation);

        assertThatThrownBy(() -> table.release(operation)).isInstanceOfAny(
                AssertionError.class, ArrayIndexOutOfBoundsException.class);
    }

    // ---- size ----

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 255, 256, 257, 1000, 1024})
    void itGrowsToItsCapacityAndThenSaysFull(int capacity) {
        InFlight table = new InFlight(capacity);
        List<Operation> admitted = Stream.generate(InFlightTest::operation).limit(capacity).toList();
        Set<Long> tokens = new HashSet<>();
        admitted.forEach(each -> tokens.add(table.admit(each)));
        Operation tooMany = operation();

        assertThat(tokens).hasSize(capacity)
                .allMatch(token -> InFlight.slot(token) >= 0 && InFlight.slot(token) < capacity);
        assertThat(table.admit(tooMany)).isEqualTo(InFlight.FULL);
        assertThat(tooMany.token()).isEqualTo(InFlight.FULL);
        assertThat(table.count()).isEqualTo(capacity).isEqualTo(table.capacity()).isEqualTo(table.slots());
        assertThat(admitted).allMatch(each -> table.find(each.token()) == each);
    }

    @Test
    void itBeginsSmall() {
        InFlight table = new InFlight(1 << 24);

        assertThat(table.slots()).isEqualTo(FIRST_SLOTS);
        assertThat(table.capacity()).isEqualTo(1 << 24);
        assertThat(table.count()).isZero();
    }

    @Test
    void aTokenStaysGoodWhileTheTableGrows() {
        InFlight table = new InFlight(10 * FIRST_SLOTS);
        Operation early = operation();
        long token = table.admit(early);
        for (int i = 0; i < FIRST_SLOTS; i++) {
            table.admit(operation());
        }

        assertThat(table.slots()).isGreaterThan(FIRST_SLOTS);
        assertThat(table.count()).isEqualTo(FIRST_SLOTS + 1);
        assertThat(table.find(token)).isSameAs(early);
    }

    @Test
    void aReleaseMakesRoomInAFullTable() {
        InFlight table = new InFlight(3);
        List<Operation> admitted = Stream.generate(InFlightTest::operation).limit(3).toList();
        admitted.forEach(table::admit);
        Operation waiting = operation();

        assertThat(table.admit(waiting)).isEqualTo(InFlight.FULL);
        table.release(admitted.get(1));
        assertThat(table.admit(waiting)).isNotNegative();
        assertThat(table.count()).isEqualTo(3);
    }

    // ---- many ----

    @Test
    void noTokenComesTwiceAndEachFindsItsOwnAsLongAsItIsInFlight() {
        long seed = Long.getLong("ringpark.test.seed", System.nanoTime());
        Random random = new Random(seed);
        InFlight table = new InFlight(700);
        List<Operation> inFlight = new ArrayList<>();
        Map<Long, Operation> former = new HashMap<>();
        for (int step = 0; step < 50_000; step++) {
            Operation one = random.nextInt(100) < 52 ? admit(table, inFlight) : release(table, inFlight, random);
            if (one != null && one.token() != InFlight.FULL) {
                assertThat(former.put(one.token(), one)).as("seed %d, step %d", seed, step).isNull();
            }
            assertThat(table.count()).as("seed %d, step %d", seed, step).isEqualTo(inFlight.size());
        }

        former.forEach((token, owner) -> assertThat(table.find(token)).as("seed %d, token %x", seed, token)
                .isSameAs(owner.token() == token ? owner : null));
        assertThat(inFlight).as("seed %d", seed).isNotEmpty().allMatch(each -> table.find(each.token()) == each);
    }

    /** Some seconds: as often as it takes, since the generation can be moved on by a release only. */
    @Stress
    @Test
    void theGenerationWrapsBeforeATokenWouldBeNegative() {
        InFlight table = new InFlight(1);
        Operation operation = operation();
        long first = table.admit(operation);
        long least = first;
        long last = first;
        for (long releases = 1; releases < 1L << 31; releases++) {
            table.release(operation);
            last = table.admit(operation);
            least = Math.min(least, last);
        }
        table.release(operation);

        assertThat(least).isEqualTo(first).isZero();
        assertThat(last).isEqualTo((long) Integer.MAX_VALUE << 32);
        assertThat(table.admit(operation)).isEqualTo(first);
    }

    private static Operation admit(InFlight table, List<Operation> inFlight) {
        Operation operation = operation();
        boolean isFull = table.count() == table.capacity();

        assertThat(table.admit(operation) == InFlight.FULL).isEqualTo(isFull);
        if (!isFull) {
            inFlight.add(operation);
        }
        return operation;
    }

    private static Operation release(InFlight table, List<Operation> inFlight, Random random) {
        if (inFlight.isEmpty()) {
            return null;
        }
        Collections.swap(inFlight, random.nextInt(inFlight.size()), inFlight.size() - 1);
        Operation operation = inFlight.removeLast();
        long token = operation.token();
        table.release(operation);

        assertThat(table.find(token)).isNull();
        return operation;
    }

    private static Operation operation() {
        return new Operation(new Descriptor() { });
    }
}
