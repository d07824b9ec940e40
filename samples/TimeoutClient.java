// Waits for a line of a server no longer than it wants to, and loses nothing by that:
// samples/run TimeoutClient HOST PORT [SECONDS]

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpSocket;

static final Duration SLICE = Duration.ofMillis(200);   // what one read waits

void main(String[] args) throws Exception {
    var server = new InetSocketAddress(args[0], Integer.parseInt(args[1]));
    Duration patience = Duration.ofSeconds(args.length > 2 ? Integer.parseInt(args[2]) : 5);
    try (var loop = CarrierLoop.start()) {
        loop.run(() -> {
            try (var socket = TcpSocket.connect(loop, server, patience)) {
                IO.println(readLine(socket, System.nanoTime() + patience.toNanos()));
            } catch (SocketTimeoutException e) {   // "Connect timed out", or the last "Read timed out"
                IO.println("Gave up: " + e.getMessage());
            }
            return null;
        });
    }
}

/** A read that times out leaves the socket open and every byte where it was: it is simply called again. */
String readLine(TcpSocket socket, long deadline) throws IOException {
    var line = new ByteArrayOutputStream();
    byte[] bytes = new byte[100];
    while (!line.toString().endsWith("\n")) {
        try {
            int count = socket.read(bytes, 0, bytes.length, SLICE);
            if (count < 0) {
                break;
            }
            line.write(bytes, 0, count);
        } catch (SocketTimeoutException e) {
            if (System.nanoTime() - deadline > 0) {
                throw e;
            }
            IO.println("Nothing yet; " + line.size() + " bytes so far");
        }
    }
    return line.toString().strip();
}
