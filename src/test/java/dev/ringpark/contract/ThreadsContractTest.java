package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CyclicBarrier;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Who calls: threads of the loop, of the JDK's scheduler, of another loop, and platform threads; all get the same. */
class ThreadsContractTest extends Contract {
    private static final int MESSAGES = 20;

    /** One way to start a thread of each kind. */
    private List<Function<Runnable, Thread>> starters() throws Exception {
        CarrierLoop other = anotherLoop();
        return List.of(loop::startVirtualThread, Thread.ofVirtual()::start, Thread.ofPlatform()::start,
                other::startVirtualThread);
    }

    // ---- everything works ----

    @Test
    void anyTwoThreadsTalkThroughAConnection() throws Exception {
        List<Function<Runnable, Thread>> starters = starters();
        for (Function<Runnable, Thread> asking : starters) {
            for (Function<Runnable, Thread> answering : starters) {
                Pair pair = pair();
                Call<Integer> answers = call(answering, () -> answer(pair.far()));
                Call<Integer> questions = call(asking, () -> ask(pair.near()));
                assertThat(questions.result()).isEqualTo(MESSAGES);
                assertThat(answers.result()).isEqualTo(MESSAGES);
            }
        }
    }

    private static int ask(TcpSocket socket) throws Exception {
        byte[] message = new byte[8];
        for (int i = 0; i < MESSAGES; i++) {
            socket.write(Sequence.bytes(8L * i, 8), 0, 8);
            assertThat(socket.in().readNBytes(message, 0, 8)).isEqualTo(8);
            Sequence.check(message, 8, 8L * i);
        }
        socket.shutdownOutput();
        return MESSAGES;
    }

    private static int answer(TcpSocket socket) throws Exception {
        ByteBuffer message = ByteBuffer.allocateDirect(8);
        int answers = 0;
        while (socket.read(message) >= 0) {
            if (!message.hasRemaining()) {
                message.flip();
                while (message.hasRemaining()) {
                    socket.write(message);
                }
                message.clear();
                answers++;
            }
        }
        return answers;
    }

    @Test
    void anyThreadBindsAcceptsConnectsAndCloses() throws Exception {
        for (Function<Runnable, Thread> starter : starters()) {
            TcpListener listener = call(starter, () -> TcpListener.bind(loop, Loopback.anyPort())).result();
            Call<TcpSocket> accept = call(starter, listener::accept);
            Call<TcpSocket> connect = call(starter, () -> TcpSocket.connect(loop, listener.getLocalAddress()));
            Pair pair = new Pair(connect.result(), accept.result());
            assertPasses(pair);
            call(starter, () -> {
                pair.far().close();
                listener.close();
                return null;
            }).result();
            assertThat(call(starter, Flow.readAll(pair.near())).result()).isZero();
        }
    }

    @Test
    void socketsOfTwoLoopsAreTheEndsOfOneConnection() throws Exception {
        CarrierLoop other = anotherLoop();
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        TcpSocket socket = call(() -> TcpSocket.connect(other, listener.getLocalAddress())).result();
        TcpSocket accepted = call(other::startVirtualThread, listener::accept).result();
        assertThat(socket.loop()).isSameAs(other);
        assertThat(accepted.loop()).isSameAs(loop);

        byte[] bytes = Sequence.bytes(1 << 20);
        Call<Long> there = call(() -> Flow.writeAll(socket, ByteBuffer.wrap(bytes)));
        Call<Long> back = call(other::startVirtualThread, () -> Flow.writeAll(accepted, Flow.direct(bytes)));
        assertThat(call(Flow.readAll(accepted)).result()).isEqualTo(1 << 20);
        assertThat(call(other::startVirtualThread, Flow.readAll(socket)).result()).isEqualTo(1 << 20);
        assertThat(there.result()).isEqualTo(1 << 20);
        assertThat(back.result()).isEqualTo(1 << 20);
    }

    @Test
    void threadsOfEveryKindWriteToOneSocketAndNoByteIsLost() throws Exception {
        Pair pair = pair();
        int each = 50;
        List<Function<Runnable, Thread>> starters = starters();
        List<Call<Long>> writers = new ArrayList<>();
        for (byte i = 0; i < 16; i++) {
            byte id = i;
            writers.add(call(starters.get(i % starters.size()), () -> writeOnes(pair.near(), id, each)));
        }
        int total = writers.size() * each;
        Call<byte[]> reader = call(() -> pair.far().in().readNBytes(total));
        for (Call<Long> writer : writers) {
            assertThat(writer.result()).isEqualTo(each);
        }
        int[] counts = new int[writers.size()];
        for (byte id : reader.result()) {
            counts[id]++;
        }
        assertThat(counts).containsOnly(each);
    }

    private static long writeOnes(TcpSocket socket, byte id, int times) throws Exception {
        long done = 0;
        for (int i = 0; i < times; i++) {
            done += socket.write(new byte[] {id}, 0, 1);
        }
        return done;
    }

    // ---- everything ends ----

    @Test
    void closeEndsTheParkedCallOfAnyThread() throws Exception {
        for (Function<Runnable, Thread> starter : starters()) {
            TcpSocket socket = pair().near();
            Call<Integer> read = call(starter, () -> socket.read(new byte[1], 0, 1)).whenParked();
            Call<Void> write = call(starter, Flow.writeTooMuch(socket)).whenParked();
            socket.close();
            assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(write.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    void interruptEndsTheParkedCallOfAnyThread() throws Exception {
        for (Function<Runnable, Thread> starter : starters()) {
            TcpSocket socket = pair().near();
            Call<Integer> read = call(starter, () -> socket.read(new byte[1], 0, 1)).whenParked();
            read.thread().interrupt();
            assertThat(read.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
            assertThat(read.endedInterrupted()).isTrue();
            assertThat(socket.isOpen()).isFalse();
        }
    }

    @Test
    void timeoutsHoldForAnyThread() throws Exception {
        Pair pair = pair();
        for (Function<Runnable, Thread> starter : starters()) {
            Call<Integer> read = call(starter, () -> pair.near().read(new byte[1], 0, 1, Duration.ofMillis(10)));
            assertThat(read.failure()).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Read timed out");
        }
        assertPasses(pair);
    }

    @Test
    void sixteenThreadsOfEveryKindMayCloseOneSocket() throws Exception {
        List<Function<Runnable, Thread>> starters = starters();
        for (int round = 0; round < 10; round++) {
            Pair pair = pair();
            Call<Integer> read = parked(() -> pair.near().read(new byte[1], 0, 1));
            CyclicBarrier start = new CyclicBarrier(16);
            List<Call<Boolean>> closers = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                closers.add(call(starters.get(i % starters.size()), () -> close(pair.near(), start)));
            }
            for (Call<Boolean> closer : closers) {
                assertThat(closer.result()).isFalse();
            }
            assertThat(read.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(call(Flow.readAll(pair.far())).result()).isZero();
        }
    }

    private static boolean close(TcpSocket socket, CyclicBarrier start) throws Exception {
        start.await();
        socket.close();
        return socket.isOpen();
    }
}
