package dev.ringpark.bench.jmh;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.util.concurrent.Callable;

/** A Ringpark loop. */
record LoopCarrier(CarrierLoop loop) implements Carrier {
    @Override
    public Thread start(Runnable task) {
        return loop.startVirtualThread(task);
    }

    @Override
    public <T> T run(Callable<T> task) throws Exception {
        return loop.run(task);
    }

    @Override
    public Pair connectedPair() throws Exception {
        return loop.run(this::connect);
    }

    private Pair connect() throws IOException {
        try (var listener = TcpListener.bind(loop, new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            TcpSocket near = TcpSocket.connect(loop, listener.getLocalAddress());
            TcpSocket far = listener.accept();
            near.setOption(StandardSocketOptions.TCP_NODELAY, true);
            far.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return new Pair(near, far);
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
