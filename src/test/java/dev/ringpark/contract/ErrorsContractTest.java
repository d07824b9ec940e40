package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.net.BindException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.AlreadyConnectedException;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What the network does, in the classes and the words of java.net. */
class ErrorsContractTest extends Contract {

    // ---- connect ----

    @Test
    void aRefusedConnectSaysSoAndClosesTheSocket() throws Exception {
        InetSocketAddress nobody = ownAddress();
        TcpSocket socket = TcpSocket.open(loop);

        assertThat(failureOf(() -> socket.connect(nobody)))
                .isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
        assertThat(socket.isOpen()).isFalse();
        assertThat(socket.isConnected()).isFalse();
        assertThat(failureOf(() -> TcpSocket.connect(loop, nobody)))
                .isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
        assertThat(failureOf(() -> TcpSocket.connect(loop, nobody, Duration.ofMinutes(1))))
                .isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
    }

    @Test
    void aConnectThatIsRefusedWhileItWaitsSaysSo() throws Exception {
        Blackhole blackhole = new Blackhole();
        Call<TcpSocket> connect = parked(() -> TcpSocket.connect(loop, blackhole.address()));
        blackhole.close();   // Linux knocks again after a second, and nobody is there

        assertThat(connect.failure()).isExactlyInstanceOf(ConnectException.class).hasMessage("Connection refused");
    }

    /** TCP has no way to a group: the system says so without sending anything. */
    @Test
    void aConnectWithoutAWaySaysSoAndClosesTheSocket() throws Exception {
        TcpSocket socket = TcpSocket.open(loop);

        assertThat(failureOf(() -> socket.connect(new InetSocketAddress(InetAddress.ofLiteral("224.0.0.1"), 9))))
                .isExactlyInstanceOf(NoRouteToHostException.class).hasMessage("Network is unreachable");
        assertThat(socket.isOpen()).isFalse();
    }

    @Test
    void aSecondConnectIsRefusedAndTheConnectionLivesOn() throws Exception {
        Pair pair = pair();
        InetSocketAddress nobody = ownAddress();
        assertThat(failureOf(() -> pair.near().connect(nobody)))
                .isExactlyInstanceOf(AlreadyConnectedException.class);

        call(() -> pair.far().write(Sequence.bytes(4), 0, 4)).result();
        assertThat(call(() -> Flow.read(pair.near(), 4, 4)).result()).isEqualTo(4);
    }

    // ---- bind ----

    @Test
    void aPortInUseIsNotBoundTwice() throws Exception {
        InetSocketAddress address = ownAddress();
        TcpListener first = TcpListener.bind(loop, address);

        assertThat(failureOf(() -> TcpListener.bind(loop, address)))
                .isExactlyInstanceOf(BindException.class).hasMessage("Address already in use");
        TcpListener second = TcpListener.open(loop);
        assertThat(failureOf(() -> second.bind(address)))
                .isExactlyInstanceOf(BindException.class).hasMessage("Address already in use");
        assertThat(second.isOpen()).isTrue();
        TcpSocket socket = TcpSocket.open(loop);
        assertThat(failureOf(() -> socket.bind(address)))
                .isExactlyInstanceOf(BindException.class).hasMessage("Address already in use");
        assertThat(socket.isOpen()).isTrue();
        first.close();
        assertThat(second.bind(address).getLocalAddress()).isEqualTo(address);
    }

    /** An address of the block that is reserved for documentation. */
    @Test
    void anAddressThatIsNotThisMachinesIsNotBound() throws Exception {
        InetSocketAddress elsewhere = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.1"), 0);

        assertThat(failureOf(() -> TcpListener.bind(loop, elsewhere)))
                .isExactlyInstanceOf(BindException.class).hasMessage("Cannot assign requested address");
        TcpSocket socket = TcpSocket.open(loop);
        assertThat(failureOf(() -> socket.bind(elsewhere)))
                .isExactlyInstanceOf(BindException.class).hasMessage("Cannot assign requested address");
        assertThat(socket.isOpen()).isTrue();
    }

    // ---- a peer that has gone ----

    @Test
    void aResetEndsAParkedReadWithConnectionReset() throws Exception {
        Outside connection = outside();
        Call<Integer> read = parked(() -> connection.near().read(new byte[1], 0, 1));
        connection.reset();

        assertReset(read.failure());
        assertThat(connection.near().isOpen()).isTrue();
    }

    @Test
    void aReadAfterAResetSaysConnectionResetEachTime() throws Exception {
        Outside connection = outside();
        connection.reset();

        for (int i = 0; i < 3; i++) {
            assertReset(failureOf(() -> connection.near().read(new byte[1], 0, 1)));
            assertReset(failureOf(() -> connection.near().read(ByteBuffer.allocateDirect(1))));
            assertReset(failureOf(() -> connection.near().in().read()));
        }
        assertThat(connection.near().isOpen()).isTrue();
    }

