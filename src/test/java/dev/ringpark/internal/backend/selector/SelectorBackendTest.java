package dev.ringpark.internal.backend.selector;

import static dev.ringpark.internal.backend.selector.BackendRig.SHORT_NANOS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.internal.backend.Backend;
import dev.ringpark.internal.op.Handle;
import dev.ringpark.internal.op.Operation;
import dev.ringpark.internal.os.Failure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** When poll waits, when it does not, and what a cancel finds. */
class SelectorBackendTest {
    private BackendRig rig;

    @BeforeEach
    void open() throws Exception {
        rig = new BackendRig();
    }

    @AfterEach
    void close() throws Exception {
        rig.close();
    }

    // ---- completions ----

    @Test
    void whatEndsInSubmitIsDeliveredByTheNextPollWhichDoesNotWait() throws Exception {
        Operation write = rig.write(rig.connected(), 10);

        assertThat(write.isDone()).isFalse();
        assertThat(rig.backend.hasBacklog()).isTrue();
        rig.backend.poll(Backend.FOREVER);
        assertThat(write.isDone()).isTrue();
        assertThat(write.result()).isEqualTo(10);
        assertThat(rig.backend.hasBacklog()).isFalse();
    }

    @Test
    void whatIsSubmittedByACompletionIsDeliveredByALaterPoll() throws Exception {
        Handle handle = rig.connected();
        rig.onCompleted = operation -> {
            rig.completed.add(operation);
            rig.write(handle, 10);
        };
        rig.write(handle, 10);

        for (int polls = 1; polls <= 5; polls++) {
            rig.backend.poll(0);
            assertThat(rig.completed).hasSize(polls);
        }
    }

    @Test
    void aCompletionThatThrowsLosesNoneOfTheOthers() throws Exception {
        Operation first = rig.write(rig.connected(), 10);
        Operation second = rig.write(rig.connected(), 10);
        rig.onCompleted = operation -> {
            rig.onCompleted = rig.completed::add;
            throw new IllegalStateException("on purpose");
        };

        assertThatThrownBy(() -> rig.backend.poll(0)).hasMessage("on purpose");
        assertThat(first.isDone()).isTrue();
        assertThat(rig.await(second).result()).isEqualTo(10);
    }

    @Test
    void aCompletionMayReleaseHandlesAndLosesNothingThatIsReady() throws Exception {
        Handle closed = rig.connected();
        SocketChannel closedPeer = rig.peer();
        Operation ended = rig.read(closed, 10);
        Operation other = rig.read(rig.connected(), 10);
        SocketChannel otherPeer = rig.peer();
        rig.onCompleted = operation -> {
            if (operation == ended) {
                releaseUnchecked(closed);
            }
        };
        closedPeer.shutdownOutput();
        otherPeer.write(ByteBuffer.allocate(3));

        assertThat(rig.await(ended).result()).isZero();
        assertThat(closedPeer.read(ByteBuffer.allocate(1))).isEqualTo(-1);
        assertThat(rig.await(other).result()).isEqualTo(3);
    }

    @Test
    void whoKeepsTheBacklogFullDoesNotKeepOthersFromTheirBytes() throws Exception {
        Handle busy = rig.connected();
        Operation read = rig.read(rig.connected(), 10);
        rig.peer().write(ByteBuffer.allocate(1));

        for (int polls = 0; polls < 1000 && !read.isDone(); polls++) {
            rig.write(busy, 1);
            rig.backend.poll(0);
        }
        assertThat(read.isDone()).isTrue();
    }

    // ---- waiting ----

    @ParameterizedTest
    @ValueSource(longs = {1, 400_000, 999_999, 1_000_000, 1_000_001, 7_500_000, SHORT_NANOS})
    void aPollThatNothingEndsIsNotEarly(long waitNanos) throws Exception {
        rig.read(rig.connected(), 10);
        rig.earlyPolls();

        long start = System.nanoTime();
        rig.backend.poll(waitNanos);
        assertThat(System.nanoTime() - start).isGreaterThanOrEqualTo(waitNanos);
    }

    @Test
    void aHugeWaitIsEndedByWhatItWaitsFor() throws Exception {
        Operation read = rig.read(rig.connected(), 10);
        rig.peer().write(ByteBuffer.allocate(1));

        while (!read.isDone()) {
            rig.backend.poll(Backend.FOREVER - 1);
        }
    }

    @Test
    void nothingReadyIsReportedTwiceToNobody() throws Exception {
        Handle handle = rig.connected();
        rig.peer().write(ByteBuffer.allocate(5));

        rig.backend.poll(Backend.FOREVER);
        assertThat(rig.earlyPolls()).isZero();
        Operation read = rig.read(handle, 10);
        assertThat(rig.backend.hasBacklog()).as("tried at once").isTrue();
        assertThat(rig.await(read).result()).isEqualTo(5);
    }

    @Test
    void aConnectionNobodyAcceptsIsNotReportedAgainAndAgain() throws Exception {
        Handle listener = rig.listener();
        Operation accept = rig.accept(listener);
        rig.peerTo(listener);
        rig.keep((Handle) rig.await(accept).accepted());

        rig.peerTo(listener);
        assertThat(rig.earlyPolls()).isLessThanOrEqualTo(1);
        rig.keep((Handle) rig.await(rig.accept(listener)).accepted());
    }

    @Test
    void aResetNobodyReadsIsNotReportedAgainAndAgain() throws Exception {
        rig.connected();
        rig.peer().setOption(StandardSocketOptions.SO_LINGER, 0);
        rig.peer().close();

        assertThat(rig.earlyPolls()).isLessThanOrEqualTo(1);
    }

    // ---- wake ----

