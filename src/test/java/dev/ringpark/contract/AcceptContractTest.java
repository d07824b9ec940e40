package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.channels.ClosedChannelException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** Accepting: each connection to exactly one, whoever comes first. */
class AcceptContractTest extends Contract {
    private static final Duration SHORT = Duration.ofMillis(30);

    @Test
    void anAcceptWaitsForTheNextConnection() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        Call<TcpSocket> accept = parked(listener::accept);
        Socket peer = peerOf(listener);

        TcpSocket accepted = accept.result();
        assertThat(accepted.getRemoteAddress()).isEqualTo(peer.getLocalSocketAddress());
        assertThat(accepted.getLocalAddress()).isEqualTo(listener.getLocalAddress());
        assertThat(accepted.isConnected()).isTrue();
        assertThat(accepted.isOpen()).isTrue();
        assertThat(accepted.loop()).isSameAs(loop);
    }

    @Test
    void connectionsWaitForTheirAcceptsInTheOrderTheyCame() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        List<SocketAddress> came = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            came.add(peerOf(listener).getLocalSocketAddress());
        }
        List<SocketAddress> accepted = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            accepted.add(call(() -> listener.accept()).result().getRemoteAddress());
        }
        assertThat(accepted).isEqualTo(came);
    }

    @Test
    void whatAPeerSentBeforeItsAcceptIsReadAfterIt() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        Socket peer = peerOf(listener);
        peer.getOutputStream().write(Sequence.bytes(1000));
        peer.close();

        TcpSocket accepted = call(() -> listener.accept()).result();
        assertThat(call(Flow.readAll(accepted)).result()).isEqualTo(1000);
    }

    @Test
    void eachConnectionGoesToExactlyOneOfTheThreadsThatWait() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        Queue<SocketAddress> accepted = new ConcurrentLinkedQueue<>();
        List<Call<Void>> acceptors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            acceptors.add(call(() -> acceptAll(listener, accepted)));
            acceptors.add(call(Thread.ofVirtual()::start, () -> acceptAll(listener, accepted)));
            acceptors.add(call(Thread.ofPlatform()::start, () -> acceptAll(listener, accepted)));
        }
        List<SocketAddress> came = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Socket peer = peerOf(listener);
            came.add(peer.getLocalSocketAddress());
            if (i % 5 == 0) {   // now and then one at a time
                assertThat(peer.getInputStream().read()).isEqualTo(1);
            }
        }
        Eventually.until(() -> accepted.size() >= came.size(), "accepted them all");
        listener.close();

        assertThat(accepted).containsExactlyInAnyOrderElementsOf(came);
        for (Call<Void> acceptor : acceptors) {
            assertThat(acceptor.failure()).isInstanceOf(ClosedChannelException.class);
        }
    }

    private static Void acceptAll(TcpListener listener, Queue<SocketAddress> accepted) throws Exception {
        while (true) {
            TcpSocket socket = listener.accept();
            accepted.add(socket.getRemoteAddress());
            socket.write(new byte[] {1}, 0, 1);
        }
    }

    @Test
    void anAcceptThatTimesOutTakesNothingFromOneThatWaitsOn() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        Call<TcpSocket> hasty = call(() -> listener.accept(SHORT));
        Call<TcpSocket> hastier = call(() -> listener.accept(SHORT));
        Call<TcpSocket> patient = parked(() -> listener.accept());
        assertThat(hasty.failure()).isExactlyInstanceOf(SocketTimeoutException.class);
        assertThat(hastier.failure()).isExactlyInstanceOf(SocketTimeoutException.class);
        assertThat(listener.isOpen()).isTrue();
        assertThat(patient.isDone()).isFalse();

        Socket peer = peerOf(listener);
        assertThat(patient.result().getRemoteAddress()).isEqualTo(peer.getLocalSocketAddress());
    }

    /** Linux keeps one more than it is asked to, and does not answer those that are too many. */
    @Test
    void theBacklogLimitsHowManyConnectionsWait() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort(), 1);
        Socket first = peerOf(listener);
        peerOf(listener);
        SocketAddress address = listener.getLocalAddress();
        assertThat(failureOf(() -> TcpSocket.connect(loop, address, SHORT)))
                .isExactlyInstanceOf(SocketTimeoutException.class);

        assertThat(call(() -> listener.accept()).result().getRemoteAddress()).isEqualTo(first.getLocalSocketAddress());
        assertThat(call(() -> TcpSocket.connect(loop, address)).result().isConnected()).isTrue();
    }

    @Test
    void aBacklogOfNoneIsTheDefault() throws Exception {
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort(), 0);
        for (int i = 0; i < 20; i++) {
            peerOf(listener);
        }
        for (int i = 0; i < 20; i++) {
            assertThat(call(() -> listener.accept(Duration.ofMinutes(1))).result().isConnected()).isTrue();
        }
    }

    @Test
    void anAcceptThatRacesTheCloseOfItsListenerLeavesNothingBehind() throws Exception {
        for (int round = 0; round < 50; round++) {
            TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
            Call<TcpSocket> accept = call(() -> listener.accept());
            Call<TcpSocket> connect = call(() -> TcpSocket.connect(loop, listener.getLocalAddress()));
            connect.result();
            listener.close();

            assertThat(listener.isOpen()).isFalse();
            if (accept.hasReturned()) {
                assertThat(accept.result().getRemoteAddress()).isEqualTo(connect.result().getLocalAddress());
            } else {
                assertThat(accept.failure()).isInstanceOf(ClosedChannelException.class);
            }
        }
    }
}
