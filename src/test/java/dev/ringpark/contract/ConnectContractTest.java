package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;

/** Connecting: to where, from where, and what happens to a socket that is asked for the impossible. */
class ConnectContractTest extends Contract {
    private static final InetAddress WILDCARD = InetAddress.ofLiteral("0.0.0.0");

    // ---- from where, to where ----

    @Test
    void bothEndsOfAConnectionKnowBothAddresses() throws Exception {
        Pair pair = pair();

        assertThat(pair.near().isConnected()).isTrue();
        assertThat(pair.near().getLocalAddress()).isNotNull().isEqualTo(pair.far().getRemoteAddress());
        assertThat(pair.near().getRemoteAddress()).isNotNull().isEqualTo(pair.far().getLocalAddress());
    }

    @Test
    void aSocketThatWasBoundFirstConnectsFromThere() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        List<TcpSocket> sockets = List.of(TcpSocket.open(loop), TcpSocket.open(loop, StandardProtocolFamily.INET),
                TcpSocket.open(loop, StandardProtocolFamily.INET6));
        for (TcpSocket socket : sockets) {
            assertThat(socket.bind(Loopback.anyPort())).isSameAs(socket);
            SocketAddress local = socket.getLocalAddress();
            call(() -> socket.connect(listener.getLocalAddress())).result();

            assertThat(local).isInstanceOfSatisfying(InetSocketAddress.class,
                    address -> assertThat(address.getAddress()).isEqualTo(Loopback.anyPort().getAddress()));
            assertThat(socket.getLocalAddress()).isEqualTo(local);
            assertThat(listener.accept().getRemoteAddress()).isEqualTo(local);
        }
    }

    @Test
    void aSocketThatWasBoundToNoParticularAddressConnectsFromTheOneThatLeadsThere() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        TcpSocket socket = TcpSocket.open(loop).bind(null);
        int port = ((InetSocketAddress) socket.getLocalAddress()).getPort();
        assertThat(port).isPositive();
        call(() -> socket.connect(listener.getLocalAddress())).result();

        assertThat(socket.getLocalAddress()).isEqualTo(Loopback.port(port));
        assertThat(listener.accept().getRemoteAddress()).isEqualTo(Loopback.port(port));
    }

    @Test
    void connectingToTheWildcardAddressReachesThisMachine() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        InetSocketAddress wildcard = new InetSocketAddress(WILDCARD, port);
        List<Callable<TcpSocket>> ways = List.of(() -> TcpSocket.connect(loop, wildcard),
                () -> TcpSocket.open(loop, StandardProtocolFamily.INET).connect(wildcard),
                () -> TcpSocket.open(loop).connect(wildcard));
        for (Callable<TcpSocket> way : ways) {
            TcpSocket socket = call(way).result();
            assertThat(socket.getRemoteAddress()).isEqualTo(Loopback.port(port));
            assertThat(listener.accept().getRemoteAddress()).isEqualTo(socket.getLocalAddress());
        }
    }

    @Test
    void aHundredThreadsConnectAtOnce() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        List<Call<TcpSocket>> calls = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            calls.add(call(() -> TcpSocket.connect(loop, listener.getLocalAddress())));
        }
        List<SocketAddress> connected = new ArrayList<>();
        List<SocketAddress> accepted = new ArrayList<>();
        for (Call<TcpSocket> each : calls) {
            connected.add(each.result().getLocalAddress());
            accepted.add(call(() -> listener.accept()).result().getRemoteAddress());
        }
        assertThat(connected).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(accepted);
    }

    // ---- what cannot be ----

    @Test
    void anUnresolvedAddressIsRefusedAndTheSocketStaysOpen() throws Exception {
        InetSocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 80);
        assertRefused(UnresolvedAddressException.class, unresolved, TcpSocket.open(loop));
    }

    @Test
    void anAddressThatIsNoInternetAddressIsRefusedAndTheSocketStaysOpen() throws Exception {
        SocketAddress unix = UnixDomainSocketAddress.of("/no/such/socket");
        assertRefused(UnsupportedAddressTypeException.class, unix, TcpSocket.open(loop));
    }

    private void assertRefused(Class<?> type, SocketAddress address, TcpSocket socket) throws Exception {
        TcpListener listener = TcpListener.open(loop);
        List<Callable<?>> calls = List.of(() -> socket.connect(address),
                () -> socket.connect(address, Duration.ofMinutes(1)), () -> socket.bind(address),
                () -> TcpSocket.connect(loop, address), () -> TcpListener.bind(loop, address),
                () -> listener.bind(address));
        for (Callable<?> call : calls) {
            assertThat(failureOf(call)).isExactlyInstanceOf(type);
        }
        assertConnects(socket, listener);
    }

    @Test
    void anAddressOfTheOtherFamilyIsRefusedAndTheSocketStaysOpen() throws Exception {
        TcpSocket socket = TcpSocket.open(loop, StandardProtocolFamily.INET);
        TcpListener listener = TcpListener.open(loop, StandardProtocolFamily.INET);
        List<Callable<?>> calls = List.of(() -> socket.connect(Loopback.ipv6(9)), () -> socket.bind(Loopback.ipv6(0)),
                () -> listener.bind(Loopback.ipv6(0)));
        for (Callable<?> call : calls) {
            assertThat(failureOf(call)).isExactlyInstanceOf(UnsupportedAddressTypeException.class);
        }
        assertConnects(socket, listener);
    }

    private void assertConnects(TcpSocket socket, TcpListener listener) throws Exception {
        listener.bind(Loopback.anyPort());
        call(() -> socket.connect(listener.getLocalAddress())).result();
        assertThat(socket.isConnected()).isTrue();
    }

    @Test
    void aFamilyThatIsNotOfTheInternetIsRefused() throws Exception {
        assertThat(failureOf(() -> TcpSocket.open(loop, StandardProtocolFamily.UNIX)))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
        assertThat(failureOf(() -> TcpListener.open(loop, StandardProtocolFamily.UNIX)))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
    }

    @Test
    void aSocketIsBoundOnce() throws Exception {
        TcpSocket bound = TcpSocket.open(loop).bind(Loopback.anyPort());
        SocketAddress local = bound.getLocalAddress();
        assertThat(failureOf(() -> bound.bind(Loopback.anyPort()))).isExactlyInstanceOf(AlreadyBoundException.class);
        assertThat(bound.getLocalAddress()).isEqualTo(local);

        Pair pair = pair();
        assertThat(failureOf(() -> pair.near().bind(Loopback.anyPort())))
                .isExactlyInstanceOf(AlreadyBoundException.class);
        assertPasses(pair);
    }

    @Test
    void aWriteThatWaitsForAConnectEndsWithItWhenItFails() throws Exception {
        Blackhole blackhole = closeLater(new Blackhole());
        TcpSocket socket = TcpSocket.open(loop);
        Call<TcpSocket> connect = parked(() -> socket.connect(blackhole.address()));
        Call<Integer> write = parked(() -> socket.write(new byte[1], 0, 1));
        blackhole.close();   // Linux knocks again after a second, and nobody is there

        assertThat(connect.failure()).isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
        assertThat(write.failure()).isInstanceOf(ClosedChannelException.class);
        assertThat(write.endedInterrupted()).isFalse();
    }

    @Test
    void aWriteThatWaitsForAConnectGoesOutAfterIt() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort(), 1);
        peerOf(listener);
        peerOf(listener);   // its backlog is full
        TcpSocket socket = TcpSocket.open(loop);
        Call<TcpSocket> connect = parked(() -> socket.connect(listener.getLocalAddress()));
        Call<Integer> write = parked(() -> socket.write(Sequence.bytes(5), 0, 5));
        listener.accept();
        listener.accept();   // there is room when Linux knocks again

        assertThat(connect.result()).isSameAs(socket);
        assertThat(write.result()).isEqualTo(5);
        assertThat(call(() -> Flow.read(listener.accept(), 5, 5)).result()).isEqualTo(5);
    }

    @Test
    void ofTwoThreadsThatConnectOneSocketOneDoesAndTheOtherIsTold() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        TcpSocket socket = TcpSocket.open(loop);
        Call<TcpSocket> first = call(() -> socket.connect(listener.getLocalAddress()));
        Call<TcpSocket> second = call(Thread.ofPlatform()::start, () -> socket.connect(listener.getLocalAddress()));

        assertThat(List.of(outcome(first), outcome(second)))
                .containsExactlyInAnyOrder("connected", AlreadyConnectedException.class.getName());
        assertThat(new Pair(socket, listener.accept())).satisfies(this::assertPasses);
    }

    private static String outcome(Call<?> call) throws Exception {
        return call.hasReturned() ? "connected" : call.failure().toString();
    }

    @Test
    void aCloseThatRacesAConnectEndsItOneWayOrTheOther() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        for (int round = 0; round < 100; round++) {
            TcpSocket socket = TcpSocket.open(loop);
            Call<TcpSocket> connect = call(() -> socket.connect(listener.getLocalAddress()));
            socket.close();

            assertThat(socket.isOpen()).isFalse();
            if (connect.hasReturned()) {
                assertThat(connect.result()).isSameAs(socket);
                assertThat(socket.isConnected()).isTrue();
            } else {
                assertThat(connect.failure()).isInstanceOf(ClosedChannelException.class);
            }
        }
    }

    /** The reset may come between any two questions that a backend asks to learn how the connect went. */
    @Test
    void aConnectionThatIsResetAsItIsMadeIsMadeOrTellsOfTheReset() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.ofLiteral("127.0.0.1"))) {
            Thread.ofPlatform().daemon().start(() -> resetAll(server));
            for (int round = 0; round < 2_000; round++) {
                TcpSocket socket = TcpSocket.open(loop);
                Call<TcpSocket> connect = call(() -> socket.connect(server.getLocalSocketAddress()));

                assertThat(outcome(connect)).isIn("connected", "java.net.SocketException: Connection reset");
                socket.close();
            }
        }
    }

    private static void resetAll(ServerSocket server) {
        try {
            while (true) {
                Socket accepted = server.accept();
                accepted.setSoLinger(true, 0);
                accepted.close();
            }
        } catch (IOException closed) {
            assertThat(server.isClosed()).isTrue();
        }
    }
}
