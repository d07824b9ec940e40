package dev.ringpark;

import dev.ringpark.internal.op.Addresses;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** One port with a listener on each of several loops: SO_REUSEPORT. */
final class SharedPort {
    private SharedPort() {}

    /** Whether the system spreads connections over the listeners of a port, as Linux does since 3.9. */
    static boolean isSpread() {
        return System.getProperty("os.name", "").equals("Linux");
    }

    /**
     * Listens on {@code local} with each loop.
     *
     * @throws java.net.BindException if somebody listens there already, even if he would share the port
     * @throws UnsupportedOperationException if the system has no SO_REUSEPORT
     */
    static List<TcpListener> listen(List<CarrierLoop> loops, InetSocketAddress local) throws IOException {
        List<TcpListener> listeners = new ArrayList<>();
        try (TcpSocket claim = claim(loops.getFirst(), local)) {
            InetSocketAddress address = new InetSocketAddress(local.getAddress(), port(claim));
            for (CarrierLoop loop : loops) {
                TcpListener listener = open(loop, address);
                listeners.add(listener);
                listener.setOption(StandardSocketOptions.SO_REUSEPORT, true).bind(address);
            }
            return listeners;
        } catch (Throwable e) {
            for (TcpListener each : listeners) {
                each.closeAfter(e);
            }
            throw e;
        }
    }

    /**
     * Takes the port while it is not to be shared yet, which fails if somebody else listens there, a second start of
     * the same server say; then lets the listeners in, which on Linux SO_REUSEADDR would do already. They could not
     * tell: to them, all who share a port are friends.
     */
    private static TcpSocket claim(CarrierLoop loop, InetSocketAddress local) throws IOException {
        boolean isAny = local.getAddress().isAnyLocalAddress();
        TcpSocket claim = isAny ? TcpSocket.open(loop) : TcpSocket.open(loop, Addresses.familyOf(local));
        try {
            claim.setOption(StandardSocketOptions.SO_REUSEADDR, true);
            claim.bind(local);
            return claim.setOption(StandardSocketOptions.SO_REUSEPORT, true);
        } catch (Throwable e) {
            claim.closeAfter(e);
            throw e;
        }
    }

    private static int port(TcpSocket claim) throws IOException {
        return ((InetSocketAddress) Objects.requireNonNull(claim.getLocalAddress())).getPort();
    }

    private static TcpListener open(CarrierLoop loop, InetSocketAddress address) throws IOException {
        boolean isAny = address.getAddress().isAnyLocalAddress();
        return isAny ? TcpListener.open(loop) : TcpListener.open(loop, Addresses.familyOf(address));
    }
}
