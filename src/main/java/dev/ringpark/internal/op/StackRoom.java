package dev.ringpark.internal.op;

/** Whether a thread has stack enough for what must not end half way. */
public final class StackRoom {
    private static final int PROBE_FRAMES = 1_000;   // some 25 KiB compiled at best, more when not

    private StackRoom() {}

    /**
     * Uses up a good deal of stack and gives it back, so that who has too little hears of it before he has begun.
     *
     * @throws StackOverflowError if there is not enough
     */
    public static void require() {
        if (sum(PROBE_FRAMES, 1, 1, 1, 1) == 0) {
            throw new AssertionError();   // the sum is there so that the compiler keeps the frames
        }
    }

    private static long sum(int frames, long a, long b, long c, long d) {
        return frames == 0 ? a + b + c + d : sum(frames - 1, b, c, d, a + b) + ((a ^ b ^ c ^ d) | 1);
    }
}
