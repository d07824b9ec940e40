package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.ringpark.CarrierLoop;
import dev.ringpark.Datagram;
import dev.ringpark.UdpSocket;
import java.lang.foreign.MemorySegment;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.PortUnreachableException;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyBoundException;
import java.nio.channels.AlreadyConnectedException;
import java.nio.channels.AsynchronousCloseException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.NotYetConnectedException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;

/** What a socket for datagrams is connected to, and how its calls and it itself end. */
class UdpLifeContractTest extends Contract {
    private static final Duration SHORT = Duration.ofMillis(30);
    private static final String LEAKS = "ringpark.leaks";

    private Void send(UdpSocket socket, int bytes) throws Exception {
        return call(() -> sendHere(socket, bytes)).result();
    }

    private static Void sendHere(UdpSocket socket, int bytes) throws Exception {
        socket.send(Sequence.bytes(bytes), 0, bytes);
        return null;
    }

    private Void send(UdpSocket socket, int bytes, SocketAddress to) throws Exception {
        return call(() -> {
            socket.send(Sequence.bytes(bytes), 0, bytes, to);
            return (Void) null;
        }).result();
    }

    private Datagram receive(UdpSocket socket) throws Exception {
        return call(() -> socket.receive(new byte[2000], 0, 2000)).result();
    }

    // ---- connected ----

    @Test
    void aConnectedSocketSendsToItsPeerAndHearsNobodyElse() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        UdpSocket other = Udp.bound(loop);
        send(other, 1, Udp.address(near));   // dropped by the connect
        assertThat(near.isConnected()).isFalse();
        assertThat(near.getRemoteAddress()).isNull();
        call(() -> near.connect(Udp.address(far))).result();
        send(other, 2, Udp.address(near));   // dropped by the system
        send(far, 3, Udp.address(near));
        send(near, 4);
        send(near, 5, Udp.address(far));

