package dev.ringpark.dispatch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.UnresolvedAddressException;
import java.nio.channels.UnsupportedAddressTypeException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Addresses that a socket cannot use are refused, and it stays as it was. */
class DispatcherAddressesTest extends DispatcherContract {
    private static final SocketAddress IPV4 = new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
    private static final SocketAddress IPV6 = new InetSocketAddress(InetAddress.ofLiteral("::1"), 0);
    private static final SocketAddress NAME = InetSocketAddress.createUnresolved("localhost", 0);
    private static final SocketAddress PATH = UnixDomainSocketAddress.of("never-made");
    private static final SocketAddress OTHER = new SocketAddress() { };

    // ---- connect ----

    @Test
    void noSocketConnectsToAnAddressOfAnotherFamily() throws IOException {
        SocketHandle ipv4 = dispatcher.openSocket(StandardProtocolFamily.INET);
        SocketHandle unix = dispatcher.openSocket(StandardProtocolFamily.UNIX);

        for (SocketAddress each : List.of(IPV6, PATH, OTHER)) {
            assertThatThrownBy(() -> dispatcher.connect(ipv4, each, ignoring()))
                    .isInstanceOf(UnsupportedAddressTypeException.class);
        }
        for (SocketAddress each : List.of(IPV4, IPV6, NAME, OTHER)) {
            assertThatThrownBy(() -> dispatcher.connect(unix, each, ignoring()))
                    .isInstanceOf(UnsupportedAddressTypeException.class);
        }
        await(dispatcher.close(ipv4, ignoring()), dispatcher.close(unix, ignoring()));
    }

    @Test
    void aPathThatIsTooLongFailsTheConnectAlone() throws IOException {
        for (int length : new int[] {120, 200, 60_000}) {
            SocketHandle socket = dispatcher.openSocket(StandardProtocolFamily.UNIX);
            Request<SocketHandle> connected = dispatcher.connect(socket, path(length), ignoring());
            await(connected);
            assertThat(connected.failure()).isExactlyInstanceOf(SocketException.class)
                    .hasMessage("Unix domain path too long");
            await(dispatcher.close(socket, ignoring()));
        }
    }

    private static SocketAddress path(int length) {
        return UnixDomainSocketAddress.of("p".repeat(length));
    }

    // ---- bind ----

    @Test
    void noSocketIsBoundToAnAddressOfAnotherFamily() throws IOException {
        for (SocketHandle ipv4 : openBoth(StandardProtocolFamily.INET)) {
            for (SocketAddress each : List.of(IPV6, PATH, OTHER)) {
                assertThatThrownBy(() -> ipv4.bind(each, 1)).isInstanceOf(UnsupportedAddressTypeException.class);
            }
            assertThatThrownBy(() -> ipv4.bind(NAME, 1)).isInstanceOf(UnresolvedAddressException.class);
            assertThat(ipv4.localAddress()).isNull();
            ipv4.bind(IPV4, 1);
            assertThat(ipv4.localAddress()).isNotNull();
        }
    }

    @Test
    void noUnixSocketIsBoundToAnInternetAddress() throws IOException {
        for (SocketHandle unix : openBoth(StandardProtocolFamily.UNIX)) {
            for (SocketAddress each : List.of(IPV4, IPV6, NAME, OTHER)) {
                assertThatThrownBy(() -> unix.bind(each, 1)).isInstanceOf(UnsupportedAddressTypeException.class);
            }
            assertThatThrownBy(() -> unix.bind(path(200), 1)).isInstanceOf(SocketException.class)
                    .hasMessage("Unix domain path too long");
            assertThat(unix.localAddress()).isNull();
        }
    }

    private List<SocketHandle> openBoth(StandardProtocolFamily family) throws IOException {
        return List.of(dispatcher.openSocket(family), dispatcher.openListener(family));
    }
}
