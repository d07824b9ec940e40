package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Function;

/** The requests of a mix: each is called back once, and has failed only if that was asked for. */
final class MixedRequests {
    /** One of the dispatcher's methods. */
    @FunctionalInterface
    interface Transfer<T> {
        Request<T> of(T memory, Consumer<? super Request<T>> callback);
    }

    private static final class Asked {
        Request<?> request;
        boolean canceled;
    }

    private final Dispatcher dispatcher;
    private final SplittableRandom random;
    private final Runnable afterEach;
    private final List<Asked> pending = new ArrayList<>();
    private boolean closing;
    private boolean dropped;
    private int ended;
    private int canceled;

    /** {@code afterEach} runs in each callback, after what the request itself is for. */
    MixedRequests(Dispatcher dispatcher, SplittableRandom random, Runnable afterEach) {
        this.dispatcher = dispatcher;
        this.random = random;
        this.afterEach = afterEach;
    }

    /** Asks for {@code operation}, with a callback or with a request made for it; {@code ended} hears how it ended. */
    <T> void ask(Function<Consumer<? super Request<T>>, Request<T>> operation, Consumer<Request<T>> ended) {
        Asked asked = new Asked();
        Consumer<Request<T>> callback = request -> {
            assertThat(dropped).as("called back though all was cancelled").isFalse();
            assertThat(request).isSameAs(asked.request);
            assertThat(pending.remove(asked)).as("called back for the first time").isTrue();
            count(asked);
            ended.accept(request);
            afterEach.run();
        };
        pending.add(asked);
        asked.request = operation.apply(random.nextBoolean() ? callback : new Request<>(callback));
        assertThat(asked.request.isPending()).as("not called back at once").isTrue();
    }

    /** Asks for a transfer of {@code memory}, of one buffer or of several. */
    void ask(MixedMemory memory, Transfer<ByteBuffer> whole, Transfer<ByteBuffer[]> parts, Consumer<Request<?>> ended) {
        if (memory.isWhole()) {
            this.<ByteBuffer>ask(heard -> whole.of(memory.whole(), heard), ended::accept);
        } else {
            this.<ByteBuffer[]>ask(heard -> parts.of(memory.parts(), heard), ended::accept);
        }
    }

    private void count(Asked asked) {
        ended++;
        IOException failure = asked.request.failure();
        if (failure != null && !closing) {
            assertThat(failure).isInstanceOf(OperationCanceledException.class);
            assertThat(asked.canceled).as("somebody has cancelled it").isTrue();
            canceled++;
        }
    }

    void cancelAny() {
        if (!pending.isEmpty()) {
            Asked asked = pending.get(random.nextInt(pending.size()));
            asked.canceled = true;
            dispatcher.cancel(asked.request);
        }
    }

    /** From here on each may fail, as what it is for is being closed. */
    void closing() {
        closing = true;
    }

    /** All have been cancelled at once: none is pending, and nobody is to hear of one. */
    void dropped() {
        assertThat(pending).noneMatch(asked -> asked.request.isPending());
        pending.clear();
        dropped = true;
    }

    int pending() {
        return pending.size();
    }

    int ended() {
        return ended;
    }

    int canceled() {
        return canceled;
    }
}
