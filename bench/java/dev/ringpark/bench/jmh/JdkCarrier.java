package dev.ringpark.bench.jmh;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;

/** The JDK's own scheduler, which the benchmarks' JVM options leave one carrier. */
record JdkCarrier() implements Carrier {
    @Override
    public Thread start(Runnable task) {
        return Thread.startVirtualThread(task);
    }

    @Override
    public <T> T run(Callable<T> task) throws Exception {
        var result = new FutureTask<>(task);
        start(result);
        return result.get();
    }

    @Override
    public Pair connectedPair() throws IOException {
        try (var listener = ServerSocketChannel.open()) {
            listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            SocketChannel near = SocketChannel.open(listener.getLocalAddress());
            SocketChannel far = listener.accept();
            near.setOption(StandardSocketOptions.TCP_NODELAY, true);
            far.setOption(StandardSocketOptions.TCP_NODELAY, true);
            return new Pair(near, far);
        }
    }

    @Override
    public void close() {}
}
