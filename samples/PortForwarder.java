// Passes each connection on to another server, bytes, half-closes and resets alike:
// samples/run PortForwarder LISTEN_PORT HOST PORT

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;

void main(String[] args) throws Exception {
    var address = new InetSocketAddress(Integer.parseInt(args[0]));
    var target = new InetSocketAddress(args[1], Integer.parseInt(args[2]));
    if (target.isUnresolved()) {
        throw new UnknownHostException(args[1]);
    }
    try (var loop = CarrierLoop.start()) {
        loop.run(() -> {
            var listener = TcpListener.bind(loop, address);
            IO.println("Forwarding " + listener.getLocalAddress() + " to " + target + ", " + loop);
            while (true) {
                try {
                    TcpSocket client = listener.accept();
                    loop.startVirtualThread(() -> forward(client, target));
                } catch (SocketException outOfDescriptors) { Thread.sleep(100); }
            }
        });
    }
}

void forward(TcpSocket client, InetSocketAddress target) {
    try {
        TcpSocket server = TcpSocket.connect(client.loop(), target, Duration.ofSeconds(10));
        try (client; server; var pumps = client.loop().executor()) {
            pumps.execute(() -> pump(client, server));
            pumps.execute(() -> pump(server, client));
        }   // waits for both, then closes
    } catch (IOException e) {
        IO.println(target + ": " + e.getMessage());
        reset(client);
    }
}

/** Moves one direction to its end: a clean end is passed on as such, an error resets both. */
void pump(TcpSocket from, TcpSocket to) {
    try {
        to.setOption(StandardSocketOptions.TCP_NODELAY, true);
        from.copyTo(to);   // through a direct buffer, which the kernel reads and writes in place
        to.shutdownOutput();
    } catch (IOException e) {
        reset(from);
        reset(to);
    }
}

/** Closes so that the peer sees "Connection reset". */
void reset(TcpSocket socket) {
    try (socket) {
        socket.setOption(StandardSocketOptions.SO_LINGER, 0);
    } catch (IOException closedAlready) { }
}
