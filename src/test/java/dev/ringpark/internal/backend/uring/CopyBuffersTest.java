package dev.ringpark.internal.backend.uring;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Buffers that are lent for one attempt: each to one, none twice, and none when all are out. */
class CopyBuffersTest {
    private static final int COUNT = 3;
    private static final int BYTES = 16;

    private CopyBuffers buffers;

    @BeforeEach
    void map() throws IOException {
        Rings.assumeLinux();
        buffers = new CopyBuffers(COUNT, BYTES);
    }

    @AfterEach
    void unmap() {
        if (buffers != null) {
            buffers.close();
        }
    }

    @Test
    void eachBufferIsLentOnceAndThenThereIsNone() {
        assertThat(buffers.bufferBytes()).isEqualTo(BYTES);
        assertThat(new int[] {buffers.take(), buffers.take(), buffers.take()}).containsExactlyInAnyOrder(0, 1, 2);
        assertThat(buffers.take()).isEqualTo(CopyBuffers.NONE);
        assertThat(buffers.take()).isEqualTo(CopyBuffers.NONE);
    }

    @Test
    void theLastBufferGivenBackGoesOutFirst() {
        int first = buffers.take();
        int second = buffers.take();
        int third = buffers.take();
        buffers.give(second);
        buffers.give(first);

        assertThat(buffers.take()).isEqualTo(first);
        assertThat(buffers.take()).isEqualTo(second);
        assertThat(buffers.take()).isEqualTo(CopyBuffers.NONE);
        buffers.give(third);
        assertThat(buffers.take()).isEqualTo(third);
    }

    @Test
    void buffersDoNotOverlap() {
        byte[][] contents = new byte[COUNT][BYTES];
        for (int id = 0; id < COUNT; id++) {
            Arrays.fill(contents[id], (byte) (id + 1));
            buffers.copyIn(id, contents[id], 0, BYTES);
        }
        for (int id = 0; id < COUNT; id++) {
            byte[] copy = new byte[BYTES];
            buffers.copyOut(id, copy, 0, BYTES);
            assertThat(copy).isEqualTo(contents[id]);
            assertThat(buffers.address(id) - buffers.address(0)).isEqualTo((long) id * BYTES);
        }
    }

    @Test
    void onlyTheRangeAskedForIsCopied() {
        buffers.copyIn(1, new byte[] {9, 9, 9, 9}, 0, 4);
        buffers.copyIn(1, new byte[] {0, 1, 2, 3, 4}, 1, 3);
        byte[] target = new byte[6];

        buffers.copyOut(1, target, 2, 4);

        assertThat(target).containsExactly(0, 0, 1, 2, 3, 9);
    }
}
