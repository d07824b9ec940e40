package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.lang.foreign.MemorySegment;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetBoundException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.WritableByteChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Callers' mistakes: told at once and by their names, and nothing has changed. */
@NullUnmarked
class MisuseContractTest extends Contract {
    private static final Duration LONG = Duration.ofMinutes(5);

    // ---- arguments ----

    @Test
    void nothingInsteadOfMemoryIsRefused() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near();
        ByteBuffer[] hole = {ByteBuffer.allocate(2), null};
        List<Mistake> reads = new ArrayList<>(naming("target",
                () -> socket.read((ByteBuffer) null), () -> socket.read((ByteBuffer) null, LONG),
                () -> socket.read((byte[]) null, 0, 1), () -> socket.read((byte[]) null, 0, 1, LONG),
                () -> socket.read((MemorySegment) null), () -> socket.read((ByteBuffer[]) null),
                () -> socket.read(hole), () -> socket.in().read(null, 0, 1),
                () -> socket.copyTo((WritableByteChannel) null)));
        reads.addAll(naming("\"b\" is null", () -> socket.in().read(null)));   // a name of the JDK's
        assertChangesNothing(NullPointerException.class, pair, reads);
        List<Mistake> writes = new ArrayList<>(naming("source",
                () -> socket.write((ByteBuffer) null), () -> socket.write((ByteBuffer) null, LONG),
                () -> socket.write((byte[]) null, 0, 1), () -> socket.write((byte[]) null, 0, 1, LONG),
                () -> socket.write((MemorySegment) null), () -> socket.write((ByteBuffer[]) null),
                () -> written(socket, null, 0, 1)));
        writes.addAll(naming("buffers[", () -> socket.write(hole)));
        assertChangesNothing(NullPointerException.class, pair, writes);
    }

    @Test
    void nothingInsteadOfATimeoutIsRefused() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near();
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        assertChangesNothing(NullPointerException.class, pair, naming("timeout",
                () -> socket.read(ByteBuffer.allocate(1), null), () -> socket.read(new byte[1], 0, 1, null),
                () -> socket.write(ByteBuffer.allocate(1), null), () -> socket.write(new byte[1], 0, 1, null),
                () -> socket.setReadTimeout(null), () -> socket.setWriteTimeout(null),
                () -> listener.setAcceptTimeout(null), () -> listener.accept(null),
                () -> socket.connect(Loopback.port(1), null), () -> TcpSocket.connect(loop, Loopback.port(1), null)));
        assertThat(listener.isOpen()).isTrue();
    }

    @Test
    void nothingInsteadOfAnyOtherArgumentIsRefused() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near();
        List<Mistake> mistakes = new ArrayList<>();
        mistakes.addAll(naming("address", () -> socket.connect(null), () -> TcpSocket.connect(loop, null),
                () -> TcpListener.bind(loop, null)));
        mistakes.addAll(naming("loop", () -> TcpSocket.connect(null, Loopback.port(1)), () -> TcpSocket.open(null),
                () -> TcpListener.open(null), () -> TcpListener.bind(null, Loopback.anyPort())));
        mistakes.addAll(naming("family", () -> TcpSocket.open(loop, null), () -> TcpListener.open(loop, null)));
        mistakes.addAll(naming("option", () -> socket.getOption(null), () -> socket.setOption(null, 1)));
        mistakes.addAll(naming("value", () -> socket.setOption(StandardSocketOptions.TCP_NODELAY, null)));
        mistakes.addAll(naming("task", () -> loop.startVirtualThread(null), () -> loop.run(null)));
        mistakes.addAll(naming("options", () -> CarrierLoop.start(null)));
        assertChangesNothing(NullPointerException.class, pair, mistakes);
    }

    @Test
    void rangesOutsideTheirArraysAreRefused() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near();
        byte[] four = new byte[4];
        ByteBuffer[] two = {ByteBuffer.allocate(1), ByteBuffer.allocate(1)};
        int[][] ranges = {{-1, 1}, {0, -1}, {0, 5}, {4, 1}, {3, 2}, {5, 0}, {1, Integer.MAX_VALUE}};
        List<Mistake> mistakes = new ArrayList<>();
        for (int[] range : ranges) {
            int offset = range[0];
            int length = range[1];
            mistakes.addAll(naming("[" + offset + ", " + offset + " + " + length + ")",
                    () -> socket.read(four, offset, length), () -> socket.read(four, offset, length, LONG),
                    () -> socket.in().read(four, offset, length), () -> socket.read(two, offset, length),
                    () -> socket.write(four, offset, length), () -> socket.write(four, offset, length, LONG),
                    () -> written(socket, four, offset, length), () -> socket.write(two, offset, length)));
        }
        assertChangesNothing(IndexOutOfBoundsException.class, pair, mistakes);
    }

    private static String written(TcpSocket socket, byte[] source, int offset, int length) throws Exception {
        socket.out().write(source, offset, length);
        return "written";
    }

    /** Each call throws and says what was wrong, takes nothing of what is there to be read, and sends nothing. */
    private void assertChangesNothing(Class<?> type, Pair pair, List<Mistake> mistakes) throws Exception {
        call(() -> pair.far().write(Sequence.bytes(5), 0, 5)).result();
        for (int i = 0; i < mistakes.size(); i++) {
            assertThat(failureOf(mistakes.get(i).call())).as("call %d", i).isInstanceOf(type)
                    .hasMessageContaining(mistakes.get(i).named());
        }
        assertThat(call(() -> Flow.read(pair.near(), 5, 5)).result()).isEqualTo(5);
        assertPasses(pair.turned());
    }

    /** A call, and the parameter or value that its failure has to name. */
    private record Mistake(String named, Callable<?> call) {}

    private static List<Mistake> naming(String named, Callable<?>... calls) {
        return Arrays.stream(calls).map(call -> new Mistake(named, call)).toList();
    }

    // ---- states ----

    @Test
    void aSocketThatIsNotConnectedSaysSoAndStaysOpen() throws Exception {
        TcpSocket socket = TcpSocket.open(loop);
        List<Callable<?>> calls = List.of(
                () -> socket.read(new byte[1], 0, 1), () -> socket.read(ByteBuffer.allocate(1)),
                () -> socket.read(ByteBuffer.allocateDirect(1), LONG),
                () -> socket.read(MemorySegment.ofArray(new byte[1])), () -> socket.in().read(),
                () -> socket.write(new byte[1], 0, 1), () -> socket.write(ByteBuffer.allocate(1)),
                () -> socket.write(ByteBuffer.allocateDirect(1), LONG), () -> written(socket, new byte[1], 0, 1),
                socket::shutdownInput, socket::shutdownOutput);
        for (Callable<?> call : calls) {
            assertThat(failureOf(call)).isExactlyInstanceOf(NotYetConnectedException.class);
        }
        assertThat(socket.isOpen()).isTrue();
        assertThat(socket.isConnected()).isFalse();
        assertThat(socket.getLocalAddress()).isNull();
        assertThat(socket.getRemoteAddress()).isNull();
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        call(() -> socket.connect(listener.getLocalAddress())).result();
        assertPasses(new Pair(socket, listener.accept()));
    }

    @Test
    void aListenerThatIsNotBoundSaysSoAndStaysOpen() throws Exception {
        TcpListener listener = TcpListener.open(loop);
        assertThat(failureOf(listener::accept)).isExactlyInstanceOf(NotYetBoundException.class);
        assertThat(failureOf(() -> listener.accept(LONG))).isExactlyInstanceOf(NotYetBoundException.class);
        assertThat(listener.getLocalAddress()).isNull();

        assertThat(listener.bind(Loopback.anyPort())).isSameAs(listener);
        peerOf(listener);
        assertThat(call(() -> listener.accept()).result().isConnected()).isTrue();
    }

    @Test
    void aListenerIsBoundOnce() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        SocketAddress address = listener.getLocalAddress();
        assertThat(failureOf(() -> listener.bind(Loopback.anyPort()))).isExactlyInstanceOf(AlreadyBoundException.class);
        assertThat(failureOf(() -> listener.bind(null))).isExactlyInstanceOf(AlreadyBoundException.class);

        assertThat(listener.getLocalAddress()).isEqualTo(address);
    }

    // ---- a loop that is closed ----

    @Test
    void aClosedLoopRefusesWhateverIsNew() throws Exception {
        SocketAddress nobody = ownAddress();
        loop.close();
        List<Callable<?>> calls = List.of(() -> TcpSocket.open(loop), () -> TcpSocket.connect(loop, nobody),
                () -> TcpSocket.connect(loop, nobody, LONG), () -> TcpListener.open(loop),
                () -> TcpListener.bind(loop, Loopback.anyPort()), () -> loop.startVirtualThread(() -> { }),
                () -> loop.run(() -> 1));
        for (Callable<?> call : calls) {
            assertThatThrownBy(call::call).isExactlyInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("closed");
        }
        assertThat(loop.isOpen()).isFalse();
    }

    /** The peers are not the loop's: of two ends of one loop, one may be told of the other's end first. */
    @Test
    void closingALoopEndsEveryParkedCallOfItsSockets() throws Exception {
        Blackhole blackhole = closeLater(new Blackhole());
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        TcpSocket socket = outside().near();
        TcpSocket another = outside().near();
        List<Call<?>> calls = List.of(parked(() -> socket.read(new byte[1], 0, 1)),
                parked(() -> socket.read(ByteBuffer.allocateDirect(1))), parked(Flow.writeTooMuch(socket)),
                parked(() -> another.read(ByteBuffer.allocateDirect(1), LONG)), parked(listener::accept),
                parked(listener::accept), parked(() -> TcpSocket.connect(loop, blackhole.address())));
        loop.close();

        for (Call<?> call : calls) {
            assertThat(call.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(call.endedInterrupted()).isFalse();
        }
        assertThat(socket.isOpen()).isFalse();
        assertThat(listener.isOpen()).isFalse();
    }

    @Test
    void theSocketsOfAClosedLoopAreClosed() throws Exception {
        Outside connection = outside();
        TcpSocket socket = connection.near();
        TcpSocket unconnected = TcpSocket.open(loop);
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        loop.close();

        List<Callable<?>> calls = List.of(() -> socket.read(new byte[1], 0, 1), () -> socket.write(new byte[1], 0, 1),
                () -> socket.read(ByteBuffer.allocateDirect(1)), () -> socket.write(ByteBuffer.allocateDirect(1)),
                socket::getLocalAddress, () -> unconnected.connect(Loopback.port(1)), listener::accept);
        for (Callable<?> call : calls) {
            assertThatThrownBy(call::call).isExactlyInstanceOf(ClosedChannelException.class);
        }
        socket.close();
        listener.close();
        assertThat(connection.far().getInputStream().read()).isEqualTo(-1);
    }
}
