// Prints what this machine offers, why not more, and what an echo takes on each backend: samples/run Backends

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopOptions;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;

static final int ECHOES = 5_000;

void main() throws Exception {
    for (String name : List.of("io_uring", "epoll", "kqueue", "selector")) {
        try (var loop = CarrierLoop.start(LoopOptions.defaults().withBackend(name))) {
            loop.run(() -> echo(loop));   // to warm up
            double micros = loop.run(() -> echo(loop));
            IO.println("%-8s  %.1f us an echo of 64 bytes, %s".formatted(name, micros, loop.mode()));
        } catch (IOException refused) {
            IO.println("%-8s  no: %s".formatted(name, refused.getMessage().replaceFirst(".*: " + name + ": ", "")));
        }
    }
    try (var loop = CarrierLoop.start()) {
        IO.println("chosen    " + loop.backend());
    }
}

/** Microseconds for each of many echoes over one connection, both of whose ends are threads of the loop. */
double echo(CarrierLoop loop) throws IOException {
    try (var listener = TcpListener.bind(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
        loop.startVirtualThread(() -> answer(listener));
        try (var socket = TcpSocket.connect(loop, (InetSocketAddress) listener.getLocalAddress())) {
            byte[] message = new byte[64];
            long begin = System.nanoTime();
            for (int i = 0; i < ECHOES; i++) {
                socket.out().write(message);
                socket.in().readNBytes(message, 0, message.length);
            }
            return (System.nanoTime() - begin) / 1e3 / ECHOES;
        }
    }
}

void answer(TcpListener listener) {
    try (var socket = listener.accept()) {
        socket.in().transferTo(socket.out());
    } catch (IOException e) {
        IO.println("The answering end: " + e.getMessage());
    }
}
