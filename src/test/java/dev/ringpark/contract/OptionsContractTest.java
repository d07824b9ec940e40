package dev.ringpark.contract;

import static java.net.StandardSocketOptions.IP_MULTICAST_TTL;
import static java.net.StandardSocketOptions.IP_TOS;
import static java.net.StandardSocketOptions.SO_BROADCAST;
import static java.net.StandardSocketOptions.SO_KEEPALIVE;
import static java.net.StandardSocketOptions.SO_LINGER;
import static java.net.StandardSocketOptions.SO_RCVBUF;
import static java.net.StandardSocketOptions.SO_REUSEADDR;
import static java.net.StandardSocketOptions.SO_REUSEPORT;
import static java.net.StandardSocketOptions.SO_SNDBUF;
import static java.net.StandardSocketOptions.TCP_NODELAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Socket options: what is set is told and holds, what is not known is refused. */
class OptionsContractTest extends Contract {
    private static final int BUFFER_BYTES = 32_768;

    /** No system knows it. */
    private record MadeUp(String name) implements SocketOption<Integer> {
        @Override
        public Class<Integer> type() {
            return Integer.class;
        }
    }

    // ---- set and told ----

    @Test
    void eachDefaultTimeoutIsToldAsItWasSet() throws Exception {
        TcpSocket socket = TcpSocket.open(loop);
        TcpListener listener = TcpListener.open(loop);
        assertThat(List.of(socket.getReadTimeout(), socket.getWriteTimeout(), listener.getAcceptTimeout()))
                .containsOnly(Duration.ZERO);

        socket.setReadTimeout(Duration.ofMillis(1)).setWriteTimeout(Duration.ofNanos(2));
        listener.setAcceptTimeout(Duration.ofDays(3));

        assertThat(socket.getReadTimeout()).isEqualTo(Duration.ofMillis(1));
        assertThat(socket.getWriteTimeout()).isEqualTo(Duration.ofNanos(2));
        assertThat(listener.getAcceptTimeout()).isEqualTo(Duration.ofDays(3));
        assertThat(loop.options()).isEqualTo(flavor.options());
    }

    @Test
    void eachOptionOfASocketIsToldAsItWasSet() throws Exception {
        List<TcpSocket> sockets = List.of(pair().near(), pair().far(), TcpSocket.open(loop),
                TcpSocket.open(loop, StandardProtocolFamily.INET), TcpSocket.open(loop, StandardProtocolFamily.INET6));
        for (TcpSocket socket : sockets) {
            for (SocketOption<Boolean> option : List.of(SO_KEEPALIVE, TCP_NODELAY, SO_REUSEADDR, SO_REUSEPORT)) {
                assertTold(socket, option, true);
                assertTold(socket, option, false);
            }
            assertTold(socket, SO_LINGER, 0);
            assertTold(socket, SO_LINGER, 5);
            assertTold(socket, SO_LINGER, -1);
            assertTold(socket, IP_TOS, 0x10);
            assertTold(socket, IP_TOS, 0);
            assertTold(socket, SO_RCVBUF, BUFFER_BYTES);
            assertTold(socket, SO_SNDBUF, BUFFER_BYTES);
        }
    }

    private static <T> void assertTold(TcpSocket socket, SocketOption<T> option, T value) throws Exception {
        assertThat(socket.setOption(option, value)).isSameAs(socket);
        assertThat(socket.getOption(option)).as("%s of %s", option, socket).isEqualTo(value);
    }

    @Test
    void whatANewSocketTellsIsWhatTheSystemGivesIt() throws Exception {
        TcpSocket socket = TcpSocket.open(loop);

        assertThat(socket.getOption(TCP_NODELAY)).isFalse();
        assertThat(socket.getOption(SO_KEEPALIVE)).isFalse();
        assertThat(socket.getOption(SO_LINGER)).isEqualTo(-1);
        assertThat(socket.getOption(SO_RCVBUF)).isPositive();
        assertThat(socket.getOption(SO_SNDBUF)).isPositive();
    }

    @Test
    void eachOptionOfAListenerIsToldAsItWasSet() throws Exception {
        TcpListener listener = TcpListener.open(loop);
        assertThat(listener.getOption(SO_REUSEADDR)).isTrue();
        for (boolean value : new boolean[] {false, true}) {
            assertThat(listener.setOption(SO_REUSEADDR, value).getOption(SO_REUSEADDR)).isEqualTo(value);
            assertThat(listener.setOption(SO_REUSEPORT, value).getOption(SO_REUSEPORT)).isEqualTo(value);
        }
        assertThat(listener.setOption(SO_RCVBUF, BUFFER_BYTES).getOption(SO_RCVBUF)).isEqualTo(BUFFER_BYTES);
    }

    @Test
    void optionsThatWereSetBeforeTheConnectHoldAfterIt() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        TcpSocket socket = TcpSocket.open(loop).setOption(TCP_NODELAY, true).setOption(SO_KEEPALIVE, true)
                .setOption(SO_LINGER, 7);
        call(() -> socket.connect(listener.getLocalAddress())).result();

