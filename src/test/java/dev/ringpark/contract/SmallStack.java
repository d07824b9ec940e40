package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Runs what it is given with as little stack left as is asked for. */
public final class SmallStack {
    private static final int STACK_BYTES = 256 * 1024;
    private static final int DEEPER_THAN_ANY = 1 << 20;
    private static final int TIMES = 3;
    private static final int STRIDE = 16;

    private SmallStack() {}

    /** What is run down there. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /**
     * How deep one can dive once dives are compiled, which they are long before it is found the last time: else their
     * frames would shrink from one to the next.
     */
    public static int bottom() throws Exception {
        int bottom = 0;
        for (int i = 0; i < TIMES; i++) {
            bottom = 0;
            for (int step = DEEPER_THAN_ANY; step > 0; step /= 2) {
                bottom += await(bottom + step, () -> { }) ? step : 0;
            }
        }
        return bottom;
    }

    /** Runs {@code body} so deep on a new thread; false once that had too little stack. */
    public static CompletableFuture<Boolean> runAt(int depth, Body body) {
        CompletableFuture<Boolean> hadEnough = new CompletableFuture<>();
        Thread thread = new Thread(null, () -> {
            boolean enough = false;
            try {
                dive(depth, body);
                enough = true;
            } catch (StackOverflowError e) {
                // which is the answer
            } catch (Throwable e) {
                hadEnough.completeExceptionally(e);
            }
            hadEnough.complete(enough);
        }, "small", STACK_BYTES);
        thread.setDaemon(true);
        thread.start();
        return hadEnough;
    }

    /**
     * Runs {@code body} from where there is no stack to where there is {@code enough} times enough, in {@code small}
     * steps up and then in larger ones; after each, {@code next} with all the stack there is.
     *
     * @return how often there was too little
     */
    public static int runEverFurtherUp(Body body, int small, int enough, Body next) throws Exception {
        assertThat(await(0, body)).as("all is loaded and linked").isTrue();
        int bottom = bottom();
        int refused = 0;
        int left = enough;
        for (int above = 0; left > 0; above += above < small ? 1 : STRIDE) {
            if (await(bottom - above, body)) {
                left--;
            } else {
                refused++;
            }
            next.run();
        }
        return refused;
    }

    private static boolean await(int depth, Body body) throws Exception {
        return runAt(depth, body).get(Eventually.LONG_SECONDS, TimeUnit.SECONDS);
    }

    private static int dive(int depth, Body body) throws Exception {
        if (depth > 0) {
            return dive(depth - 1, body) + 1;
        }
        body.run();
        return 0;
    }
}
