package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;

/**
 * A program of its own: connects to a port many times, accepts as many connections, sends back on each what it gets,
 * and exits in the middle of that when a byte comes on a connection apart.
 */
public final class Traffic {
    static final int CONNECTIONS = 20;
    static final int EXIT_CODE = 7;

    private Traffic() {}

    /** Takes the port. */
    public static void main(String[] args) throws Exception {
        InetSocketAddress peers = Loopback.port(Integer.parseInt(args[0]));
        CarrierLoop loop = CarrierLoop.start();
        TcpListener listener = TcpListener.bind(loop, Loopback.anyPort());
        InputStream control = tellPort(peers, listener);
        for (int i = 0; i < CONNECTIONS; i++) {
            TcpSocket connected = TcpSocket.connect(loop, peers);
            loop.startVirtualThread(() -> echo(connected));
            loop.startVirtualThread(() -> acceptAndEcho(listener));
        }
        System.exit(control.read() >= 0 ? EXIT_CODE : 1);
    }

    @SuppressWarnings("StreamResourceLeak")   // the end of the program closes it
    private static InputStream tellPort(InetSocketAddress peers, TcpListener listener) throws IOException {
        Socket control = new Socket(peers.getAddress(), peers.getPort());
        int port = ((InetSocketAddress) listener.getLocalAddress()).getPort();
        control.getOutputStream().write(new byte[] {(byte) (port >> 8), (byte) port});
        return control.getInputStream();
    }

    private static void acceptAndEcho(TcpListener listener) {
        try {
            echo(listener.accept());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void echo(TcpSocket socket) {
        try {
            socket.copyTo(socket);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
