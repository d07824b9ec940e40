package dev.ringpark.contract;

import static java.net.StandardSocketOptions.IP_MULTICAST_IF;
import static java.net.StandardSocketOptions.IP_MULTICAST_LOOP;
import static java.net.StandardSocketOptions.IP_MULTICAST_TTL;
import static java.net.StandardSocketOptions.IP_TOS;
import static java.net.StandardSocketOptions.SO_BROADCAST;
import static java.net.StandardSocketOptions.SO_RCVBUF;
import static java.net.StandardSocketOptions.SO_REUSEADDR;
import static java.net.StandardSocketOptions.SO_REUSEPORT;
import static java.net.StandardSocketOptions.SO_SNDBUF;
import static java.net.StandardSocketOptions.TCP_NODELAY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.Datagram;
import dev.ringpark.MulticastMembership;
import dev.ringpark.UdpSocket;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.NoRouteToHostException;
import java.net.ServerSocket;
import java.net.SocketException;
import java.net.SocketOption;
import java.net.StandardProtocolFamily;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Test;

/** IPv4, IPv6 and both; groups, everybody, and the options. All stays on this machine's own interface. */
class UdpFamiliesContractTest extends Contract {
    private static final InetAddress EVERYBODY_HERE = InetAddress.ofLiteral("127.255.255.255");

    private static NetworkInterface ownInterface() throws IOException {
        return NetworkInterface.getByInetAddress(Loopback.anyPort().getAddress());
    }

    /** A group that no other test has. */
    private static InetAddress group() throws IOException {
        byte[] group = new byte[4];
        ThreadLocalRandom.current().nextBytes(group);
        group[0] = (byte) 239;
        return InetAddress.getByAddress(group);
    }

    private static void requireIpv6() {
        try {
            new ServerSocket(0, 1, Loopback.ipv6(0).getAddress()).close();
        } catch (IOException e) {
            abort("this machine has no IPv6: " + e.getMessage());
        }
    }

    private void send(UdpSocket socket, int bytes, InetSocketAddress to) throws Exception {
        call(() -> {
            socket.send(new byte[bytes], 0, bytes, to);
            return null;
        }).result();
    }

    private Datagram receive(UdpSocket socket) throws Exception {
        return call(() -> socket.receive(new byte[2000], 0, 2000)).result();
    }

    private static int port(UdpSocket socket) throws IOException {
        return Udp.address(socket).getPort();
    }

    // ---- families ----

    @Test
    void aSocketOfBothFamiliesHearsAndReachesBoth() throws Exception {
        requireIpv6();
        List<UdpSocket> sockets = List.of(UdpSocket.open(loop).bind(null),
                UdpSocket.bind(loop, new InetSocketAddress(0)),
                UdpSocket.open(loop, StandardProtocolFamily.INET6).bind(null));
        UdpSocket four = Udp.bound(loop);
        UdpSocket six = Held.hold(UdpSocket.bind(loop, Loopback.ipv6(0)));
        for (UdpSocket both : sockets) {
            send(four, 4, Loopback.port(port(both)));
            send(six, 6, Loopback.ipv6(port(both)));
            assertThat(receive(both)).isEqualTo(new Datagram(Udp.address(four), 4, 4));
            assertThat(receive(both)).isEqualTo(new Datagram(Udp.address(six), 6, 6));
            send(both, 14, Udp.address(four));
            send(both, 16, Udp.address(six));
            assertThat(receive(four)).isEqualTo(new Datagram(Loopback.port(port(both)), 14, 14));
            assertThat(receive(six)).isEqualTo(new Datagram(Loopback.ipv6(port(both)), 16, 16));
            call(() -> both.connect(Udp.address(four))).result();
            assertThat(both.getRemoteAddress()).isEqualTo(Udp.address(four));
            send(four, 24, Loopback.port(port(both)));
            assertThat(receive(both)).isEqualTo(new Datagram(Udp.address(four), 24, 24));
        }
    }

