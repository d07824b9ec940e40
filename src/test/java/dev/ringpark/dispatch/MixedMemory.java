package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/** Bytes of chance to be read into or written from, as one buffer or two, and those around, which nobody may touch. */
final class MixedMemory {
    private static final int MOST_AROUND = 40;

    private final ByteBuffer all;
    private final ByteBuffer[] parts;
    private final byte[] before;
    private final int start;
    private final int length;

    private MixedMemory(int length, SplittableRandom random, boolean isWhole) {
        this.length = length;
        start = random.nextInt(MOST_AROUND);
        before = new byte[start + length + random.nextInt(MOST_AROUND)];
        random.nextBytes(before);
        all = random.nextBoolean() ? ByteBuffer.allocate(before.length) : ByteBuffer.allocateDirect(before.length);
        all.put(before);
        parts = isWhole ? new ByteBuffer[] {part(0, length)} : halves(random.nextInt(length + 1));
    }

    /** One buffer with {@code length} bytes. */
    static MixedMemory whole(int length, SplittableRandom random) {
        return new MixedMemory(length, random, true);
    }

    /** One buffer or two. */
    static MixedMemory any(int length, SplittableRandom random) {
        return new MixedMemory(length, random, random.nextInt(3) > 0);
    }

    private ByteBuffer[] halves(int first) {
        return new ByteBuffer[] {part(0, first), part(first, length)};
    }

    private ByteBuffer part(int from, int to) {
        return all.duplicate().limit(start + to).position(start + from);
    }

    boolean isWhole() {
        return parts.length == 1;
    }

    ByteBuffer whole() {
        return parts[0];
    }

    ByteBuffer[] parts() {
        return parts;
    }

    /** What {@code ended} has read; no bytes if it failed, or at the end. Nothing else has changed. */
    byte[] read(Request<?> ended) {
        int count = moved(ended);
        byte[] now = now();
        byte[] read = Arrays.copyOfRange(now, start, start + count);
        System.arraycopy(before, start, now, start, count);
        assertThat(now).as("around what was read").isEqualTo(before);
        return read;
    }

    /** What {@code ended} has written; no bytes if it failed. Nothing has changed. */
    byte[] written(Request<?> ended) {
        assertThat(now()).as("what was to be written").isEqualTo(before);
        return Arrays.copyOfRange(before, start, start + moved(ended));
    }

    private int moved(Request<?> ended) {
        int left = 0;
        for (ByteBuffer part : parts) {
            left += part.remaining();
        }
        int count = Math.max(countOf(ended), 0);
        assertThat(left).as("what the positions leave").isEqualTo(length - count);
        return count;
    }

    /** What {@code ended} has told; 0 if it failed. */
    static int countOf(Request<?> ended) {
        try {
            return ended.failure() == null ? ended.count() : 0;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private byte[] now() {
        byte[] now = new byte[before.length];
        all.duplicate().clear().get(now);
        return now;
    }
}
