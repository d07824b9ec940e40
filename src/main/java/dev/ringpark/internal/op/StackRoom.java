package dev.ringpark.internal.op;

/** Whether a thread has stack enough for what must not end half way; and what to do if it has not. */
public final class StackRoom {
    private static final int PROBE_FRAMES = 1_000;   // some 25 KiB compiled at best, more when not
    private static final int SOME_FRAMES = 250;      // twice what the start of a thread takes, when not compiled

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
     * As {@link #require}, but for little: what wakes a thread or mails it to its loop, or {@link #runElsewhere}.
     *
     * @throws StackOverflowError if there is not enough
     */
    public static void requireSome() {
        probe(SOME_FRAMES);
    }

    /**
     * As {@link #require}, for who calls somebody who requires it again, some frames further down.
     *
     * @throws StackOverflowError if there is not enough for both
     */
    public static void requireForWhoRequires() {
        probe(PROBE_FRAMES + SOME_FRAMES);
    }

    /** Runs {@code task}, which wakes somebody: elsewhere, if {@link #requireSome} is not met and that can be had. */
    public static void runWhole(Runnable task) {
        if (!isElsewhere(task)) {
            task.run();
        }
    }

    private static boolean isElsewhere(Runnable task) {
        try {
            requireSome();
            return false;
        } catch (StackOverflowError e) {
            return hasBegunElsewhere(task);
        }
    }

    private static boolean hasBegunElsewhere(Runnable task) {
        try {
            runElsewhere(task);
            return true;
        } catch (StackOverflowError | OutOfMemoryError e) {
            return false;   // to wake somebody may take less than to start a thread
        }
    }

    /** Has {@code task} run on a thread of its own, which takes a few frames. */
    public static void runElsewhere(Runnable task) {
        Thread thread = new Thread(null, task, "ringpark-elsewhere", 0, false);
        thread.setDaemon(true);
        thread.start();
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
