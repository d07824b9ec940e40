package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;

/** The two ends of one connection, both sockets of one loop. */
record Pair(TcpSocket near, TcpSocket far) {
    static Pair on(CarrierLoop loop) throws IOException {
        try (TcpListener listener = TcpListener.bind(loop, Loopback.anyPort())) {
            TcpSocket near = TcpSocket.connect(loop, listener.getLocalAddress());
            return Held.hold(new Pair(near, listener.accept()));
        }
    }

    /** The same connection, seen from its other end. */
    @SuppressWarnings("ArgumentSelectionDefectChecker")   // swapped on purpose
    Pair turned() {
        return new Pair(far, near);
    }
}
