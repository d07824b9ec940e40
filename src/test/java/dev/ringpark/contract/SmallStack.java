package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Runs what it is given with as little stack left as is asked for. Each thread finds its own bottom and goes up from
 * there: how deep another came tells nothing, as frames shrink when they are compiled, at any time.
 */
public final class SmallStack {
    private static final int STACK_BYTES = 1024 * 1024;
    private static final int STRIDE = 16;

    private SmallStack() {}

    /** What is run down there. */
    @FunctionalInterface
    public interface Body {
        void run() throws Exception;
    }

    /** Runs {@code body} on a new thread, so many frames above its last one; false once that was too little stack. */
    public static CompletableFuture<Boolean> runAbove(int frames, Body body) {
        return runOnSmall(() -> assertThat(new Dive(frames, body).down()).isGreaterThanOrEqualTo(frames));
    }

    private static CompletableFuture<Boolean> runOnSmall(Body body) {
        CompletableFuture<Boolean> hadEnough = new CompletableFuture<>();
        Thread thread = new Thread(null, () -> {
            boolean enough = false;
            try {
                body.run();
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

    private static final class Dive {
        private final int frames;
        private final Body body;
        private boolean begun;

        Dive(int frames, Body body) {
            this.frames = frames;
            this.body = body;
        }

        /** How many frames this one is above the last. */
        @SuppressWarnings("InfiniteRecursion")   // the stack ends it
        int down() throws Exception {
            int above;
            try {
                above = down() + 1;
            } catch (StackOverflowError e) {
                if (begun) {
                    throw e;
                }
                above = 0;
            }
            if (above == frames) {
                begun = true;
                body.run();
            }
            return above;
        }
    }

    /**
     * Runs {@code body} from where there is no stack to where there is {@code enough} times enough, in {@code small}
     * steps up and then in larger ones; after each, {@code next} with all the stack there is.
     *
     * @return how often there was too little
     */
    public static int runEverFurtherUp(Body body, int small, int enough, Body next) throws Exception {
        assertThat(await(runOnSmall(body))).as("all is loaded and linked").isTrue();
        int refused = 0;
        int left = enough;
        for (int above = 0; left > 0; above += above < small ? 1 : STRIDE) {
            if (await(runAbove(above, body))) {
                left--;
            } else {
                refused++;
            }
            next.run();
        }
        return refused;
    }

    private static boolean await(CompletableFuture<Boolean> hadEnough) throws Exception {
        return hadEnough.get(Eventually.LONG_SECONDS, TimeUnit.SECONDS);
    }
}
