package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.LoopOptions;
import dev.ringpark.LoopStats;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.SocketTimeoutException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Small queues, tables and pools make a loop slower, no more: who finds one full waits, and nothing is lost. */
@ParameterizedClass(name = "{0}")
@EnumSource(Flavor.class)
class LoopLimitsTest {
    private static final int TABLE = 8;
    private static final byte GO = 7;
    private static final int MUCH = 250_000;   // more than the small buffers of both ends hold

    @Parameter
    Flavor flavor;

    private LoopRig rig;

    private void open(LoopOptions options) throws IOException {
        rig = new LoopRig(flavor, options);
    }

    @AfterEach
    void close() {
        if (rig != null) {   // else it was skipped
            rig.close();
        }
    }

    // ---- queues ----

    @Test
    void twoThousandThreadsEchoOverQueuesOfEightAndSixteen() throws Exception {
        echoOverQueuesOfEightAndSixteen(1000);
    }

    @Stress
    @Test
    void tenThousandThreadsEchoOverQueuesOfEightAndSixteen() throws Exception {
        echoOverQueuesOfEightAndSixteen(5000);
    }

    private void echoOverQueuesOfEightAndSixteen(int pairs) throws Exception {
        open(flavor.options().withEntries(8, 16).withMaxInFlight(4 * pairs));
        CountDownLatch together = new CountDownLatch(pairs);
        CountDownLatch done = new CountDownLatch(pairs);
        List<LoopRig.Pair> connections = new ArrayList<>();
        List<LoopRig.Running<Void>> ends = new ArrayList<>();
        try (TcpListener listener = TcpListener.bind(rig.loop, LoopRig.loopback())) {
            for (int i = 0; i < pairs; i++) {
                LoopRig.Pair pair = LoopRig.pair(listener, rig.loop);
                connections.add(pair);
                int id = i;
                ends.add(rig.start(() -> askAndCheck(pair.near(), id, together, done)));
                ends.add(rig.start(() -> echo(pair.far(), done)));
            }
        }
        LoopRig.until(() -> rig.loop.stats().submitted() - rig.loop.stats().completed() == 2L * pairs,
                () -> "not all in flight at once: " + rig.loop.stats());
        assertThat(ends).allMatch(end -> end.thread().isAlive());

        for (LoopRig.Pair each : connections) {
            each.far().write(new byte[] {GO}, 0, 1);
        }
        boolean allDone = done.await(LoopRig.FAR.toSeconds() + pairs / 20, TimeUnit.SECONDS);   // machines are busy
        assertThat(allDone).as("%s have no answer yet: %s", done.getCount(), rig.loop.stats()).isTrue();
        for (LoopRig.Running<Void> end : ends) {
            end.await();
        }
        LoopStats stats = rig.loop.stats();
        System.out.printf("%s: %d threads alive at once, %d echoes of 100 bytes, 0 wrong; %s%n", flavor, 2 * pairs,
                5 * pairs, stats);
        assertThat(stats.staleTokens()).isZero();
        if (flavor.isOn("io_uring")) {
            assertThat(stats.overflows()).as("found the queue full").isGreaterThan(pairs / 4);
        } else {
            assertThat(stats.overflows()).as("this backend's submissions need no queue").isZero();
        }
    }

    /** Once all of them have been let go they ask at once, and nobody ends before all have their answers. */
    private static Void askAndCheck(TcpSocket socket, int id, CountDownLatch together, CountDownLatch done)
            throws Exception {
        byte[] answer = new byte[100];
        assertThat(socket.in().read()).isEqualTo(GO);
        together.countDown();
        together.await();
        for (int round = 0; round < 5; round++) {
            byte[] question = new byte[100];
            Arrays.fill(question, (byte) (id * 31 + round));
            question[0] = (byte) (id >> 8);
            question[1] = (byte) id;
            socket.out().write(question);
            socket.in().readNBytes(answer, 0, 100);
            assertThat(answer).isEqualTo(question);
        }
        done.countDown();
        done.await();
        socket.close();
        return null;
    }

    private static Void echo(TcpSocket socket, CountDownLatch done) throws Exception {
        byte[] bytes = new byte[100];
        for (int count = socket.read(bytes, 0, 100); count >= 0; count = socket.read(bytes, 0, 100)) {
            socket.out().write(bytes, 0, count);
        }
        done.await();
        socket.close();
        return null;
    }

    // ---- table of operations in flight ----

