package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The two ends of one connection, both sockets of one loop. */
record Pair(TcpSocket near, TcpSocket far) {
    static Pair on(CarrierLoop loop) throws IOException {
        return on(loop, 1).getFirst();
    }

    /** So many of them, through one port: if each had its own, those that ended a minute ago would leave too few. */
    static List<Pair> on(CarrierLoop loop, int count) throws IOException {
        List<Pair> pairs = new ArrayList<>();
        try (TcpListener listener = TcpListener.bind(loop, Loopback.anyPort())) {
            for (int i = 0; i < count; i++) {
                TcpSocket near = TcpSocket.connect(loop, listener.getLocalAddress());
                pairs.add(Held.hold(new Pair(near, listener.accept())));
            }
        }
        return pairs;
    }

    /** The same connection, seen from its other end. */
    @SuppressWarnings("ArgumentSelectionDefectChecker")   // swapped on purpose
    Pair turned() {
        return new Pair(far, near);
    }
}
