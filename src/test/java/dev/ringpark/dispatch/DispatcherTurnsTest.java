package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.contract.Eventually;
import dev.ringpark.contract.SmallStack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** When callbacks run, and when not. */
class DispatcherTurnsTest extends DispatcherContract {
    private static final int MANY = 100;
    private static final int CLOSE_BY = 64;   // steps up the stack, one by one
    private static final int ENOUGH = 20;   // some that find the dispatcher awake need little

    // ---- time ----

    @Test
    void tenTimersFireOnceEachAndNoneEarly() throws IOException {
        List<Long> nanos = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < 10; i++) {
            dispatcher.timeout(Duration.ofMillis(20), _ -> nanos.add(System.nanoTime() - start));
        }
        dispatcher.run();
        assertThat(nanos).hasSize(10).allMatch(each -> each >= 20_000_000);

        dispatcher.runFor(Duration.ofMillis(25));
        assertThat(nanos).hasSize(10);
    }

    @Test
    void aVirtualThreadHasOneWhereItMayRunOnSeveralThreadsOfTheSystem() throws Exception {
        String name = dispatcher.backend();
        DispatcherOptions options = DispatcherOptions.defaults().withBackend(name);
        if (name.equals("io_uring")) {
            assertThatThrownBy(() -> onVirtualThread(options)).hasCauseInstanceOf(IOException.class)
                    .hasMessageContaining("open it on a platform thread");
        } else {
            assertThat(onVirtualThread(options)).isEqualTo(List.of(0, 1, 2));
        }
    }

    private static List<Integer> onVirtualThread(DispatcherOptions options) throws Exception {
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            return threads.submit(() -> {
                List<Integer> fired = new ArrayList<>();
                try (Dispatcher own = Dispatcher.open(options)) {
                    for (int i = 0; i < 3; i++) {
                        int number = i;
                        own.timeout(Duration.ofMillis(1), _ -> fired.add(number));
                        own.run();
                        CompletableFuture.runAsync(() -> { }).join();   // it may leave its carrier
                    }
                }
                return fired;
            }).get();
        }
    }

    @Test
    void timersOfOneMomentFireInTheOrderTheyWereAsked() throws IOException {
        List<Integer> order = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            int number = i;
            dispatcher.timeout(Duration.ofMillis(1), _ -> order.add(number));
        }
        dispatcher.run();

        assertThat(order).containsExactlyElementsOf(IntStream.range(0, 100).boxed().toList());
    }

    @Test
    void aTimerCanBeCancelledAndAHugeOneWaits() throws IOException {
        Request<@Nullable Void> hundredYears = dispatcher.timeout(Duration.ofSeconds(Long.MAX_VALUE), ignoring());
        dispatcher.runFor(Duration.ofMillis(2));
        assertThat(hundredYears.isPending()).isTrue();
        dispatcher.cancel(hundredYears);
        dispatcher.run();

        assertThat(hundredYears.failure()).isExactlyInstanceOf(OperationCanceledException.class);
        assertThatThrownBy(() -> dispatcher.timeout(Duration.ofNanos(-1), ignoring()))
                .isInstanceOf(IllegalArgumentException.class).hasMessageContaining("PT-0.000000001S");
    }

    @Test
    void aQueueOfOneEntryHasRoomForAllOneAfterTheOther() throws IOException {
        reopen(DispatcherOptions.defaults().withEntries(1, 2).withMaxInFlight(2));
        AtomicInteger fired = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            dispatcher.timeout(Duration.ofMillis(1), _ -> fired.incrementAndGet());
        }
        dispatcher.run();
        assertThat(fired).hasValue(10);

        Pair[] pairs = new Pair[10];
        for (int i = 0; i < 10; i++) {
            pairs[i] = pair();
        }
        ByteBuffer[] targets = new ByteBuffer[10];
        for (int i = 0; i < 10; i++) {
            targets[i] = ByteBuffer.allocate(1);
            dispatcher.send(pairs[i].near(), bytes(i), ignoring());
            dispatcher.receive(pairs[i].far(), targets[i], ignoring());
        }
        dispatcher.run();
        for (int i = 0; i < 10; i++) {
            assertHolds(targets[i], i);
        }
    }

    @Test
    void ticksAndShortTimersFireInOneFlushBesideCompletions() throws IOException {
        SocketHandle listener = listener(MANY);
        List<SocketChannel> peers = new ArrayList<>();
        List<Request<ByteBuffer>> receives = new ArrayList<>();
        for (int i = 0; i < MANY; i++) {
            Request<SocketHandle> accepted = dispatcher.accept(listener, ignoring());
            peers.add(outside(listener));
            await(accepted);
            receives.add(dispatcher.receive(accepted.result(), ByteBuffer.allocate(1), ignoring()));
        }
        dispatcher.flush();
        assertThat(receives).allMatch(Request::isPending);
        for (SocketChannel peer : peers) {
            peer.write(bytes(1));
        }
        Request<@Nullable Void> tick = dispatcher.nextTick(ignoring());
        Request<@Nullable Void> zero = dispatcher.timeout(Duration.ZERO, ignoring());
        Request<@Nullable Void> one = dispatcher.timeout(Duration.ofNanos(1), ignoring());
        dispatcher.flush();

        assertThat(List.of(tick, zero, one)).noneMatch(Request::isPending);
        assertThat(receives).as("completions of the same flush").anyMatch(receive -> !receive.isPending());
        await(receives.toArray(Request[]::new));
    }

    @Test
    void tenTicksThatFollowEachOtherAreOneFlush() throws IOException {
        AtomicInteger ticks = new AtomicInteger();
        Request<@Nullable Void> tick = new Request<>(again -> {
            if (ticks.incrementAndGet() < 10) {
                dispatcher.nextTick(again);
            }
        });
        dispatcher.nextTick(tick);
        assertThat(ticks).as("inside the call").hasValue(0);
        dispatcher.flush();

        assertThat(ticks).hasValue(10);
    }

    @Test
    void ticksWithoutEndDoNotKeepOthersWaiting() throws IOException {
        Request<@Nullable Void> forEver = new Request<>(again -> dispatcher.nextTick(again));
        dispatcher.nextTick(forEver);
        Pair pair = pair();
        dispatcher.send(pair.near(), bytes(1), ignoring());
        await(dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring()));
        dispatcher.cancelAll();

        assertThat(forEver.isPending()).isFalse();
    }

    @Test
    void whatFollowsOneThatIsCancelledInACallbackIsNotForgotten() throws IOException {
        reopen(DispatcherOptions.defaults().withEntries(1, 2));
        Pair silent = pair();
        Pair pair = pair();
        await(dispatcher.send(pair.near(), bytes(1, 2), ignoring()));   // on a readiness queue the first may have one
        List<Request<?>> followed = new ArrayList<>();

        dispatcher.nextTick(_ -> {
            // The first takes the one place for submissions, so that the second ends where it waits for one.
            dispatcher.receive(silent.far(), ByteBuffer.allocate(1), ignoring());
            Request<?> canceled = dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring());
            followed.add(dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring()));
            dispatcher.cancel(canceled);
        });
        dispatcher.runUntil(() -> !followed.isEmpty() && !followed.getFirst().isPending());

        assertThat(followed.getFirst().count()).isEqualTo(1);
    }

    // ---- other threads ----

    @Test
    void eventsThatTriggerThemselvesWithoutEndDoNotKeepOthersWaiting() throws IOException {
        List<Event> forEver = new ArrayList<>();
        AtomicInteger heard = new AtomicInteger();
        forEver.add(dispatcher.event(() -> {
            heard.incrementAndGet();
            forEver.getFirst().trigger();
        }));
        forEver.getFirst().trigger();
        Pair pair = pair();
        dispatcher.send(pair.near(), bytes(1), ignoring());
        await(dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring()));
        dispatcher.runFor(Duration.ofMillis(5));
        forEver.getFirst().close();

        assertThat(heard.get()).isGreaterThan(1);
    }

    @Test
    void anEventIsHeardOnTheDispatchersThread() throws Exception {
        List<Thread> heardOn = new ArrayList<>();
        AtomicInteger sent = new AtomicInteger();
        List<Integer> seen = new ArrayList<>();
        Event event = dispatcher.event(() -> {
            heardOn.add(Thread.currentThread());
            seen.add(sent.get());
        });
        Thread other = Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 5; i++) {
                sent.incrementAndGet();
                event.trigger();
            }
        });
        dispatcher.runUntil(() -> !seen.isEmpty() && seen.getLast() == 5);
        other.join();
        event.close();
        dispatcher.run();   // nothing keeps it

        assertThat(heardOn).containsOnly(Thread.currentThread()).hasSizeLessThanOrEqualTo(5);
    }

    @Test
    void aWakeIsNeverMissed() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        try (Event event = dispatcher.event(heard::incrementAndGet)) {
            Thread other = Thread.ofPlatform().start(() -> {
                for (int i = 0; i < 2_000; i++) {
                    event.trigger();
                    while (heard.get() <= i) {
                        Thread.onSpinWait();
                    }
                }
            });
            dispatcher.runUntil(() -> heard.get() == 2_000);
            other.join();
        }
        assertThat(heard).hasValue(2_000);
    }

    @Test
    void aTriggerThatRanOutOfStackIsNotTheLast() throws Exception {
        AtomicInteger heard = new AtomicInteger();
        CompletableFuture<Integer> tooDeep = new CompletableFuture<>();
        try (Event event = dispatcher.event(heard::incrementAndGet);
                Event end = dispatcher.event(() -> { })) {
            Thread.ofPlatform().daemon().start(() -> {
                try {
                    tooDeep.complete(triggerEverFurtherUp(event, heard));
                } catch (Throwable e) {
                    tooDeep.completeExceptionally(e);
                }
                end.trigger();
            });
            dispatcher.runUntil(tooDeep::isDone);
        }
        assertThat(tooDeep.get()).as("triggers without enough stack").isPositive();
    }

    /** From where there is no stack to where there is enough; after each, one that has to be heard. How many failed. */
    private static int triggerEverFurtherUp(Event event, AtomicInteger heard) throws Exception {
        return SmallStack.runEverFurtherUp(event::trigger, CLOSE_BY, ENOUGH, () -> {
            int before = heard.get();
            event.trigger();
            Eventually.until(() -> heard.get() > before, "heard");
        });
    }

    @Test
    void otherThreadsAreRefusedWithTheirReason() throws Exception {
        for (Turn turn : List.<Turn>of(dispatcher::flush, () -> dispatcher.runUntil(() -> true))) {
            Throwable[] thrown = new Throwable[1];
            Thread.ofPlatform().start(() -> {
                try {
                    turn.run();
                } catch (Throwable e) {
                    thrown[0] = e;
                }
            }).join();

            assertThat(thrown[0]).isExactlyInstanceOf(WrongThreadException.class).message()
                    .contains(Thread.currentThread().toString()).contains("trigger");
        }
    }

    @Test
    void whoClosesItWhileItRunsIsToldSo() {
        assertThatThrownBy(() -> dispatcher.runUntil(() -> {
            closeQuietly();
            return true;
        })).isInstanceOf(IllegalStateException.class).hasMessage("the dispatcher is closed");
    }

    private void closeQuietly() {
        try {
            dispatcher.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void anInterruptEndsNoWaitAndIsKept() throws IOException {
        Thread.currentThread().interrupt();
        long start = System.nanoTime();
        dispatcher.runFor(Duration.ofMillis(5));

        assertThat(Thread.interrupted()).isTrue();
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(Duration.ofMillis(5).toNanos());
    }

    // ---- callbacks ----

    @Test
    void aCallbackMayNotRunTheDispatcher() throws IOException {
        List<Throwable> thrown = new ArrayList<>();
        dispatcher.nextTick(_ -> {
            for (Turn turn : List.<Turn>of(dispatcher::flush, dispatcher::run, dispatcher::cancelAll,
                    dispatcher::close, () -> dispatcher.runFor(Duration.ZERO),
                    () -> dispatcher.runUntil(() -> true))) {
                try {
                    turn.run();
                } catch (Exception e) {
                    thrown.add(e);
                }
            }
        });
        dispatcher.run();

        assertThat(thrown).hasSize(6).allSatisfy(each -> assertThat(each)
                .isExactlyInstanceOf(IllegalStateException.class).hasMessageContaining("callback"));
    }

    private interface Turn {
        void run() throws IOException;
    }

    @Test
    void whatACallbackThrowsComesOutAndTheOthersFollow() throws IOException {
        AtomicInteger called = new AtomicInteger();
        dispatcher.nextTick(_ -> {
            throw new ArithmeticException("on purpose");
        });
        dispatcher.nextTick(_ -> called.incrementAndGet());
        assertThatThrownBy(dispatcher::flush).isExactlyInstanceOf(ArithmeticException.class);
        assertThat(called).hasValue(0);
        dispatcher.flush();

        assertThat(called).hasValue(1);
    }

    @Test
    void aRequestIsForOneOperationAtATime() throws IOException {
        Request<@Nullable Void> request = new Request<>(ignoring());
        dispatcher.timeout(Duration.ofDays(1), request);

        assertThatThrownBy(() -> dispatcher.nextTick(request)).isInstanceOf(IllegalStateException.class)
                .hasMessage("this request is pending");
        Request<ByteBuffer> waiting = new Request<>(ignoring());
        Pair pair = pair();
        dispatcher.receive(pair.far(), ByteBuffer.allocate(1), ignoring());
        dispatcher.receive(pair.far(), ByteBuffer.allocateDirect(1), waiting);
        assertThatThrownBy(() -> dispatcher.receive(pair.near(), ByteBuffer.allocateDirect(1), waiting))
                .isInstanceOf(IllegalStateException.class).hasMessage("this request is pending");
        assertThatThrownBy(request::count).isInstanceOf(IllegalStateException.class)
                .hasMessage("this request has not ended yet");
    }

    @Test
    void toWaitForWhatCannotComeIsAnError() {
        assertThatThrownBy(() -> dispatcher.runUntil(() -> false)).isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("nothing is pending");
    }

    @Test
    void aClosedDispatcherSaysSo() throws IOException {
        Event event = dispatcher.event(() -> { });
        dispatcher.close();
        dispatcher.close();
        event.trigger();
        event.close();

        assertThatThrownBy(dispatcher::flush).isInstanceOf(IllegalStateException.class)
                .hasMessage("the dispatcher is closed");
        assertThatThrownBy(() -> dispatcher.runUntil(() -> true)).isInstanceOf(IllegalStateException.class)
                .hasMessage("the dispatcher is closed");
        assertThatThrownBy(() -> dispatcher.openSocket(StandardProtocolFamily.INET))
                .isInstanceOf(IllegalStateException.class);
    }
}