        assertThat(socket.getOption(TCP_NODELAY)).isTrue();
        assertThat(socket.getOption(SO_KEEPALIVE)).isTrue();
        assertThat(socket.getOption(SO_LINGER)).isEqualTo(7);
    }

    @Test
    void everySupportedOptionIsTold() throws Exception {
        TcpSocket socket = pair().near();
        assertThat(socket.supportedOptions()).containsExactlyInAnyOrder(SO_KEEPALIVE, SO_LINGER, SO_RCVBUF, SO_SNDBUF,
                SO_REUSEADDR, SO_REUSEPORT, TCP_NODELAY, IP_TOS);
        for (SocketOption<?> option : socket.supportedOptions()) {
            assertThat(socket.getOption(option)).as(option.name()).isInstanceOf(option.type());
        }
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        assertThat(listener.supportedOptions()).containsExactlyInAnyOrder(SO_RCVBUF, SO_REUSEADDR, SO_REUSEPORT);
        for (SocketOption<?> option : listener.supportedOptions()) {
            assertThat(listener.getOption(option)).as(option.name()).isInstanceOf(option.type());
        }
    }

    @Test
    void optionsMayBeSetAndToldWhileCallsAreParked() throws Exception {
        Pair pair = pair();
        Call<Integer> read = parked(() -> pair.near().read(new byte[1], 0, 1));
        Call<Void> write = parked(Flow.writeTooMuch(pair.near()));
        assertTold(pair.near(), TCP_NODELAY, true);

        assertThat(read.isDone()).isFalse();
        assertThat(write.isDone()).isFalse();
    }

    // ---- refused ----

    @Test
    void anOptionThatIsNotSupportedIsRefused() throws Exception {
        TcpSocket socket = pair().near();
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        List<Callable<?>> calls = List.of(
                () -> socket.getOption(SO_BROADCAST), () -> socket.setOption(SO_BROADCAST, true),
                () -> socket.getOption(IP_MULTICAST_TTL), () -> socket.setOption(new MadeUp("MADE_UP"), 1),
                () -> listener.getOption(TCP_NODELAY), () -> listener.setOption(SO_LINGER, 0),
                () -> listener.getOption(new MadeUp("SO_RCVBUF")));
        for (Callable<?> call : calls) {
            assertThat(failureOf(call)).isExactlyInstanceOf(UnsupportedOperationException.class)
                    .message().endsWith("not supported");
        }
    }

    @Test
    void aValueOutOfRangeIsRefusedAndChangesNothing() throws Exception {
        TcpSocket socket = pair().near();
        int before = socket.setOption(SO_RCVBUF, BUFFER_BYTES).getOption(SO_RCVBUF);
        List<Callable<?>> calls = List.of(() -> socket.setOption(SO_RCVBUF, -1), () -> socket.setOption(SO_SNDBUF, -1),
                () -> socket.setOption(IP_TOS, 256), () -> socket.setOption(IP_TOS, -1));
        for (Callable<?> call : calls) {
            assertThat(failureOf(call)).isExactlyInstanceOf(IllegalArgumentException.class);
        }
        assertThat(socket.getOption(SO_RCVBUF)).isEqualTo(before);
    }

    // ---- what they do ----

    @Test
    void aCloseThatDoesNotLingerAtAllResetsTheConnection() throws Exception {
        Pair pair = pair();
        Outside outside = outside();
        Call<Integer> read = parked(() -> pair.far().read(new byte[1], 0, 1));
        pair.near().setOption(SO_LINGER, 0).close();
        outside.near().setOption(SO_LINGER, 0).close();

        assertThat(read.failure()).isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
        assertThatThrownBy(() -> outside.far().getInputStream().read()).hasMessage("Connection reset");
    }

    @Test
    void aCloseThatLingersDoesNotHaveItsCallerWait() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near().setOption(SO_LINGER, 30).setWriteTimeout(Duration.ofMillis(5));
        assertThat(failureOf(Flow.writeTooMuch(socket))).isExactlyInstanceOf(SocketTimeoutException.class);

        long start = System.nanoTime();
        call(() -> {
            socket.close();
            return null;
        }).result();
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(2));
    }

    @Test
    void aCloseThatWouldLingerClosesAConnectionThatIsOver() throws Exception {
        Pair pair = pair();
        TcpSocket socket = pair.near().setOption(SO_LINGER, 30);
        pair.far().close();
        assertThat(call(() -> socket.read(new byte[1], 0, 1)).result()).isEqualTo(-1);
        socket.shutdownOutput();

        call(() -> {
            socket.close();
            return null;
        }).result();
        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void listenersOfTwoLoopsShareAPort() throws Exception {
        CarrierLoop other = anotherLoop();
        TcpListener one = sharing(loop, Loopback.anyPort());
        TcpListener two = sharing(other, (InetSocketAddress) one.getLocalAddress());
        AtomicInteger ofOne = new AtomicInteger();
        AtomicInteger ofTwo = new AtomicInteger();
        Call<Void> first = call(() -> acceptAll(one, ofOne));
        Call<Void> second = call(other::startVirtualThread, () -> acceptAll(two, ofTwo));

        int connections = 60;   // the system deals out by a hash of their ports
        for (int i = 0; i < connections; i++) {
            peerOf(one);
        }
        Eventually.until(() -> ofOne.get() + ofTwo.get() == connections, "accepted them all");
        assertThat(ofOne).hasPositiveValue();
        assertThat(ofTwo).hasPositiveValue();
        one.close();
        two.close();
        assertThat(first.failure()).isInstanceOf(ClosedChannelException.class);
        assertThat(second.failure()).isInstanceOf(ClosedChannelException.class);
    }

    private static TcpListener sharing(CarrierLoop owner, InetSocketAddress address) throws Exception {
        return TcpListener.open(owner).setOption(SO_REUSEPORT, true).bind(address);
    }

    private static Void acceptAll(TcpListener listener, AtomicInteger count) throws Exception {
        while (true) {
            listener.accept();
            count.incrementAndGet();
        }
    }
}
