package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.Socket;

/** A socket of the loop whose peer is the JDK's, which is no part of what is tested. */
record Outside(TcpSocket near, Socket far) {
    static Outside of(CarrierLoop loop) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, Loopback.anyPort().getAddress())) {
            TcpSocket near = TcpSocket.connect(loop, Loopback.port(listener.getLocalPort()));
            Socket far = listener.accept();
            far.setSoTimeout((int) Eventually.LONG_SECONDS * 1000);
            return Held.hold(new Outside(near, far));
        }
    }

    /** Has the far end send {@code bytes}. */
    void write(byte[] bytes) throws IOException {
        far.getOutputStream().write(bytes);
    }

    /** Has the far end reset the connection. */
    void reset() throws IOException {
        far.setSoLinger(true, 0);
        far.close();
    }
}
