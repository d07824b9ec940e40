// Sends back what each client sends: samples/run EchoServer PORT

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;

// @start region="echo"
void main(String[] args) throws Exception {
    try (var loop = CarrierLoop.start()) {
        loop.run(() -> {
            var listener = TcpListener.bind(loop, new InetSocketAddress(Integer.parseInt(args[0])));
            IO.println("Echoing on " + listener.getLocalAddress() + ", " + loop);
            while (true) {
                try {
                    TcpSocket client = listener.accept();
                    loop.startVirtualThread(() -> echo(client));
                } catch (SocketException outOfDescriptors) { Thread.sleep(100); }
            }
        });
    }
}

void echo(TcpSocket client) {
    try (client) {
        client.in().transferTo(client.out());
    } catch (IOException e) {
        IO.println(client + ": " + e.getMessage());
    }
}
// @end
