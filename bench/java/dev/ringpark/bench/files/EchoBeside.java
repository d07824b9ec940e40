package dev.ringpark.bench.files;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import dev.ringpark.TcpSocket;
import dev.ringpark.bench.measure.EchoBesideReads;
import dev.ringpark.bench.measure.Spread;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** How long one echo of 64 bytes takes on a loop, alone and while many reads of files wait there. */
final class EchoBeside {
    private static final InetSocketAddress LOCAL = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final int BYTES = 64;
    private static final int MOST_ECHOES = 1 << 20;

    private EchoBeside() {}

    /** Measures both in turns. */
    static EchoBesideReads measure(Path folder, int slowReads, int rounds, double seconds)
            throws IOException, InterruptedException {
        try (CarrierLoop loop = CarrierLoop.start();
                TcpListener listener = TcpListener.bind(loop, LOCAL);
                SocketChannel client = connect(loop, listener);
                SlowReads slow = SlowReads.make(loop, folder, slowReads)) {
            medianMicros(client, 2 * seconds);   // until the compiler has come to its end
            List<Double> alone = new ArrayList<>();
            List<Double> beside = new ArrayList<>();
            List<Double> ratios = new ArrayList<>();
            for (int i = 0; i < rounds; i++) {
                alone.add(medianMicros(client, seconds));
                beside.add(slow.during(() -> medianMicros(client, seconds)));
                ratios.add(beside.getLast() / alone.getLast());
            }
            return new EchoBesideReads(
                    loop.backend().name(), slowReads, Spread.of(alone), Spread.of(beside), Spread.of(ratios));
        }
    }

    private static SocketChannel connect(CarrierLoop loop, TcpListener listener) throws IOException {
        SocketChannel client = SocketChannel.open(listener.getLocalAddress());
        client.setOption(StandardSocketOptions.TCP_NODELAY, true);
        TcpSocket served = listener.accept();
        loop.startVirtualThread(() -> echo(served));
        return client;
    }

    private static void echo(TcpSocket client) {
        try (client) {
            client.in().transferTo(client.out());
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static double medianMicros(SocketChannel client, double seconds) throws IOException {
        ByteBuffer message = ByteBuffer.allocateDirect(BYTES);
        long[] nanos = new long[MOST_ECHOES];
        int count = 0;
        long end = System.nanoTime() + (long) (seconds * 1e9);
        for (long start = System.nanoTime(); start - end < 0 && count < MOST_ECHOES; count++) {
            client.write(message.clear());
            message.clear();
            while (message.hasRemaining()) {
                if (client.read(message) < 0) {
                    throw new IOException("the echo has ended");
                }
            }
            long now = System.nanoTime();
            nanos[count] = now - start;
            start = now;
        }
        Arrays.sort(nanos, 0, count);
        return nanos[count / 2] / 1e3;
    }
}
