// Sends back what each client sends, with a loop for each core on one port: samples/run EveryCore PORT

import dev.ringpark.LoopGroup;
import dev.ringpark.TcpSocket;

// @start region="group"
void main(String[] args) throws Exception {
    var address = new InetSocketAddress(Integer.parseInt(args[0]));
    try (var group = LoopGroup.start(); var server = group.serve(address, this::echo)) {
        IO.println("Echoing on " + server.getLocalAddress() + ", " + group);
        server.awaitEnd();
    }
}

/** On a virtual thread of the client's loop, which closes the client when this returns or throws. */
void echo(TcpSocket client) throws IOException {
    IO.println(client + " belongs to " + client.loop());
    client.in().transferTo(client.out());
}
// @end