    @Test
    void whatHadComeBeforeAResetIsStillReadAfterAWriteHasMetIt() throws Exception {
        Outside connection = outside();
        connection.write(new byte[] {4, 1, 3});
        connection.reset();
        assertReset(failureOf(() -> connection.near().write(new byte[1], 0, 1)));

        byte[] answer = new byte[8];
        assertThat(connection.near().read(answer, 0, 8)).isEqualTo(3);
        assertThat(answer).startsWith(4, 1, 3);
        assertReset(failureOf(() -> connection.near().read(answer, 0, 8)));
    }

    @Test
    void aResetEndsAParkedWriteWithConnectionReset() throws Exception {
        Outside connection = outside();
        Call<Void> write = parked(Flow.writeTooMuch(connection.near()));
        connection.reset();

        assertReset(write.failure());
    }

    @Test
    void aWriteAfterAResetFailsAndTheNextOneIsABrokenPipe() throws Exception {
        Outside connection = outside();
        connection.reset();

        assertReset(failureOf(() -> connection.near().write(new byte[1], 0, 1)));
        assertBrokenPipe(failureOf(() -> connection.near().write(new byte[1], 0, 1)));
        assertThat(connection.near().isOpen()).isTrue();
    }

    @Test
    void aWriteToAPeerThatHasClosedIsABrokenPipeOnceTheAnswerHasCome() throws Exception {
        Outside connection = outside();
        connection.far().close();

        assertThat(call(() -> connection.near().write(new byte[1], 0, 1)).result()).isEqualTo(1);
        assertBrokenPipe(failureOf(() -> connection.near().write(new byte[1], 0, 1)));
        assertBrokenPipe(failureOf(() -> connection.near().write(ByteBuffer.allocateDirect(1))));
        assertBrokenPipe(failureOf(() -> {
            connection.near().out().write(1);
            return null;
        }));
        assertThat(connection.near().isOpen()).isTrue();
    }

    /** The system tells one of them of it, and to the other pretends that the stream just ended. */
    @Test
    void aResetThatAWriterMeetsIsNoEndForTheReader() throws Exception {
        ByteBuffer source = ByteBuffer.allocateDirect(16 << 20);   // which the system is given as it is
        for (int round = 0; round < 20; round++) {
            Outside connection = outside();
            connection.near().setOption(StandardSocketOptions.SO_SNDBUF, 4096);
            Call<Integer> read = parked(() -> connection.near().read(new byte[1], 0, 1));
            Call<Void> write = call(Thread.ofPlatform()::start, () -> {
                source.clear();
                while (source.hasRemaining()) {
                    connection.near().write(source);
                }
                return null;
            });
            Eventually.until(() -> loop.stats().submitted() - loop.stats().completed() == 2, "both wait");
            connection.reset();

            assertReset(read.failure());
            write.awaitEnd();
        }
    }

    @Test
    void theRemoteAddressIsKnownAfterAReset() throws Exception {
        Outside connection = outside();
        Object remote = connection.near().getRemoteAddress();
        connection.reset();
        assertReset(failureOf(() -> connection.near().read(new byte[1], 0, 1)));

        assertThat(connection.near().getRemoteAddress()).isEqualTo(remote).isNotNull();
    }

    @Test
    void aConnectionThatWasResetBeforeItsAcceptIsAcceptedOrPassedOver() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        InetSocketAddress address = (InetSocketAddress) listener.getLocalAddress();
        Socket vanished = new Socket(address.getAddress(), address.getPort());
        Object vanishedAddress = vanished.getLocalSocketAddress();
        vanished.setSoLinger(true, 0);
        vanished.close();
        Socket peer = closeLater(new Socket(address.getAddress(), address.getPort()));

        TcpSocket accepted = call(() -> listener.accept()).result();
        if (accepted.getRemoteAddress().equals(vanishedAddress)) {
            assertReset(failureOf(() -> accepted.read(new byte[1], 0, 1)));
            assertThat(call(() -> listener.accept()).result().getRemoteAddress())
                    .isEqualTo(peer.getLocalSocketAddress());
        } else {
            assertThat(accepted.getRemoteAddress()).isEqualTo(peer.getLocalSocketAddress());
        }
    }

    private static void assertReset(Throwable failure) {
        assertThat(failure).isExactlyInstanceOf(SocketException.class).hasMessage("Connection reset");
    }

    private static void assertBrokenPipe(Throwable failure) {
        assertThat(failure).isExactlyInstanceOf(SocketException.class).hasMessage("Broken pipe");
    }

    // ---- no backend ----

    @Test
    void aBackendThatDoesNotExistIsRefusedWithItsNameAndThoseThatDo() {
        assertThat(catchThrowable(
                () -> flavor.start(flavor.options().withBackend("carrier-pigeon"))))
                .isExactlyInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("carrier-pigeon").hasMessageContaining("io_uring")
                .hasMessageContaining("selector");
    }
}
