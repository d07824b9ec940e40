// A time server and its client over UDP, where a question or its answer may get lost: samples/run UdpTime [PORT]

import dev.ringpark.CarrierLoop;
import dev.ringpark.Datagram;
import dev.ringpark.UdpSocket;

static final Duration PATIENCE = Duration.ofMillis(500);   // with one question
static final int QUESTIONS = 5;

void main(String[] args) throws Exception {
    int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
    try (var loop = CarrierLoop.start(); var server = UdpSocket.bind(loop, new InetSocketAddress(port))) {
        var address = (InetSocketAddress) server.getLocalAddress();
        IO.println("Telling the time on " + address + ", " + loop);
        loop.startVirtualThread(() -> serve(server));
        var here = new InetSocketAddress(InetAddress.getLoopbackAddress(), address.getPort());
        IO.println("It is " + loop.run(() -> ask(loop, here)));
    }
}

/** One thread serves all clients: each datagram says whom to answer. */
void serve(UdpSocket server) {
    byte[] zone = new byte[100];
    try {
        while (true) {
            Datagram question = server.receive(zone, 0, zone.length);
            answer(server, question, time(question, new String(zone, 0, question.count())).getBytes());
        }
    } catch (IOException e) {
        IO.println("Tells the time no more: " + e);
    }
}

/** Whoever cannot be reached, or asks from port 0, gets none; the others do. */
void answer(UdpSocket server, Datagram question, byte[] answer) throws IOException {
    try {
        server.send(answer, 0, answer.length, question.sender());
    } catch (SocketException e) {
        IO.println("No answer to " + question.sender() + ": " + e.getMessage());
    }
}

String time(Datagram question, String zone) {
    try {
        return question.isTruncated() ? "a long question" : ZonedDateTime.now(ZoneId.of(zone)).toString();
    } catch (DateTimeException e) {
        return "unknown there: " + e.getMessage();
    }
}

/** A connected socket hears its server alone, and is told if there is none. */
String ask(CarrierLoop loop, InetSocketAddress server) throws IOException {
    byte[] question = "Europe/Vienna".getBytes();
    byte[] answer = new byte[200];
    try (var socket = UdpSocket.connect(loop, server)) {
        for (int i = 0; i < QUESTIONS; i++) {
            socket.send(question, 0, question.length);
            try {
                return new String(answer, 0, socket.receive(answer, 0, answer.length, PATIENCE).count());
            } catch (SocketTimeoutException lost) {
                IO.println("No answer yet, so once more");
            }
        }
    }
    throw new SocketTimeoutException(server + " does not answer");
}
