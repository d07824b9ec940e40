package dev.ringpark.internal.op;

/** Whether a thread has stack enough for what must not end half way. */
public final class StackRoom {
    private static final int PROBE_FRAMES = 1_000;   // some 25 KiB compiled at best, more when not
    private static final int FRAMES_BETWEEN = 250;   // far more than there are from one who asks to whom he calls

    private StackRoom() {}

    /**
     * Uses up a good deal of stack and gives it back, so that who has too little hears of it before he has begun.
     *
     * @throws StackOverflowError if there is not enough
     */
    public static void require() {
        probe(PROBE_FRAMES);
    }

    /**
     * As {@link #require}, for who calls somebody who requires it again, some frames further down.
     *
     * @throws StackOverflowError if there is not enough for both
     */
    public static void requireForWhoRequires() {
        probe(PROBE_FRAMES + FRAMES_BETWEEN);
    }

    private static void probe(int frames) {
        if (sum(frames, 1, 1, 1, 1) == 0) {
            throw new AssertionError();   // the sum is there so that the compiler keeps the frames
        }
    }

    private static long sum(int frames, long a, long b, long c, long d) {
        return frames == 0 ? a + b + c + d : sum(frames - 1, b, c, d, a + b) + ((a ^ b ^ c ^ d) | 1);
    }
}
