// Echoes until it is told to end (Ctrl-C, kill), then lets its clients finish:
// samples/run GracefulShutdown PORT SECONDS

import dev.ringpark.LoopGroup;
import dev.ringpark.LoopServer;

void main(String[] args) throws Exception {
    var patience = Duration.ofSeconds(Integer.parseInt(args[1]));
    var group = LoopGroup.start();
    var server = group.serve(new InetSocketAddress(Integer.parseInt(args[0])),
            client -> client.in().transferTo(client.out()));
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(group, server, patience)));
    IO.println("Echoing on " + server.getLocalAddress() + ", " + group);
    Thread.currentThread().join();   // the JVM ends when the hook has
}

/** No new clients; the others may finish, as long as we wait; then what is left is cut off, and told. */
void stop(LoopGroup group, LoopServer server, Duration patience) {
    try {
        server.close();
        IO.println("Takes no more clients");
        int cutOff = server.close(patience);
        var end = group.close(Duration.ofSeconds(5));
        IO.println("Clients cut off: " + cutOff + ", left: " + (end.isComplete() ? "nothing" : end.pending()));
    } catch (IOException e) {
        IO.println("Stopping failed: " + e);
    }
}
