// Sends back what each client sends: samples/run EchoServer PORT

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;

// @start region="echo"
void main(String[] args) throws Exception {
    var address = new InetSocketAddress(Integer.parseInt(args[0]));
    try (var loop = CarrierLoop.start()) {
        loop.run(() -> {
            var listener = TcpListener.bind(loop, address);
            IO.println("Echoing on " + listener.getLocalAddress() + ", " + loop);
            while (true) {
                TcpSocket client = listener.accept();
                loop.startVirtualThread(() -> echo(client));
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
