package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.LoopFiles;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What goes wrong in a user's thread stays in that thread. */
class LoopAccidentTest extends RiggedLoop {
    private static final int ROUNDS = 4;
    private static final int FRAMES = 200;
    private static final int FRAMES_APART = 8;   // an overflow takes long, for each frame that it leaves
    private static final int OTHERS = 12;
    private static final int MUCH = 500_000;   // more than a connection holds that nobody reads
    private static final int SMALL_STACK_BYTES = 512 * 1024;

    @Test
    void anExceptionInUserCodeReachesTheHandlerAndTheLoopGoesOn() throws Exception {
        List<Throwable> uncaught = new ArrayList<>();
        Thread broken = rig.loop.threadFactory().newThread(() -> {
            throw new IllegalStateException("on purpose");
        });
        broken.setUncaughtExceptionHandler((thread, e) -> uncaught.add(e));

        broken.start();

        LoopRig.join(broken);
        assertThat(uncaught).singleElement().hasToString("java.lang.IllegalStateException: on purpose");
        assertEchoes();
    }

    @Test
    void aStackOverflowInUserCodeEndsThatThreadAlone() throws Exception {
        assertThatThrownBy(() -> rig.loop.run(() -> recurse(0))).isInstanceOf(StackOverflowError.class);
        assertEchoes();
    }

    /** Others read and write meanwhile, and each of their bytes arrives. */
    @Test
    void exceptionsAndStackOverflowsLeaveTheOperationsOfOthersAsTheyAre() throws Exception {
        assertEchoes();
        List<LoopRig.Mixed> pairs = new ArrayList<>();
        List<LoopRig.Running<Integer>> readers = new ArrayList<>();
        List<LoopRig.Running<Void>> writers = new ArrayList<>();
        List<byte[]> targets = new ArrayList<>();
        for (int i = 0; i < OTHERS; i++) {
            LoopRig.Mixed pair = rig.slow();
            byte[] target = new byte[100];
            int start = i * MUCH;
            pairs.add(pair);
            targets.add(target);
            readers.add(rig.start(() -> pair.near().in().readNBytes(target, 0, 100)));
            writers.add(rig.start(() -> {
                pair.near().out().write(Sequence.bytes(start, MUCH));
                return null;
            }));
        }
        readers.forEach(each -> LoopRig.awaitParkedInCall(each.thread()));
        writers.forEach(each -> LoopRig.awaitParkedInCall(each.thread()));

        for (int i = 0; i < OTHERS; i++) {
            haveAnAccident(i);
            pairs.get(i).far().getOutputStream().write(Sequence.bytes(i, 100));
            byte[] came = pairs.get(i).far().getInputStream().readNBytes(MUCH);
            assertThat(came).hasSize(MUCH);
            Sequence.check(came, MUCH, (long) i * MUCH);
        }

        for (int i = 0; i < OTHERS; i++) {
            assertThat(readers.get(i).await()).isEqualTo(100);
            Sequence.check(targets.get(i), 100, i);
            writers.get(i).await();
        }
        for (LoopRig.Mixed each : pairs) {
            each.near().close();
            each.far().close();
        }
    }

    private void haveAnAccident(int number) throws Exception {
        if (number % 3 == 0) {
            assertThatThrownBy(() -> rig.loop.run(() -> recurse(0))).isInstanceOf(StackOverflowError.class);
        } else if (number % 3 == 1) {
            assertThatThrownBy(() -> rig.loop.run(() -> {
                throw new IllegalStateException("on purpose");
            })).isInstanceOf(IllegalStateException.class);
        } else {
            LoopRig.Pair own = rig.pair();
            rig.loop.run(() -> writeOnTheWayBack(own.near()));
            own.near().close();
            own.far().close();
        }
    }

    @Test
    void aStackOverflowAnywhereInACallLeavesTheLoopAndOtherSocketsAlone() throws Exception {
        assertEchoes();   // a class whose initialisation runs out of stack is lost to the whole JVM: load them before
        for (int round = 0; round < ROUNDS; round++) {
            LoopRig.Pair pair = rig.pair();

            rig.loop.run(() -> writeOnTheWayBack(pair.near()));

            assertEchoes();
            pair.near().close();
            pair.far().close();
        }
    }

    @Test
    void aStackOverflowInACallOfAPlatformThreadLeavesThemAloneToo() throws Exception {
        assertEchoes();
        for (int round = 0; round < ROUNDS; round++) {
            LoopRig.Pair pair = rig.pair();
            Thread caller = new Thread(null, () -> writeOnTheWayBack(pair.near()), "overflowing", SMALL_STACK_BYTES);

            caller.start();

            LoopRig.join(caller);
            assertEchoes();
            pair.near().close();
            pair.far().close();
        }
    }

    @Test
    void aStackOverflowInACallAboutAPathLeavesThePathsToOthers() throws Exception {
        Path folder = Path.of(".");
        assertThat(rig.loop.run(() -> LoopFiles.exists(rig.loop, folder))).isTrue();

        rig.loop.run(() -> askOnTheWayBack(folder));

        assertThat(rig.loop.run(() -> LoopFiles.exists(rig.loop, folder))).isTrue();
    }