        assertThat(receive(near)).isEqualTo(new Datagram(Udp.address(far), 3, 3));
        assertThat(receive(far)).isEqualTo(new Datagram(Udp.address(near), 4, 4));
        assertThat(receive(far)).isEqualTo(new Datagram(Udp.address(near), 5, 5));
        assertThat(near.isConnected()).isTrue();
        assertThat(near.getRemoteAddress()).isEqualTo(Udp.address(far));
        assertThat(near).asString().contains(" to " + Udp.address(far));
    }

    @Test
    void aConnectedSocketIsConnectedOnceAndToOne() throws Exception {
        Udp pair = Udp.connected(loop);
        InetSocketAddress other = Udp.address(Udp.bound(loop));

        assertThat(failureOf(() -> pair.near().connect(other))).isExactlyInstanceOf(AlreadyConnectedException.class);
        assertThat(failureOf(() -> send(pair.near(), 1, other))).isInstanceOf(AssertionError.class)
                .hasCauseExactlyInstanceOf(AlreadyConnectedException.class);
        send(pair.near(), 6);
        assertThat(receive(pair.far()).length()).isEqualTo(6);
    }

    @Test
    void aSocketThatWasDisconnectedKeepsItsPortAndHearsEverybody() throws Exception {
        InetSocketAddress[] ways = {Loopback.anyPort(), new InetSocketAddress(0)};
        for (InetSocketAddress way : ways) {
            UdpSocket near = Held.hold(UdpSocket.bind(loop, way));
            SocketAddress before = near.getLocalAddress();
            UdpSocket far = Udp.bound(loop);
            UdpSocket other = Udp.bound(loop);
            call(() -> near.connect(Udp.address(far)).disconnect().disconnect()).result();
            assertThat(near.getLocalAddress()).isEqualTo(before);
            assertThat(near.getRemoteAddress()).isNull();
            assertThat(failureOf(() -> sendHere(near, 1))).isExactlyInstanceOf(NotYetConnectedException.class);
            assertThat(failureOf(() -> near.receiveFromPeer(new byte[1], 0, 1)))
                    .isExactlyInstanceOf(NotYetConnectedException.class);

            send(other, 7, Udp.local(near));
            assertThat(receive(near)).isEqualTo(new Datagram(Udp.address(other), 7, 7));
            send(near, 8, Udp.address(other));
            assertThat(receive(other)).isEqualTo(new Datagram(Udp.local(near), 8, 8));
        }
    }

    /** Linux forgets a port of its own choice with the peer, and somebody else may have taken it on another address. */
    @Test
    void aDisconnectThatCannotKeepItsPortLeavesASocketWithoutOne() throws Exception {
        UdpSocket far = Udp.bound(loop);
        UdpSocket near = Held.hold(UdpSocket.open(loop, StandardProtocolFamily.INET));
        call(() -> near.connect(Udp.address(far))).result();
        int port = Udp.address(near).getPort();
        Held.hold(UdpSocket.bind(loop, new InetSocketAddress(InetAddress.ofLiteral("127.0.0.2"), port)));

        assertThat(failureOf(near::disconnect)).isExactlyInstanceOf(BindException.class);

        assertThat(near.isConnected()).isFalse();
        assertThat(near.getRemoteAddress()).isNull();
        send(near, 8, Udp.address(far));
        assertThat(receive(far).length()).isEqualTo(8);
        assumeTrue(!flavor.isOn("selector"), "java.nio does not ask again which port it has");
        send(far, 9, Udp.local(near));
        assertThat(receive(near).length()).isEqualTo(9);
    }

    @Test
    void aReceiveThatWaitsGoesOnThroughAConnectAndADisconnect() throws Exception {
        UdpSocket near = Udp.bound(loop);
        UdpSocket far = Udp.bound(loop);
        UdpSocket other = Udp.bound(loop);
        Call<Datagram> first = parked(() -> near.receive(new byte[9], 0, 9));
        call(() -> near.connect(Udp.address(far))).result();
        send(other, 1, Udp.address(near));
        send(far, 2, Udp.address(near));
        assertThat(first.result()).isEqualTo(new Datagram(Udp.address(far), 2, 2));

        Call<Integer> second = parked(() -> near.receiveFromPeer(new byte[9], 0, 9));
        call(() -> near.disconnect()).result();
        send(other, 3, Udp.address(near));
        assertThat(second.result()).isEqualTo(3);
    }

    @Test
    void thatNobodyHasThePeersPortIsToldOnAConnectedSocketAndItGoesOn() throws Exception {
        DatagramSocket nobody = closeLater(Udp.deaf());
        UdpSocket near = Held.hold(UdpSocket.connect(loop, nobody.getLocalSocketAddress()));
        List<Callable<?>> ways = List.of(() -> near.receive(new byte[9], 0, 9),
                () -> near.receive(new byte[60_000], 0, 60_000), () -> near.receive(ByteBuffer.allocateDirect(9)),
                () -> near.receiveFromPeer(new byte[9], 0, 9),
                () -> near.receiveFromPeer(ByteBuffer.allocateDirect(9)));
        for (Callable<?> way : ways) {
            Call<?> waiting = parked(way::call);
            send(near, 5);
            assertThat(waiting.failure()).isExactlyInstanceOf(PortUnreachableException.class);
            send(near, 5);
            assertThat(failureOf(way)).isExactlyInstanceOf(PortUnreachableException.class);
        }
        assertThat(near.isOpen()).isTrue();
        assertThat(failureOf(() -> near.receive(new byte[9], 0, 9, SHORT)))
                .isExactlyInstanceOf(SocketTimeoutException.class);
        UdpSocket far = Udp.bound(loop);
        send(near, 5);
        call(() -> near.disconnect()).result();
        send(far, 6, Udp.address(near));
        assertThat(receive(near).length()).as("after an error of the former peer's").isEqualTo(6);
    }

    @Test
    void thatNobodyHasThePortIsNoMatterForASocketThatIsNotConnected() throws Exception {
        DatagramSocket nobody = closeLater(Udp.deaf());
        UdpSocket near = Udp.bound(loop);
        send(near, 5, nobody.getLocalSocketAddress());
        send(near, 6, nobody.getLocalSocketAddress());
        send(near, 7, Udp.address(near));

        assertThat(receive(near).length()).isEqualTo(7);
    }

    // ---- timeouts ----

    @Test
    void aReceiveTimesOutAndTheSocketStaysOpenAndLosesNothing() throws Exception {
        Udp pair = Udp.connected(loop);
        List<Callable<?>> ways = List.of(() -> pair.near().receive(new byte[9], 0, 9, SHORT),
                () -> pair.near().receive(new byte[60_000], 0, 60_000, SHORT),
                () -> pair.near().receive(ByteBuffer.allocate(9), SHORT),
                () -> pair.near().receive(ByteBuffer.allocateDirect(9), SHORT),
                () -> pair.near().receive(MemorySegment.ofArray(new byte[9]), SHORT),
                () -> pair.near().receiveFromPeer(new byte[9], 0, 9, SHORT),
                () -> pair.near().receiveFromPeer(ByteBuffer.allocateDirect(9), SHORT),
                () -> pair.near().receiveFromPeer(MemorySegment.ofArray(new byte[9]), SHORT));
        for (Callable<?> way : ways) {
            assertTimesOut(way);
        }
        assertThat(pair.near().setReceiveTimeout(SHORT).getReceiveTimeout()).isEqualTo(SHORT);
        assertTimesOut(() -> pair.near().receive(new byte[9], 0, 9));
        assertTimesOut(() -> pair.near().receiveFromPeer(new byte[9], 0, 9));
        send(pair.far(), 5);
        assertThat(receive(pair.near()).length()).isEqualTo(5);
    }

    private void assertTimesOut(Callable<?> body) throws Exception {
        long start = System.nanoTime();
        assertThat(failureOf(body)).isExactlyInstanceOf(SocketTimeoutException.class).hasMessage("Receive timed out");
        assertThat(Duration.ofNanos(System.nanoTime() - start)).isBetween(SHORT, SHORT.plusSeconds(2));
    }

    @Test
    void timeSpentWaitingForTheTurnCounts() throws Exception {
        UdpSocket near = Udp.bound(loop);
        Call<Datagram> first = parked(() -> near.receive(new byte[9], 0, 9));
        assertTimesOut(() -> near.receive(new byte[9], 0, 9, SHORT));
        assertThat(first.isDone()).isFalse();
    }

    // ---- the end ----

    private static List<Callable<?>> receives(UdpSocket socket) {
        return List.of(() -> socket.receive(new byte[9], 0, 9), () -> socket.receive(new byte[60_000], 0, 60_000),
                () -> socket.receive(ByteBuffer.allocateDirect(9)), () -> socket.receiveFromPeer(new byte[9], 0, 9),
                () -> socket.receiveFromPeer(ByteBuffer.allocateDirect(9)));
    }

    @Test
    void anInterruptClosesTheSocketAndTheStatusStays() throws Exception {
        for (int way = 0; way < 5; way++) {
            UdpSocket socket = Udp.connected(loop).near();
            Call<?> receive = parked(receives(socket).get(way));
            receive.thread().interrupt();
            assertThat(receive.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
            assertThat(receive.endedInterrupted()).isTrue();
            assertThat(socket.isOpen()).isFalse();
        }
        UdpSocket socket = Udp.connected(loop).near();
        Call<Void> send = call(() -> {
            Thread.currentThread().interrupt();
            return sendHere(socket, 3);
        });
        assertThat(send.failure()).isExactlyInstanceOf(ClosedByInterruptException.class);
        assertThat(send.endedInterrupted()).isTrue();
        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void aCloseEndsTheWaitingCallsOfEveryThread() throws Exception {
        List<Function<Runnable, Thread>> starters = List.of(loop::startVirtualThread, Thread.ofVirtual()::start,
                Thread.ofPlatform()::start, anotherLoop()::startVirtualThread, loop::startVirtualThread);
        for (int way = 0; way < 5; way++) {
            UdpSocket socket = Udp.connected(loop).near();
            Call<?> receive = call(starters.get(way), receives(socket).get(way)).whenParked();
            Call<Datagram> next = parked(() -> socket.receive(new byte[9], 0, 9));
            socket.close();
            assertThat(receive.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
            assertThat(next.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        }
    }

    @Test
    void aClosedSocketSaysSoAndItsPortIsFree() throws Exception {
        UdpSocket socket = Udp.connected(loop).near();
        InetSocketAddress local = Udp.address(socket);
        socket.close();
        socket.close();
        List<Callable<?>> calls = List.of(() -> socket.receive(new byte[9], 0, 9),
                () -> socket.receive(new byte[0], 0, 0), () -> socket.receiveFromPeer(new byte[9], 0, 9),
                () -> sendHere(socket, 1), () -> send(socket, 1, local), () -> socket.connect(local),
                socket::disconnect, () -> socket.bind(null), socket::getLocalAddress, socket::getRemoteAddress);
        for (Callable<?> call : calls) {
            Throwable failure = failureOf(call);
            assertThat(failure instanceof AssertionError ? failure.getCause() : failure)
                    .isExactlyInstanceOf(ClosedChannelException.class);
        }
        assertThat(Udp.address(UdpSocket.bind(loop, local))).isEqualTo(local);
        assertThat(socket).asString().endsWith(", closed]");
    }

    @Test
    void theLoopsEndIsTheEndOfItsSockets() throws Exception {
        CarrierLoop ending = anotherLoop();
        UdpSocket socket = Udp.connected(ending).near();
        Call<Datagram> receive = new Call<>(ending, ending::startVirtualThread,
                () -> socket.receive(new byte[9], 0, 9)).whenParked();
        ending.close();

        assertThat(receive.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(socket.isOpen()).isFalse();
        assertThatThrownBy(() -> UdpSocket.open(ending)).isExactlyInstanceOf(IllegalStateException.class);
    }

    @Test
    void aLostSocketIsClosedAndReported() throws Exception {
        System.setProperty(LEAKS, "report");
        try (Logged logged = new Logged(Level.WARNING); CarrierLoop reporting = flavor.start()) {
            OpenDescriptors before = new OpenDescriptors();
            lose(reporting);
            Eventually.until(() -> {
                System.gc();
                return !logged.records().isEmpty() && before.more().isEmpty();
            }, "closed and reported a lost socket");
            assertThat(logged.records().getFirst().getThrown()).hasMessageStartingWith("UdpSocket opened by ");
        } finally {
            System.clearProperty(LEAKS);
        }
    }

    private static void lose(CarrierLoop loop) throws Exception {
        assertThat(UdpSocket.bind(loop, Loopback.anyPort()).isOpen()).isTrue();
    }

    // ---- refused ----

    @Test
    void anAddressThatIsTakenOrElsewhereCannotBeBound() throws Exception {
        UdpSocket socket = Udp.bound(loop);
        InetSocketAddress taken = Udp.address(socket);
        assertThat(failureOf(() -> UdpSocket.bind(loop, taken))).isExactlyInstanceOf(BindException.class)
                .hasMessage("Address already in use");
        InetSocketAddress elsewhere = new InetSocketAddress(InetAddress.ofLiteral("198.51.100.7"), 0);
        assertThat(failureOf(() -> UdpSocket.bind(loop, elsewhere))).isExactlyInstanceOf(BindException.class)
                .hasMessage("Cannot assign requested address");
        assertThat(failureOf(() -> socket.bind(null))).isExactlyInstanceOf(AlreadyBoundException.class);
    }

    @Test
    void whatIsNoAddressIsRefused() throws Exception {
        UdpSocket socket = Udp.bound(loop);
        byte[] one = new byte[1];
        SocketAddress unresolved = InetSocketAddress.createUnresolved("nowhere.invalid", 7);
        SocketAddress path = UnixDomainSocketAddress.of("x");
        assertThat(failureOf(() -> socket.connect(unresolved))).isExactlyInstanceOf(UnresolvedAddressException.class);
        assertThat(failureOf(() -> socket.connect(path))).isExactlyInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> socket.send(one, 0, 1, unresolved)).isInstanceOf(UnresolvedAddressException.class);
        assertThatThrownBy(() -> socket.send(one, 0, 1, path)).isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> socket.send(one, 0, 1, Loopback.ipv6(7)))
                .as("of a socket of IPv4").isInstanceOf(UnsupportedAddressTypeException.class);
        assertThatThrownBy(() -> socket.send(one, 0, 1, Loopback.port(0)))
                .isExactlyInstanceOf(SocketException.class).hasMessage("Can't send to port 0");
        assertThatThrownBy(() -> socket.send(one, 0, 1, (SocketAddress) null)).hasMessage("target");
    }

    @Test
    void mistakesAreRefusedBeforeAnythingHappens() throws Exception {
        Udp pair = Udp.connected(loop);
        UdpSocket socket = pair.near();
        send(pair.far(), 3);
        Duration negative = Duration.ofMillis(-1);
        assertThatThrownBy(() -> socket.receive(ByteBuffer.allocate(1).asReadOnlyBuffer()))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessage("Read-only buffer");
        assertThatThrownBy(() -> socket.receiveFromPeer(MemorySegment.ofArray(new byte[1]).asReadOnly()))
                .isExactlyInstanceOf(IllegalArgumentException.class).hasMessage("Read-only segment");
        assertThatThrownBy(() -> socket.receive(new byte[4], 2, 3)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> socket.receiveFromPeer(new byte[4], -1, 1))
                .isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> socket.send(new byte[4], 0, 5)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> socket.receive(Arenas.freedSegment(8))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> socket.receive(Arenas.freedBuffer(8))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> socket.send(Arenas.freedSegment(8))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> socket.receive(new byte[1], 0, 1, negative))
                .isExactlyInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> socket.setSendTimeout(negative)).isExactlyInstanceOf(IllegalArgumentException.class);
        assertThat(receive(socket).length()).isEqualTo(3);
    }
}