    @Test
    void twoHundredParkedReadersAndWritersShareATableOfEight() throws Exception {
        open(flavor.options().withMaxInFlight(TABLE));
        List<LoopRig.Mixed> read = mixedPairs(100);
        List<LoopRig.Mixed> written = slowPairs(100);
        List<LoopRig.Running<Integer>> readers = startReaders(read, Duration.ZERO);
        List<LoopRig.Running<Void>> writers = new ArrayList<>();
        for (LoopRig.Mixed pair : written) {
            writers.add(rig.start(() -> {
                pair.near().out().write(pattern(MUCH, pair));
                pair.near().shutdownOutput();
                return null;
            }));
        }
        readers.forEach(reader -> LoopRig.awaitParkedInCall(reader.thread()));
        writers.forEach(writer -> LoopRig.awaitParkedInCall(writer.thread()));

        List<LoopRig.Running<Integer>> drains = new ArrayList<>();
        for (LoopRig.Mixed pair : written) {
            drains.add(LoopRig.startPlatform(() -> drainAndCheck(pair)));
        }
        for (LoopRig.Mixed pair : read) {
            pair.far().getOutputStream().write(new byte[3]);
        }

        for (LoopRig.Running<Integer> reader : readers) {
            assertThat(reader.await()).isEqualTo(3);
        }
        for (LoopRig.Running<Void> writer : writers) {
            writer.await();
        }
        for (LoopRig.Running<Integer> drain : drains) {
            assertThat(drain.await()).isEqualTo(MUCH);
        }
        assertThat(rig.loop.stats().overflows()).isPositive();
        closeAll(read);
        closeAll(written);
    }

    private static byte[] pattern(int length, LoopRig.Mixed pair) {
        byte[] bytes = new byte[length];
        int seed = pair.far().getPort();
        for (int i = 0; i < length; i++) {
            bytes[i] = (byte) (i + seed ^ i >> 8);
        }
        return bytes;
    }

