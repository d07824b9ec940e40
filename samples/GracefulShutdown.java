// Echoes until it is told to end (Ctrl-C, kill), then lets its clients finish:
// samples/run GracefulShutdown PORT SECONDS

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;

void main(String[] args) throws Exception {
    var patience = Duration.ofSeconds(Integer.parseInt(args[1]));
    var loop = CarrierLoop.start();
    var listener = TcpListener.bind(loop, new InetSocketAddress(Integer.parseInt(args[0])));
    var clients = loop.executor();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(loop, listener, clients, patience)));
    IO.println("Echoing on " + listener.getLocalAddress() + ", " + loop);
    loop.run(() -> {
        while (true) {
            try {
                TcpSocket client = listener.accept();
                clients.execute(() -> echo(client));
            } catch (SocketException outOfDescriptors) {
                Thread.sleep(100);
            } catch (ClosedChannelException | RejectedExecutionException stopping) {
                return null;
            }
        }
    });
    Thread.currentThread().join();   // the JVM ends when the hook has
}

/** No new clients; the others may finish, as long as we wait; then what is left is cut off, and told. */
void stop(CarrierLoop loop, TcpListener listener, ExecutorService clients, Duration patience) {
    try {
        listener.close();
        IO.println("Takes no more clients");
        clients.shutdown();
        boolean allDone = clients.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        var end = loop.close(Duration.ofSeconds(5));
        IO.println((allDone ? "All clients had finished" : "Some clients were cut off")
                + (end.isComplete() ? ", nothing is left" : ", left: " + end.pending()));
    } catch (IOException | InterruptedException e) {
        IO.println("Stopping failed: " + e);
    }
}

void echo(TcpSocket client) {
    try (client) {
        client.in().transferTo(client.out());
    } catch (IOException e) {
        IO.println(client + ": " + e);
    }
}
