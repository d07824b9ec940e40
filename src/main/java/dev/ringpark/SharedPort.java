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
     * Listens on {@code local} with each loop. The first listens before it shares its port, which fails if somebody
     * else listens there, or a second start of the same server does so in that moment. The others could not tell: to
     * them, all who share a port are friends.
     *
     * @throws java.net.BindException if somebody listens there already, even if he would share the port
     * @throws UnsupportedOperationException if the system has no SO_REUSEPORT
     */
    static List<TcpListener> listen(List<CarrierLoop> loops, InetSocketAddress local) throws IOException {
        List<TcpListener> listeners = new ArrayList<>();
        try {
            TcpListener first = open(loops.getFirst(), local);
            listeners.add(first);
            first.bind(local).setOption(StandardSocketOptions.SO_REUSEPORT, true);
            InetSocketAddress address = new InetSocketAddress(local.getAddress(), port(first));
            for (CarrierLoop loop : loops.subList(1, loops.size())) {
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

    private static int port(TcpListener listener) throws IOException {
        return ((InetSocketAddress) Objects.requireNonNull(listener.getLocalAddress())).getPort();
    }

    private static TcpListener open(CarrierLoop loop, InetSocketAddress address) throws IOException {
        boolean isAny = address.getAddress().isAnyLocalAddress();
        return isAny ? TcpListener.open(loop) : TcpListener.open(loop, Addresses.familyOf(address));
    }
}
