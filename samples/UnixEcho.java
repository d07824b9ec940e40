// An echo server and its client on one machine, over a Unix socket: samples/run UnixEcho PATH [MESSAGE]

import dev.ringpark.CarrierLoop;
import dev.ringpark.UnixListener;
import dev.ringpark.UnixSocket;

void main(String[] args) throws Exception {
    var address = UnixDomainSocketAddress.of(args[0]);
    byte[] message = (args.length > 1 ? args[1] : "Hello, neighbour!").getBytes();
    try (var loop = CarrierLoop.start(); var listener = UnixListener.bind(loop, address)) {
        IO.println("Echoing on " + listener.getLocalAddress() + ", " + loop);
        try {
            loop.startVirtualThread(() -> serve(loop, listener));
            IO.println(loop.run(() -> ask(loop, address, message)));
        } finally {
            Files.delete(address.getPath());   // a listener that is closed leaves its file
        }
    }
}

void serve(CarrierLoop loop, UnixListener listener) {
    try {
        while (true) {
            UnixSocket client = listener.accept();
            loop.startVirtualThread(() -> echo(client));
        }
    } catch (IOException e) {
        IO.println("Takes no more clients: " + e);
    }
}

void echo(UnixSocket client) {
    try (client) {
        client.in().transferTo(client.out());
    } catch (IOException e) {
        IO.println(client + ": " + e.getMessage());
    }
}

String ask(CarrierLoop loop, UnixDomainSocketAddress address, byte[] message) throws IOException {
    try (var socket = UnixSocket.connect(loop, address)) {
        socket.setReadTimeout(Duration.ofSeconds(5));
        socket.out().write(message);
        socket.shutdownOutput();
        return new String(socket.in().readAllBytes());
    }
}