    private static int drainAndCheck(LoopRig.Mixed pair) throws IOException {
        byte[] expected = pattern(MUCH, pair);
        byte[] buffer = new byte[64 * 1024];
        InputStream in = pair.far().getInputStream();
        int total = 0;
        for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
            assertThat(Arrays.mismatch(buffer, 0, count, expected, total, total + count)).isEqualTo(-1);
            total += count;
        }
        return total;
    }

    @Test
    void whoWaitsForAPlaceInTheTableTimesOutAllTheSame() throws Exception {
        open(flavor.options().withMaxInFlight(TABLE));
        List<LoopRig.Mixed> pairs = mixedPairs(30);
        List<LoopRig.Running<Integer>> holders = fillTable(pairs);

        List<LoopRig.Running<Integer>> late =
                startReaders(pairs.subList(TABLE, pairs.size()), Duration.ofMillis(50));

        for (LoopRig.Running<Integer> reader : late) {
            assertThatThrownBy(reader::await).isInstanceOf(SocketTimeoutException.class);
        }
        for (int i = 0; i < TABLE; i++) {
            pairs.get(i).far().getOutputStream().write(new byte[2]);
            assertThat(holders.get(i).await()).isEqualTo(2);
        }
        closeAll(pairs);
    }

    @Test
    void socketsCloseAndThreadsAreInterruptedWhileTheTableIsFull() throws Exception {
        open(flavor.options().withMaxInFlight(TABLE));
        List<LoopRig.Mixed> pairs = mixedPairs(30);
        List<LoopRig.Running<Integer>> holders = fillTable(pairs);
        List<LoopRig.Running<Integer>> waiting =
                new ArrayList<>(startReaders(pairs.subList(TABLE, TABLE + 1), Duration.ZERO));
        LoopRig.awaitParkedInCall(waiting.getFirst().thread());   // so that it is the first in line
        waiting.addAll(startReaders(pairs.subList(TABLE + 1, pairs.size()), Duration.ZERO));
        waiting.forEach(reader -> LoopRig.awaitParkedInCall(reader.thread()));

        waiting.get(3).thread().interrupt();
        assertThatThrownBy(waiting.get(3)::await).isInstanceOf(ClosedByInterruptException.class);
        pairs.get(TABLE + 7).near().close();
        assertThatThrownBy(waiting.get(7)::await).isInstanceOf(AsynchronousCloseException.class);
        pairs.get(2).near().close();
        assertThatThrownBy(holders.get(2)::await).isInstanceOf(AsynchronousCloseException.class);

        pairs.get(TABLE).far().getOutputStream().write(new byte[4]);   // the place that has come free is the first's
        assertThat(waiting.get(0).await()).isEqualTo(4);
        closeAll(pairs);
    }

    @Test
    void theLoopClosesWhileTheTableIsFull() throws Exception {
        open(flavor.options().withMaxInFlight(TABLE));
        List<LoopRig.Mixed> pairs = mixedPairs(100);
        List<LoopRig.Running<Integer>> readers = startReaders(pairs, Duration.ZERO);
        readers.forEach(reader -> LoopRig.awaitParkedInCall(reader.thread()));

        rig.loop.close();

        for (LoopRig.Running<Integer> reader : readers) {
            assertThatThrownBy(reader::await).isInstanceOf(AsynchronousCloseException.class);
        }
        closeAll(pairs);
    }

    /** Parked readers of the first pairs hold every place. */
    private List<LoopRig.Running<Integer>> fillTable(List<LoopRig.Mixed> pairs) {
        List<LoopRig.Running<Integer>> holders = startReaders(pairs.subList(0, TABLE), Duration.ZERO);
        holders.forEach(reader -> LoopRig.awaitParkedInCall(reader.thread()));
        LoopRig.until(() -> rig.loop.stats().submitted() == rig.loop.stats().completed() + TABLE,
                () -> rig.loop.stats().toString());
        return holders;
    }

    private List<LoopRig.Running<Integer>> startReaders(List<LoopRig.Mixed> pairs, Duration timeout) {
        return pairs.stream().map(pair -> rig.start(() -> pair.near().read(new byte[10], 0, 10, timeout))).toList();
    }

    private List<LoopRig.Mixed> mixedPairs(int count) throws IOException {
        List<LoopRig.Mixed> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(rig.mixed());
        }
        return pairs;
    }

    private List<LoopRig.Mixed> slowPairs(int count) throws IOException {
        List<LoopRig.Mixed> pairs = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            pairs.add(rig.slow());
        }
        return pairs;
    }

    private static void closeAll(List<LoopRig.Mixed> pairs) throws IOException {
        for (LoopRig.Mixed pair : pairs) {
            pair.near().close();
            pair.far().close();
        }
    }

    // ---- pool of buffers ----

    @Test
    void aHundredReadersAndWritersOfArraysShareOneBufferAndSlowPeersHoldNone() throws Exception {
        open(flavor.options().withBuffers(512, 1));
        List<LoopRig.Mixed> slow = slowPairs(5);
        List<LoopRig.Running<Void>> stuck = new ArrayList<>();
        for (LoopRig.Mixed pair : slow) {
            stuck.add(rig.start(() -> {
                pair.near().out().write(new byte[MUCH]);
                pair.near().shutdownOutput();
                return null;
            }));
            rig.start(() -> pair.near().read(new byte[1], 0, 1));
        }
        List<LoopRig.Running<Void>> writers = new ArrayList<>();
        List<LoopRig.Running<Integer>> readers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            LoopRig.Pair pair = rig.pair();
            byte id = (byte) (i + 1);
            readers.add(rig.start(() -> readAndCheck(pair.near(), id)));
            writers.add(rig.start(() -> writeAndEnd(pair.far(), id)));
        }

        for (LoopRig.Running<Integer> reader : readers) {
            assertThat(reader.await()).isEqualTo(20_000);
        }
        for (LoopRig.Running<Void> writer : writers) {
            writer.await();
        }
        for (int i = 0; i < slow.size(); i++) {
            assertThat(stuck.get(i).result().isDone()).isFalse();
            assertThat(slow.get(i).far().getInputStream().skip(Long.MAX_VALUE)).isEqualTo(MUCH);
            stuck.get(i).await();
        }
        closeAll(slow);
    }

    private static Void writeAndEnd(TcpSocket socket, byte id) throws IOException {
        byte[] bytes = new byte[20_000];
        Arrays.fill(bytes, id);
        socket.out().write(bytes);
        socket.shutdownOutput();
        return null;
    }

    private static int readAndCheck(TcpSocket socket, byte id) throws IOException {
        byte[] bytes = new byte[3000];
        int total = 0;
        for (int count = socket.read(bytes, 0, 3000); count >= 0; count = socket.read(bytes, 0, 3000)) {
            Sequence.checkAll(bytes, count, id);
            total += count;
        }
        return total;
    }
}
