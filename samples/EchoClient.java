// Sends a line to an echo server and prints what comes back: samples/run EchoClient HOST PORT [MESSAGE]

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpSocket;

void main(String[] args) throws Exception {
    var server = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
    byte[] message = (args.length > 2 ? args[2] : "Hello, ring!").getBytes();
    try (var loop = CarrierLoop.start()) {
        IO.println(loop.run(() -> ask(loop, server, message)));
    }
}

String ask(CarrierLoop loop, InetSocketAddress server, byte[] message) throws IOException {
    try (var socket = TcpSocket.connect(loop, server, Duration.ofSeconds(5))) {
        socket.setReadTimeout(Duration.ofSeconds(5));
        socket.out().write(message);
        socket.shutdownOutput();   // the server reads the end of the stream, echoes the rest and closes
        return new String(socket.in().readAllBytes());
    }
}