    @Test
    void aSocketOfIpv6AloneNeitherHearsNorReachesIpv4() throws Exception {
        requireIpv6();
        UdpSocket only = Held.hold(UdpSocket.openIpv6Only(loop).bind(null));
        UdpSocket four = Udp.bound(loop);
        UdpSocket six = Held.hold(UdpSocket.bind(loop, Loopback.ipv6(0)));
        for (int i = 0; i < 3; i++) {
            send(four, 4, Loopback.port(port(only)));
        }
        Call<Datagram> receive = parked(() -> only.receive(new byte[9], 0, 9));
        send(four, 4, Loopback.port(port(only)));
        send(six, 6, Loopback.ipv6(port(only)));

        assertThat(receive.result()).isEqualTo(new Datagram(Udp.address(six), 6, 6));
        assertThatThrownBy(() -> only.send(new byte[1], 0, 1, Udp.address(four)))
                .isExactlyInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> only.connect(Udp.address(four)))
                .isExactlyInstanceOf(UnsupportedAddressTypeException.class);
        send(only, 7, Udp.address(six));
        assertThat(receive(six).length()).isEqualTo(7);
        if (!flavor.isOn("selector")) {
            try (DatagramSocket beside = new DatagramSocket(Loopback.port(port(only)))) {
                assertThat(beside.getLocalPort()).isEqualTo(port(only));
            }
        }
    }

    @Test
    void aSocketOfIpv4AloneRefusesIpv6() throws Exception {
        UdpSocket only = Held.hold(UdpSocket.open(loop, StandardProtocolFamily.INET).bind(null));
        UdpSocket four = Udp.bound(loop);
        assertThatThrownBy(() -> only.send(new byte[1], 0, 1, Loopback.ipv6(7)))
                .isExactlyInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> only.join(InetAddress.ofLiteral("ff01::7"), ownInterface()))
                .isExactlyInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> UdpSocket.open(loop, StandardProtocolFamily.UNIX))
                .isExactlyInstanceOf(UnsupportedOperationException.class);
        send(only, 4, Udp.address(four));
        assertThat(receive(four)).isEqualTo(new Datagram(Loopback.port(port(only)), 4, 4));
    }

    @Test
    void theWildcardAddressReachesThisMachine() throws Exception {
        UdpSocket far = Held.hold(UdpSocket.open(loop).bind(null));
        UdpSocket near = Udp.bound(loop);
        send(near, 3, new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), port(far)));

        assertThat(receive(far)).isEqualTo(new Datagram(Udp.address(near), 3, 3));
    }

    // ---- groups ----

    @Test
    void aMemberHearsTheGroupUntilItLeaves() throws Exception {
        UdpSocket ofIpv4 = UdpSocket.open(loop, StandardProtocolFamily.INET).bind(null);
        List<UdpSocket> members =
                flavor.isOn("kqueue") ? List.of(ofIpv4) : List.of(UdpSocket.open(loop).bind(null), ofIpv4);
        for (UdpSocket member : members) {
            InetAddress group = group();
            UdpSocket near = Udp.bound(loop).setOption(IP_MULTICAST_IF, ownInterface());
            InetSocketAddress to = new InetSocketAddress(group, port(member));
            send(near, 1, to);   // to nobody
            MulticastMembership membership = member.join(group, ownInterface());
            assertThat(membership.isValid()).isTrue();
            send(near, 2, to);
            assertThat(receive(member)).isEqualTo(new Datagram(Udp.address(near), 2, 2));

            membership.drop();
            membership.close();
            assertThat(membership.isValid()).isFalse();
            send(near, 3, to);
            send(near, 4, Loopback.port(port(member)));
            assertThat(receive(member).length()).isEqualTo(4);
            try (MulticastMembership again = member.join(group, ownInterface())) {
                send(near, 5, to);
                assertThat(receive(member).length()).isEqualTo(5);
                assertThat(again.group()).isEqualTo(group);
                assertThat(again.networkInterface()).isEqualTo(ownInterface());
                assertThat(again.source()).isNull();
                assertThat(again).hasToString("MulticastMembership[" + group.getHostAddress() + " on "
                        + ownInterface().getName() + "]");
            }
        }
    }

    @Test
    void aMemberOfIpv6HearsTheGroupUntilItLeaves() throws Exception {
        requireIpv6();
        UdpSocket member = Held.hold(UdpSocket.openIpv6Only(loop).bind(null));
        UdpSocket near = Held.hold(UdpSocket.bind(loop, Loopback.ipv6(0))).setOption(IP_MULTICAST_IF, ownInterface());
        InetAddress group = InetAddress.ofLiteral("ff01::" + Integer.toHexString(port(near)));
        MulticastMembership membership = member.join(group, ownInterface());
        try {
            near.send(new byte[2], 0, 2, new InetSocketAddress(group, port(member)));
        } catch (NoRouteToHostException e) {
            abort("this machine has no way to groups of IPv6 on its own interface: " + e.getMessage());
        }
        assertThat(receive(member).length()).isEqualTo(2);
        membership.drop();
        send(near, 3, new InetSocketAddress(group, port(member)));
        send(near, 4, Loopback.ipv6(port(member)));
        assertThat(receive(member).length()).isEqualTo(4);
    }

    @Test
    void whoHasNotJoinedHearsNothingThoughAnotherSocketHas() throws Exception {
        List<StandardProtocolFamily> families = flavor.isOn("kqueue")
                ? List.of(StandardProtocolFamily.INET)
                : List.of(StandardProtocolFamily.INET, StandardProtocolFamily.INET6);
        for (StandardProtocolFamily family : families) {
            InetAddress group = group();
            UdpSocket member = Held.hold(UdpSocket.open(loop, family).setOption(SO_REUSEADDR, true).bind(null));
            UdpSocket beside = Held.hold(UdpSocket.open(loop, family).setOption(SO_REUSEADDR, true)
                    .bind(new InetSocketAddress(port(member))));
            Held.hold(member.join(group, ownInterface()));
            UdpSocket near = Udp.bound(loop).setOption(IP_MULTICAST_IF, ownInterface());
            send(near, 1, new InetSocketAddress(group, port(member)));

            assertThat(receive(member).length()).isOne();
            assertThat(failure(beside)).hasMessage("Receive timed out");
        }
    }

    private Throwable failure(UdpSocket socket) throws Exception {
        return failureOf(() -> socket.receive(new byte[9], 0, 9, Duration.ofMillis(30)));
    }

    @Test
    void aMemberMayHearOneSenderAlone() throws Exception {
        assumeTrue(!flavor.isOn("kqueue"), "on macOS and FreeBSD there are no groups of one sender");
        InetAddress group = group();
        UdpSocket member = Held.hold(UdpSocket.open(loop, StandardProtocolFamily.INET).bind(null));
        InetSocketAddress to = new InetSocketAddress(group, port(member));
        UdpSocket heard = Held.hold(UdpSocket.bind(loop, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.7"), 0)));
        UdpSocket other = Udp.bound(loop);
        heard.setOption(IP_MULTICAST_IF, ownInterface());
        other.setOption(IP_MULTICAST_IF, ownInterface());
        MulticastMembership membership = member.join(group, ownInterface(), InetAddress.ofLiteral("127.0.0.7"));
        send(other, 1, to);
        send(heard, 2, to);

        assertThat(receive(member)).isEqualTo(new Datagram(Udp.address(heard), 2, 2));
        assertThat(membership.source()).isEqualTo(InetAddress.ofLiteral("127.0.0.7"));
        assertThat(membership).asString().contains(" from 127.0.0.7]");
        assertThatThrownBy(() -> member.join(group, ownInterface())).isInstanceOf(IllegalStateException.class);
        membership.drop();
        send(heard, 3, to);
        send(heard, 4, Loopback.port(port(member)));
        assertThat(receive(member).length()).isEqualTo(4);
    }

    @Test
    void aSystemThatHearsLessOfGroupsSaysSo() throws Exception {
        assumeTrue(flavor.isOn("kqueue"), "this backend hears all");
        UdpSocket ofBoth = UdpSocket.open(loop).bind(null);
        UdpSocket ofIpv4 = UdpSocket.open(loop, StandardProtocolFamily.INET).bind(null);
        assertThatThrownBy(() -> ofBoth.join(group(), ownInterface()))
                .isExactlyInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> ofIpv4.join(group(), ownInterface(), InetAddress.ofLiteral("127.0.0.7")))
                .isExactlyInstanceOf(UnsupportedOperationException.class).hasMessageContaining("one sender");
        assertThat(ofBoth.isOpen()).isTrue();
        assertThat(ofIpv4.isOpen()).isTrue();
    }

    @Test
    void whatIsNoGroupOrJoinedAlreadyIsRefused() throws Exception {
        UdpSocket socket = Udp.bound(loop);
        InetAddress group = group();
        InetAddress own = Loopback.anyPort().getAddress();
        assertThatThrownBy(() -> socket.join(own, ownInterface())).isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessage("not a multicast address: 127.0.0.1");
        assertThatThrownBy(() -> socket.join(group, ownInterface(), group))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        Held.hold(socket.join(group, ownInterface()));
        assertThatThrownBy(() -> socket.join(group, ownInterface())).isExactlyInstanceOf(IllegalStateException.class)
                .hasMessage("already a member of " + group.getHostAddress() + " on " + ownInterface().getName());
        assertThatThrownBy(() -> socket.join(group, ownInterface(), own)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void aMembershipEndsWithItsSocket() throws Exception {
        UdpSocket socket = Udp.bound(loop);
        MulticastMembership membership = socket.join(group(), ownInterface());
        socket.close();

        assertThat(membership.isValid()).isFalse();
        membership.drop();
        assertThat(failureOf(() -> socket.join(group(), ownInterface())))
                .isExactlyInstanceOf(ClosedChannelException.class);
    }

    // ---- everybody ----

    @Test
    void whoMaySendsToEverybody() throws Exception {
        UdpSocket far = Held.hold(UdpSocket.open(loop, StandardProtocolFamily.INET).bind(null));
        UdpSocket near = Held.hold(UdpSocket.open(loop).bind(null));
        InetSocketAddress everybody = new InetSocketAddress(EVERYBODY_HERE, port(far));
        assertThat(failureOf(() -> {
            near.send(new byte[1], 0, 1, everybody);
            return null;
        })).isExactlyInstanceOf(SocketException.class).hasMessageStartingWith("Permission denied");

        near.setOption(SO_BROADCAST, true);
        send(near, 2, everybody);
        assertThat(receive(far).length()).isEqualTo(2);
    }

    // ---- options ----

    @Test
    void everyOptionIsToldAsItWasSet() throws Exception {
        for (UdpSocket socket : List.of(UdpSocket.open(loop), UdpSocket.open(loop, StandardProtocolFamily.INET))) {
            assertThat(socket.supportedOptions()).containsExactlyInAnyOrder(SO_RCVBUF, SO_SNDBUF, SO_REUSEADDR,
                    SO_REUSEPORT, SO_BROADCAST, IP_TOS, IP_MULTICAST_IF, IP_MULTICAST_TTL, IP_MULTICAST_LOOP);
            assertThat(socket.getOption(SO_BROADCAST)).isFalse();
            assertThat(socket.getOption(IP_MULTICAST_TTL)).isOne();
            assertThat(socket.getOption(IP_MULTICAST_LOOP)).isTrue();
            assertThat(socket.getOption(IP_MULTICAST_IF)).isNull();
            assertTold(socket, SO_RCVBUF, 20_000);
            assertTold(socket, SO_SNDBUF, 20_000);
            assertTold(socket, IP_TOS, 0x10);
            assertTold(socket, IP_MULTICAST_TTL, 255);
            assertTold(socket, IP_MULTICAST_TTL, 0);
            assertTold(socket, IP_MULTICAST_IF, ownInterface());
            for (boolean value : new boolean[] {true, false}) {
                assertTold(socket, SO_REUSEADDR, value);
                assertTold(socket, SO_REUSEPORT, value);
                assertTold(socket, SO_BROADCAST, value);
                assertTold(socket, IP_MULTICAST_LOOP, value);
            }
        }
    }

    private static <T> void assertTold(UdpSocket socket, SocketOption<T> option, T value) throws IOException {
        assertThat(socket.setOption(option, value)).isSameAs(socket);
        assertThat(socket.getOption(option)).as(option.name()).isEqualTo(value);
    }

    @Test
    void anOptionOrAValueThatThereIsNotIsRefused() throws Exception {
        UdpSocket socket = Udp.bound(loop);
        for (int hops : new int[] {-1, 256}) {
            assertThatThrownBy(() -> socket.setOption(IP_MULTICAST_TTL, hops))
                    .isExactlyInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> socket.setOption(SO_RCVBUF, -1)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket.setOption(TCP_NODELAY, true))
                .isExactlyInstanceOf(UnsupportedOperationException.class).hasMessage("'TCP_NODELAY' not supported");
    }

    @Test
    void socketsThatAgreeShareAPort() throws Exception {
        UdpSocket one = Held.hold(UdpSocket.open(loop).setOption(SO_REUSEPORT, true).bind(Loopback.anyPort()));
        UdpSocket two = Held.hold(UdpSocket.open(loop).setOption(SO_REUSEPORT, true).bind(Udp.local(one)));

        assertThat(port(two)).isEqualTo(port(one));
    }
}
