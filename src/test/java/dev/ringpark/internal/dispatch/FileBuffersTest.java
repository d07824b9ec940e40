package dev.ringpark.internal.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

/** The memory that stands in for arrays: each piece has one user at a time. */
class FileBuffersTest {
    private static final int THREADS = 8;
    private static final int ROUNDS = 2_000;
    private static final int MOST_KEPT = 32;
    private static final int PAGE = 4096;

    private final FileBuffers buffers = new FileBuffers();

    @Test
    void aPieceIsWholeAndBeginsAtAPage() {
        ByteBuffer piece = buffers.take();
        buffers.give(piece.position(3).limit(5));
        ByteBuffer again = buffers.take();

        assertThat(again).isSameAs(piece);
        assertThat(again.position()).isZero();
        assertThat(again.remaining()).isEqualTo(FileBuffers.BYTES);
        assertThat(address(again) % PAGE).isZero();
    }

    @Test
    void onlyAFewAreKept() {
        List<ByteBuffer> pieces = new ArrayList<>();
        for (int i = 0; i < 2 * MOST_KEPT; i++) {
            pieces.add(buffers.take());
        }
        pieces.forEach(buffers::give);
        Set<ByteBuffer> known = Collections.newSetFromMap(new IdentityHashMap<>());
        known.addAll(pieces);
        assertThat(known).as("each piece once").hasSize(2 * MOST_KEPT);
        for (int i = 0; i < 2 * MOST_KEPT; i++) {
            assertThat(known.remove(buffers.take())).as("one that was kept").isEqualTo(i < MOST_KEPT);
        }
    }

    private static long address(ByteBuffer piece) {
        return MemorySegment.ofBuffer(piece.duplicate().clear()).address();
    }

    /** Each writes its own canary into what it has, and finds it there when it gives it back. */
    @Test
    void nobodyElseWritesIntoAPieceThatIsTaken() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
            List<Future<?>> users = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                long canary = i;
                users.add(threads.submit(() -> use(canary)));
            }
            for (Future<?> user : users) {
                user.get();
            }
        }
    }

    private void use(long canary) {
        for (int i = 0; i < ROUNDS; i++) {
            ByteBuffer one = buffers.take();
            ByteBuffer two = buffers.take();
            for (int at = 0; at < FileBuffers.BYTES; at += PAGE) {
                one.putLong(at, canary);
                two.putLong(at, ~canary);
            }
            for (int at = 0; at < FileBuffers.BYTES; at += PAGE) {
                if (one.getLong(at) != canary || two.getLong(at) != ~canary) {
                    throw new AssertionError("a piece has two users, in round " + i);
                }
            }
            buffers.give(one);
            buffers.give(two);
        }
    }
}
