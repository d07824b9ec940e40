package dev.ringpark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.contract.Logged;
import dev.ringpark.internal.backend.Counters;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Moment;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.op.SocketType;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.logging.Level;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A loop's end over a backend that is in no hurry: who closes may stop waiting, and the loop does not. */
class LoopLifeEndTest {
    private static final Duration SHORT = Duration.ofMillis(50);

    private final CompletableFuture<LoopLife> started = new CompletableFuture<>();
    private LoopEngine engine;
    private Parking parking;
    private OpenSockets sockets;
    private Thread thread;
    private LoopLife life;
    private Handle handle;
    private Operation read;
    private FutureTask<Integer> reader;

    /** A thread that waits in a read, on a socket of the loop. */
    @BeforeEach
    void start() throws Exception {
        thread = Thread.ofPlatform().daemon().start(this::live);
        life = started.get();
        handle = engine.backend().openSocket(SocketType.STREAM, null);
        sockets.add(null, handle);
        reader = new FutureTask<>(this::read);
        Thread.ofPlatform().daemon().name("reader").start(reader);
        EngineRig.until(() -> backend().submitted.size() == 1, "submitted");
        read = backend().submitted.getFirst();
    }

    private void live() {
        try {
            engine = new LoopEngine(ScriptedBackend::new, false, LoopOptions.defaults(), new Counters());
            parking = new Parking(engine);
            sockets = new OpenSockets(engine.door(), parking, false);
            LoopLife made = new LoopLife("scripted", engine, parking, sockets, new Sleepers(engine.door(), parking),
                    new OffloadPool(LoopOptions.defaults()));
            started.complete(made);
            made.run();
        } catch (Throwable e) {
            started.completeExceptionally(e);
        }
    }

    private int read() {
        Operation operation = EngineRig.begin(handle);
        parking.submitAndPark(operation);
        return operation.result();
    }

    @AfterEach
    void end() {
        if (!backend().closed) {
            backend().end(read, 0);
        }
        life.close(Moment.after(Duration.ofSeconds(EngineRig.LONG_SECONDS).toNanos()));
    }

    private ScriptedBackend backend() {
        return (ScriptedBackend) engine.backend();
    }

    private LoopEnd closeSoon() {
        return life.close(Moment.after(SHORT.toNanos()));
    }

    @Test
    void whatDoesNotEndInTimeIsNamedWithItsKindItsSocketAndItsThread() {
        LoopEnd end = closeSoon();

        assertThat(end.isComplete()).isFalse();
        assertThat(end.pending()).singleElement().satisfies(each -> {
            assertThat(each.kind()).isEqualTo("read");
            assertThat(each.socket()).isEqualTo(handle.toString());
            assertThat(each.thread().getName()).isEqualTo("reader");
        });
        EngineRig.until(() -> !backend().cancelled.isEmpty(), "the cancel is asked for");
        assertThat(backend().cancelled).containsExactly(read);
    }

    @Test
    void closingAgainGoesOnWaitingUntilTheLastCompletion() throws Exception {
        closeSoon();
        FutureTask<LoopEnd> second = new FutureTask<>(() -> life.close(Moment.NONE));
        Thread waiting = Thread.ofPlatform().daemon().start(second);
        EngineRig.until(() -> waiting.getState() == Thread.State.TIMED_WAITING, "waits");
        assertThat(backend().closed).isFalse();

        backend().end(read, 5);

        assertThat(EngineRig.await(second)).isEqualTo(new LoopEnd(true, List.of()));
        assertThat(EngineRig.await(reader)).as("bytes that had moved").isEqualTo(5);
        assertThat(handle.isClosed()).isTrue();
        assertThat(backend().closed).isTrue();
        thread.join(Duration.ofSeconds(EngineRig.LONG_SECONDS));
        assertThat(thread.isAlive()).isFalse();
    }

    @Test
    void nobodyHasToCloseAgainForTheLoopToEnd() throws Exception {
        closeSoon();

        backend().end(read, 0);

        assertThat(thread.join(Duration.ofSeconds(EngineRig.LONG_SECONDS))).isTrue();
        assertThat(backend().closed).isTrue();
    }

    @Test
    void aSocketThatIsNotClosedYetAlthoughItsOperationsHaveEndedIsNamedToo() throws Exception {
        handle.beginCall();
        closeSoon();
        backend().end(read, 0);
        EngineRig.await(reader);

        LoopEnd end = closeSoon();

        assertThat(end).isEqualTo(new LoopEnd(false,
                List.of(new PendingOperation("close", handle.toString(), null))));
        assertThat(backend().closed).isFalse();
        engine.door().endCall(handle);
        assertThat(life.close(Moment.NONE).isComplete()).isTrue();
    }

    @Test
    void aSocketThatDoesNotCloseCleanlyIsToldOnceHoweverOftenTheEndWasAskedFor() throws Exception {
        Handle broken = engine.backend().openSocket(SocketType.STREAM, null);
        sockets.add(null, broken);
        backend().releasedBadly = broken;
        try (Logged logged = new Logged(Level.WARNING)) {
            closeSoon();
            EngineRig.until(broken::isClosed, "closed");
            closeSoon();   // asks for the close of what is left alone

            backend().end(read, 0);
            life.close(Moment.NONE);

            assertThat(logged.records()).filteredOn(entry -> entry.getMessage().startsWith("scripted: "))
                    .singleElement().satisfies(entry -> {
                        assertThat(entry.getMessage()).isEqualTo("scripted: a socket or file did not close cleanly");
                        assertThat(entry.getThrown()).hasMessageContaining("released badly");
                    });
        }
    }

    /** The loop has one mail to take in, and then nothing to do. */
    @Test
    void theLoopSleepsWhileItWaitsForTheLastCompletion() {
        closeSoon();
        EngineRig.until(() -> backend().cancelled.size() == 1, "cancelled");
        CompletableFuture<Void> asleep = new CompletableFuture<>();

        backend().inNextWait(() -> asleep.complete(null));
        backend().wake();

        assertThat(asleep).succeedsWithin(Duration.ofSeconds(EngineRig.LONG_SECONDS));
    }

    @Test
    void anInterruptDoesNotEndTheWaitAndStays() throws Exception {
        FutureTask<Boolean> interrupted = new FutureTask<>(() -> {
            Thread.currentThread().interrupt();
            LoopEnd end = closeSoon();
            return Thread.currentThread().isInterrupted() && !end.isComplete();
        });
        Thread.ofPlatform().daemon().start(interrupted);

        assertThat(EngineRig.await(interrupted)).isTrue();
    }
}
