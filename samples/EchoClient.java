// Sends a line to an echo server and prints what comes back: samples/run EchoClient HOST PORT [MESSAGE]

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpSocket;

void main(String[] args) throws Exception {
    int port = Integer.parseInt(args[1]);
    byte[] message = (args.length > 2 ? args[2] : "Hello, ring!").getBytes();
    try (var loop = CarrierLoop.start()) {
        IO.println(loop.run(() -> ask(loop, args[0], port, message)));
    }
}

String ask(CarrierLoop loop, String host, int port, byte[] message) throws IOException {
    try (var socket = TcpSocket.connect(loop, host, port, Duration.ofSeconds(5))) {
        socket.setReadTimeout(Duration.ofSeconds(5));
        socket.out().write(message);
        socket.shutdownOutput();   // the server reads the end of the stream, echoes the rest and closes
        return new String(socket.in().readAllBytes());
    }
}
