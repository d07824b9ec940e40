package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.util.List;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** IPv6, and IPv4 next to it. */
class Ipv6ContractTest extends Contract {
    @BeforeEach
    void requireIpv6() {
        try {
            new ServerSocket(0, 1, Loopback.ipv6(0).getAddress()).close();
        } catch (IOException e) {
            Assumptions.abort("this machine has no IPv6: " + e.getMessage());
        }
    }

    @Test
    void aConnectionOverIpv6CarriesBytesBothWaysAndKnowsItsAddresses() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.ipv6(0));
        Pair pair = connected(listener, port(listener));
        assertPasses(pair);
        assertPasses(pair.turned());

        assertThat(listener.getLocalAddress()).isEqualTo(Loopback.ipv6(port(listener)));
        assertThat(pair.near().getRemoteAddress()).isEqualTo(listener.getLocalAddress());
        assertThat(pair.far().getLocalAddress()).isEqualTo(listener.getLocalAddress());
        assertThat(pair.far().getRemoteAddress()).isEqualTo(pair.near().getLocalAddress());
        assertThat(pair.near().getLocalAddress()).isEqualTo(Loopback.ipv6(port(pair.near())));
    }

    private Pair connected(TcpListener listener, int port) throws Exception {
        TcpSocket near = call(() -> TcpSocket.connect(loop, Loopback.ipv6(port))).result();
        return new Pair(near, listener.accept());
    }

    private static int port(TcpListener listener) throws IOException {
        return ((InetSocketAddress) listener.getLocalAddress()).getPort();
    }

    private static int port(TcpSocket socket) throws IOException {
        return ((InetSocketAddress) socket.getLocalAddress()).getPort();
    }

    @Test
    void aListenerOnAWildcardAddressTakesConnectionsOfBothFamilies() throws Exception {
        List<TcpListener> listeners = List.of(TcpListener.bind(loop, new InetSocketAddress(0)),
                TcpListener.bind(loop, new InetSocketAddress(InetAddress.ofLiteral("::"), 0)),
                TcpListener.bind(loop, new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 0)),
                TcpListener.open(loop).bind(null), TcpListener.open(loop, StandardProtocolFamily.INET6).bind(null));
        for (TcpListener listener : listeners) {
            for (InetSocketAddress target : List.of(Loopback.ipv6(port(listener)), Loopback.port(port(listener)))) {
                TcpSocket near = call(() -> TcpSocket.connect(loop, target)).result();
                TcpSocket far = listener.accept();
                assertThat(far.getLocalAddress()).isEqualTo(target).isEqualTo(near.getRemoteAddress());
                assertThat(far.getRemoteAddress()).isEqualTo(near.getLocalAddress());
                assertPasses(new Pair(near, far));
            }
        }
    }

    @Test
    void aListenerOfIpv4AloneTakesNoConnectionOverIpv6() throws Exception {
        TcpListener listener = TcpListener.open(loop, StandardProtocolFamily.INET).bind(null);
        assertThat(failureOf(() -> TcpSocket.connect(loop, Loopback.ipv6(port(listener)))))
                .isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");

        TcpSocket near = call(() -> TcpSocket.connect(loop, Loopback.port(port(listener)))).result();
        assertThat(near.isConnected()).isTrue();
    }

    @Test
    void aSocketOfIpv6ReachesIpv4AndShowsItsAddressesAsThoseOfIpv4() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        for (TcpSocket socket : List.of(TcpSocket.open(loop), TcpSocket.open(loop, StandardProtocolFamily.INET6))) {
            call(() -> socket.connect(listener.getLocalAddress())).result();
            SocketAddress accepted = listener.accept().getRemoteAddress();

            assertThat(socket.getRemoteAddress()).isEqualTo(listener.getLocalAddress());
            assertThat(socket.getLocalAddress()).isEqualTo(Loopback.port(port(socket))).isEqualTo(accepted);
        }
    }

    @Test
    void connectingToTheWildcardAddressOfIpv6ReachesThisMachine() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.ipv6(0));
        InetSocketAddress wildcard = new InetSocketAddress(InetAddress.ofLiteral("::"), port(listener));
        List<Callable<TcpSocket>> ways = List.of(() -> TcpSocket.connect(loop, wildcard),
                () -> TcpSocket.open(loop, StandardProtocolFamily.INET6).connect(wildcard),
                () -> TcpSocket.open(loop).connect(wildcard));
        for (Callable<TcpSocket> way : ways) {
            assertThat(call(way).result().getRemoteAddress()).isEqualTo(Loopback.ipv6(port(listener)));
        }
    }

    @Test
    void aSocketThatWasBoundToAnAddressOfIpv6ConnectsFromThere() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.ipv6(0));
        TcpSocket socket = TcpSocket.open(loop).bind(Loopback.ipv6(0));
        SocketAddress local = socket.getLocalAddress();
        call(() -> socket.connect(listener.getLocalAddress())).result();

        assertThat(listener.accept().getRemoteAddress()).isEqualTo(local);
    }

    @Test
    void optionsOfAConnectionOverIpv6AreToldAsTheyWereSet() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.ipv6(0));
        TcpSocket socket = connected(listener, port(listener)).near();

        assertThat(socket.setOption(StandardSocketOptions.TCP_NODELAY, true)
                .getOption(StandardSocketOptions.TCP_NODELAY)).isTrue();
        assertThat(socket.setOption(StandardSocketOptions.IP_TOS, 0x10)
                .getOption(StandardSocketOptions.IP_TOS)).isEqualTo(0x10);
    }
}
