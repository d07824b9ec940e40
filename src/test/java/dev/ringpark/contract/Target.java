package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What bytes are read into, of a kind that is copied for the kernel or of one that the kernel is given as it is. It
 * tells what has been written into it, also long after the call that it was for.
 */
record Target(ByteBuffer buffer) {
    private static final byte UNTOUCHED = (byte) 0xFF;

    /** A new one, of any kind that nobody frees. */
    static Target some(SplittableRandom random, int bytes) {
        return new Target(switch (random.nextInt(3)) {
            case 0 -> ByteBuffer.allocate(bytes);
            case 1 -> ByteBuffer.allocateDirect(bytes);
            default -> Arena.global().allocate(bytes).asByteBuffer();
        }).renew();
    }

    /** Has it be as new. */
    Target renew() {
        byte[] fresh = new byte[buffer.capacity()];
        Arrays.fill(fresh, UNTOUCHED);
        buffer.clear().put(fresh).clear();
        return this;
    }

    /** Fails unless it is as new. */
    void assertUntouched(String when) {
        assertHas(new byte[0], when);
    }

    /** Fails unless it has {@code bytes} and no more, and its position says so. */
    void assertHas(byte[] bytes, String when) {
        assertThat(buffer.position()).as("position, %s", when).isEqualTo(bytes.length);
        byte[] expected = new byte[buffer.capacity()];
        Arrays.fill(expected, UNTOUCHED);
        System.arraycopy(bytes, 0, expected, 0, bytes.length);
        byte[] content = new byte[buffer.capacity()];
        buffer.get(0, content);
        assertThat(content).as("content, %s", when).isEqualTo(expected);
    }
}