    /** Asks in each of the frames next to the end of the stack. */
    @SuppressWarnings("InfiniteRecursion")   // that is the accident
    private int askOnTheWayBack(Path path) {
        int framesLeft = 0;
        try {
            framesLeft = askOnTheWayBack(path);
        } catch (StackOverflowError endOfTheStack) {
            framesLeft = 0;
        }
        if (framesLeft < FRAMES) {
            askQuietly(path);
        }
        return framesLeft + 1;
    }

    private void askQuietly(Path path) {
        try {
            LoopFiles.exists(rig.loop, path);
        } catch (IOException | StackOverflowError partOfTheAccident) {
            // The others must not be told of it.
        }
    }

    @Test
    void aSocketWhoseCloseRanOutOfStackIsClosedByItsLoop() throws Exception {
        assertEchoes();
        LoopRig.Mixed pair = rig.mixed();
        LoopRig.Running<Integer> reader = rig.start(() -> pair.near().read(new byte[1], 0, 1));
        LoopRig.awaitParkedInCall(reader.thread());
        Thread closer = new Thread(null, () -> closeOnTheWayBack(pair.near()), "overflowing", SMALL_STACK_BYTES);

        closer.start();

        LoopRig.join(closer);
        assertThat(pair.near().isOpen()).isFalse();
        assertThat(rig.loop.close(LoopRig.FAR).isComplete()).isTrue();
        assertThatThrownBy(reader::await).isExactlyInstanceOf(AsynchronousCloseException.class);
        pair.far().close();
    }

    /** Closes next to the end of the stack, in the first frame with enough of it left to begin. */
    @SuppressWarnings("InfiniteRecursion")   // that is the accident
    private static boolean closeOnTheWayBack(TcpSocket socket) {
        boolean begun;
        try {
            begun = closeOnTheWayBack(socket);
        } catch (StackOverflowError endOfTheStack) {
            begun = false;
        }
        return begun || closeQuietly(socket);
    }

    private static boolean closeQuietly(TcpSocket socket) {
        try {
            socket.close();
        } catch (IOException | StackOverflowError partOfTheAccident) {
            // Half way, perhaps.
        }
        return !socket.isOpen();
    }

    @Test
    void aCloseThatRunsOutOfStackLeavesTheRestToTheNext() throws Exception {
        assertEchoes();
        for (int i = 0; i < FRAMES; i++) {
            rig.pair();
        }
        Thread closer = new Thread(null, () -> closeOnTheWayBack(0), "overflowing", SMALL_STACK_BYTES);

        closer.start();

        LoopRig.join(closer);
        assertThat(rig.loop.close(LoopRig.FAR).isComplete()).isTrue();
    }

    /** Closes next to the end of the stack, until a frame has enough of it left. */
    @SuppressWarnings("InfiniteRecursion")   // that is the accident
    private boolean closeOnTheWayBack(int depth) {
        boolean closed;
        try {
            closed = closeOnTheWayBack(depth + 1);
        } catch (StackOverflowError endOfTheStack) {
            closed = false;
        }
        return closed || (depth % FRAMES_APART == 0 && closeQuietly());
    }

    private boolean closeQuietly() {
        try {
            rig.loop.close(Duration.ofMillis(1));
            return true;
        } catch (StackOverflowError partOfTheAccident) {
            return false;
        }
    }

    /** Writes in each of the frames next to the end of the stack, so that calls run out of it at every depth. */
    @SuppressWarnings("InfiniteRecursion")   // that is the accident
    private static int writeOnTheWayBack(TcpSocket socket) {
        int framesLeft = 0;
        try {
            framesLeft = writeOnTheWayBack(socket);
        } catch (StackOverflowError endOfTheStack) {
            framesLeft = 0;
        }
        if (framesLeft < FRAMES) {
            writeQuietly(socket);
        }
        return framesLeft + 1;
    }

    private static void writeQuietly(TcpSocket socket) {
        try {
            socket.write(new byte[1], 0, 1, Duration.ofMillis(1));   // the turn may be lost with the frame that had it
        } catch (StackOverflowError | IOException partOfTheAccident) {
            // the next frame tries again with a little more stack
        }
    }

    @SuppressWarnings("InfiniteRecursion")   // that is the accident
    private static int recurse(int depth) {
        return recurse(depth + 1) + 1;
    }

    private void assertEchoes() throws Exception {
        LoopRig.Pair pair = rig.pair();
        LoopRig.Running<Integer> echo = rig.start(() -> {
            byte[] bytes = new byte[8];
            int count = pair.far().read(bytes, 0, 8);
            return pair.far().write(bytes, 0, count);
        });
        byte[] answer = new byte[8];
        LoopRig.Running<Integer> call = rig.start(() -> {
            pair.near().write(new byte[] {1, 2, 3}, 0, 3);
            return pair.near().read(answer, 0, 8);
        });
        assertThat(echo.await()).isEqualTo(3);
        assertThat(call.await()).isEqualTo(3);
        assertThat(answer).startsWith(1, 2, 3);
        pair.near().close();
        pair.far().close();
    }
}
