package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Two loops side by side; threads of one use the sockets of the other. */
@ParameterizedClass(name = "{0}")
@EnumSource(Flavor.class)
class LoopNeighboursTest {
    private static final int ROUNDS = 300;

    @Parameter
    Flavor flavor;

    private LoopRig here;
    private LoopRig there;

    @BeforeEach
    void open() throws Exception {
        here = new LoopRig(flavor, flavor.options().withName("here"));
        there = new LoopRig(flavor, flavor.options().withName("there"));
    }

    @AfterEach
    void close() {
        if (there != null) {   // else skipped
            here.close();
            there.close();
        }
    }

    @Test
    void threadsOfOneLoopUseTheSocketsOfTheOther() throws Exception {
        List<LoopRig.Running<Void>> ends = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            LoopRig.Pair pair = LoopRig.pair(here.loop, here.loop);
            byte seed = (byte) i;
            ends.add(there.start(() -> askAndCheck(pair.near(), seed)));
            ends.add(here.start(() -> echo(pair.far())));
        }
        for (LoopRig.Running<Void> end : ends) {
            end.await();
        }
    }

    @Test
    void socketsOfTwoLoopsTalkToEachOther() throws Exception {
        LoopRig.Pair pair = LoopRig.pair(here.loop, there.loop);
        LoopRig.Running<Void> asker = here.start(() -> askAndCheck(pair.near(), (byte) 7));
        LoopRig.Running<Void> echo = there.start(() -> echo(pair.far()));
        asker.await();
        echo.await();
    }

    @Test
    void aPlatformThreadAndAThreadOfTheJdksSchedulerUseTheSocketsOfALoop() throws Exception {
        LoopRig.Pair pair = here.pair();
        LoopRig.Running<Void> asker = LoopRig.startPlatform(() -> askAndCheck(pair.near(), (byte) 9));
        Thread echo = Thread.ofVirtual().start(() -> {
            try {
                echo(pair.far());
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
        asker.await();
        LoopRig.join(echo);
    }

    @Test
    void oneSocketIsReadByOneLoopAndWrittenByTheOther() throws Exception {
        LoopRig.Pair pair = here.pair();
        LoopRig.Running<Integer> reader = there.start(() -> readAll(pair.near(), 100_000));
        LoopRig.Running<Void> writer = here.start(() -> writeAll(pair.near(), 100_000));
        LoopRig.Running<Integer> farReader = here.start(() -> readAll(pair.far(), 100_000));
        LoopRig.Running<Void> farWriter = there.start(() -> writeAll(pair.far(), 100_000));
        assertThat(reader.await()).isEqualTo(100_000);
        assertThat(farReader.await()).isEqualTo(100_000);
        writer.await();
        farWriter.await();
    }

    @Test
    void closingALoopEndsTheCallsOfTheOthersThreadsAndLeavesThatOneRunning() throws Exception {
        LoopRig.Mixed pair = here.mixed();
        LoopRig.Running<Integer> reader = there.start(() -> pair.near().read(new byte[1], 0, 1));
        LoopRig.awaitParkedInCall(reader.thread());

        here.loop.close();

        assertThatThrownBy(reader::await).isInstanceOf(AsynchronousCloseException.class);
        LoopRig.Pair other = there.pair();
        LoopRig.Running<Void> echo = there.start(() -> echo(other.far()));
        there.start(() -> askAndCheck(other.near(), (byte) 1)).await();
        echo.await();
    }

    @Test
    void aThreadOfOneLoopClosesTheOther() throws Exception {
        CarrierLoop other = there.loop;
        here.loop.run(() -> {
            other.close();
            return null;
        });
        assertThat(other.isOpen()).isFalse();
        assertThat(here.loop.isOpen()).isTrue();
    }

    /** Each holds the carrier on whose loop the other one waits. */
    @Test
    void twoThatCannotLeaveTheirCarriersReadFromEachOthersSockets() throws Exception {
        LoopRig.Mixed ofHere = here.mixed();
        LoopRig.Mixed ofThere = there.mixed();
        LoopRig.Running<Integer> one = startPinned(here, there, () -> ofThere.near().read(new byte[1], 0, 1));
        LoopRig.Running<Integer> two = startPinned(there, here, () -> ofHere.near().read(new byte[1], 0, 1));

        ofHere.far().getOutputStream().write(1);
        ofThere.far().getOutputStream().write(1);

        assertThat(one.await()).isEqualTo(1);
        assertThat(two.await()).isEqualTo(1);
    }

    @Test
    void theirTimeoutsInterruptsAndClosesComeAllTheSame() throws Exception {
        LoopRig.Mixed ofHere = here.mixed();
        LoopRig.Mixed ofThere = there.mixed();
        LoopRig.Running<Integer> timed = startPinned(
                here, there, () -> ofThere.near().read(new byte[1], 0, 1, Duration.ofMillis(50)));
        LoopRig.Running<Integer> closed = startPinned(there, here, () -> ofHere.near().read(new byte[1], 0, 1));
        assertThatThrownBy(timed::await).isInstanceOf(SocketTimeoutException.class);
        LoopRig.Running<Integer> interrupted = startPinned(
                here, there, () -> ofThere.near().read(new byte[1], 0, 1));
        interrupted.thread().interrupt();
        assertThatThrownBy(interrupted::await).isInstanceOf(ClosedByInterruptException.class);
        ofHere.near().close();
        assertThatThrownBy(closed::await).isInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void oneThatCannotLeaveItsCarrierWaitsForItsTurnAtTheOthersSocketAndItsOwnLoopGoesRound() throws Exception {
        LoopRig.Mixed ofThere = there.mixed();
        long before = there.loop.stats().submitted();
        LoopRig.Running<Integer> first = LoopRig.startPlatform(() -> ofThere.near().read(new byte[1], 0, 1));
        LoopRig.until(() -> there.loop.stats().submitted() > before, () -> "nothing submitted");
        LoopRig.Running<Integer> second = here.start(() -> LoopPinnedCall.make(
                () -> ofThere.near().read(new byte[1], 0, 1, Duration.ofMillis(50))));

        assertThatThrownBy(second::await).isInstanceOf(SocketTimeoutException.class);
        ofThere.far().getOutputStream().write(1);
        assertThat(first.await()).isEqualTo(1);
    }

    /** Returns once the loop of the socket has the call. */
    private static <T> LoopRig.Running<T> startPinned(LoopRig on, LoopRig of, Callable<T> call) {
        long before = of.loop.stats().submitted();
        LoopRig.Running<T> pinned = on.start(() -> LoopPinnedCall.make(call));
        LoopRig.until(() -> of.loop.stats().submitted() > before, () -> "nothing submitted: " + of.loop.stats());
        return pinned;
    }

    private static Void askAndCheck(TcpSocket socket, byte seed) throws IOException {
        for (int i = 0; i < ROUNDS; i++) {
            byte[] question = {seed, (byte) i, (byte) (seed + i)};
            byte[] answer = new byte[3];
            socket.out().write(question);
            socket.in().readNBytes(answer, 0, 3);
            assertThat(answer).isEqualTo(question);
        }
        return null;
    }

    private static Void echo(TcpSocket socket) throws IOException {
        byte[] bytes = new byte[3];
        for (int i = 0; i < ROUNDS; i++) {
            socket.in().readNBytes(bytes, 0, 3);
            socket.out().write(bytes);
        }
        return null;
    }

    private static Void writeAll(TcpSocket socket, int bytes) throws IOException {
        for (int done = 0; done < bytes; ) {
            done += socket.write(new byte[1000], 0, Math.min(1000, bytes - done));
        }
        return null;
    }

    private static int readAll(TcpSocket socket, int bytes) throws IOException {
        return socket.in().readNBytes(bytes).length;
    }
}
