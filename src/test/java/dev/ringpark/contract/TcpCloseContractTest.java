package dev.ringpark.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardSocketOptions;
import java.nio.channels.AsynchronousCloseException;
import org.junit.jupiter.api.Test;

/** Closing, where TCP has more to give back than others: ports, which no file keeps, and resets on demand. */
class TcpCloseContractTest extends Contract {
    @Test
    void thePortOfAListenerThatWasClosedUnderItsAcceptsCanBeBoundAgainAtOnce() throws Exception {
        InetSocketAddress address = ownAddress();
        TcpListener listener = TcpListener.bind(loop, address);
        Call<TcpSocket> first = parked(listener::accept);
        Call<TcpSocket> second = parked(listener::accept);

        listener.close();
        TcpListener again = TcpListener.bind(loop, address);
        assertThat(again.getLocalAddress()).isEqualTo(address);
        assertThat(first.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
        assertThat(second.failure()).isExactlyInstanceOf(AsynchronousCloseException.class);
    }

    @Test
    void aPortCanBeBoundAgainWhileConnectionsOfItsClosedListenerLiveOn() throws Exception {
        InetSocketAddress address = ownAddress();
        TcpListener listener = TcpListener.bind(loop, address);
        Socket peer = closeLater(new Socket(address.getAddress(), address.getPort()));
        TcpSocket accepted = call(() -> listener.accept()).result();
        listener.close();
        TcpListener.bind(loop, address);

        peer.getOutputStream().write(Sequence.bytes(4));
        assertThat(call(() -> Flow.read(accepted, 4, 4)).result()).isEqualTo(4);
    }

    /** A reset is there before a write, which a close answers afterwards: the JDK remembers the end, and reads none. */
    @Test
    void aSocketThatHasEndedItsOutputCanStillResetItsPeer() throws Exception {
        Outside reset = ended();
        Outside closed = ended();
        reset.near().setOption(StandardSocketOptions.SO_LINGER, 0);
        reset.near().close();
        closed.near().close();

        assertThatThrownBy(() -> reset.far().getOutputStream().write(1)).isExactlyInstanceOf(SocketException.class);
        closed.far().getOutputStream().write(1);
        assertThatThrownBy(() -> Flow.writeWithoutEnd(closed.far())).isExactlyInstanceOf(SocketException.class);
    }

    private Outside ended() throws Exception {
        Outside connection = outside();
        connection.near().shutdownOutput();
        assertThat(connection.far().getInputStream().read()).isEqualTo(-1);
        return connection;
    }
}