    @Test
    void aWakeBeforeThePollEndsIt() throws Exception {
        rig.backend.wake();

        rig.backend.poll(Backend.FOREVER);
        assertThat(rig.earlyPolls()).as("and it ends one poll only").isZero();
    }

    @Test
    void aWakeOutlivesPollsThatDoNotWait() throws Exception {
        rig.backend.wake();
        rig.backend.poll(0);
        rig.backend.poll(0);

        rig.backend.poll(Backend.FOREVER);
    }

    @Test
    void aWakeOutlivesARelease() throws Exception {
        Handle handle = rig.connected();
        rig.backend.wake();
        rig.release(handle);

        rig.backend.poll(Backend.FOREVER);
    }

    @Test
    void aWakeFromAnotherThreadEndsThePresentPoll() throws Exception {
        Thread loop = Thread.currentThread();
        Thread waker = Thread.ofPlatform().start(() -> {
            awaitInSelect(loop);
            rig.backend.wake();
        });

        rig.backend.poll(Backend.FOREVER);
        waker.join();
    }

    @Test
    void anInterruptOfTheLoopDoesNotMakeItSpinOrCloseItsChannels() throws Exception {
        Operation read = rig.read(rig.connected(), 10);
        Thread.currentThread().interrupt();

        assertThat(rig.earlyPolls()).isLessThanOrEqualTo(1);
        assertThat(Thread.interrupted()).as("kept").isTrue();
        rig.peer().write(ByteBuffer.allocate(1));   // the test's own channel blocks, and would be closed
        Thread.currentThread().interrupt();
        assertThat(rig.await(read).result()).isEqualTo(1);
        assertThat(Thread.interrupted()).as("kept").isTrue();
    }

    @Test
    void aVirtualThreadThatDrivesTheLoopKeepsItsInterruptStatus() throws Exception {
        Operation read = rig.read(rig.connected(), 10);
        AtomicBoolean interrupted = new AtomicBoolean();
        Thread driver = Thread.ofVirtual().start(() -> {
            Thread.currentThread().interrupt();
            pollUnchecked(SHORT_NANOS);
            interrupted.set(Thread.interrupted());
            while (!read.isDone()) {
                pollUnchecked(SHORT_NANOS);
            }
        });
        rig.peer().write(ByteBuffer.allocate(1));
        driver.join();

        assertThat(interrupted).isTrue();
        assertThat(read.result()).isEqualTo(1);
    }

    // ---- cancel ----

    @Test
    void aCancelledReadEndsOnceAndTakesNoBytes() throws Exception {
        Handle handle = rig.connected();
        Operation read = rig.read(handle, 10);
        rig.backend.poll(0);

        rig.backend.cancel(read);
        rig.backend.cancel(read);
        assertThat(rig.backend.hasBacklog()).isTrue();
        rig.peer().write(ByteBuffer.allocate(4));
        assertThat(rig.await(read).failure()).isSameAs(Failure.CANCELED);
        rig.earlyPolls();
        assertThat(rig.completed).containsExactly(read);
        assertThat(rig.await(rig.read(handle, 10)).result()).isEqualTo(4);
    }

    @Test
    void aCancelThatComesAfterTheResultChangesNothing() throws Exception {
        Operation write = rig.write(rig.connected(), 10);

        rig.backend.cancel(write);
        assertThat(rig.await(write).failure()).isNull();
        assertThat(write.result()).isEqualTo(10);
        assertThat(rig.backend.hasBacklog()).isFalse();
    }

    @Test
    void aCancelledAcceptThatHadAcceptedDeliversItsConnection() throws Exception {
        Handle listener = rig.listener();
        SocketChannel peer = rig.peerTo(listener);
        Operation accept = rig.accept(listener);
        while (!rig.backend.hasBacklog()) {   // the connection is on its way
            rig.backend.cancel(accept);
            rig.await(accept);
            accept = rig.accept(listener);
        }

        rig.backend.cancel(accept);
        Handle accepted = rig.keep((Handle) rig.await(accept).accepted());
        assertThat(accept.failure()).isNull();
        assertThat(accepted.remoteAddress()).isEqualTo(peer.getLocalAddress());
    }

    @Test
    void aCancelledAcceptLeavesTheConnectionToTheNext() throws Exception {
        Handle listener = rig.listener();
        Operation first = rig.accept(listener);
        rig.backend.cancel(first);
        SocketChannel peer = rig.peerTo(listener);

        assertThat(rig.await(first).failure()).isSameAs(Failure.CANCELED);
        Handle accepted = rig.keep((Handle) rig.await(rig.accept(listener)).accepted());
        assertThat(accepted.remoteAddress()).isEqualTo(peer.getLocalAddress());
    }

    @Test
    void aCancelledWriteAndReadOfOneHandleEndEachByItself() throws Exception {
        Handle handle = rig.connected();
        Operation read = rig.read(handle, 1);
        Operation write = rig.fill(handle);
        rig.backend.cancel(write);
        rig.await(write);

        assertThat(write.failure()).isSameAs(Failure.CANCELED);
        assertThat(read.isDone()).isFalse();
        assertThat(rig.earlyPolls()).isZero();
        rig.peer().write(ByteBuffer.allocate(1));
        assertThat(rig.await(read).result()).isEqualTo(1);
    }

    private void releaseUnchecked(Handle handle) {
        try {
            rig.release(handle);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void pollUnchecked(long waitNanos) {
        try {
            rig.backend.poll(waitNanos);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void awaitInSelect(Thread loop) {
        while (true) {
            for (StackTraceElement frame : loop.getStackTrace()) {
                if (frame.getMethodName().equals("select") && frame.getClassName().startsWith("sun.nio.ch")) {
                    return;
                }
            }
            Thread.onSpinWait();
        }
    }
}
