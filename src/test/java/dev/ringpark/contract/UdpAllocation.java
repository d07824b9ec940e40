package dev.ringpark.contract;

import com.sun.management.ThreadMXBean;
import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.UdpSocket;
import dev.ringpark.process.Allocation;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;

/** A program of its own, whose compiler has seen nothing else: tells what warm traffic of datagrams allocates. */
public final class UdpAllocation {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int ROUND = 1000;
    private static final long MOST_NANOS = 30_000_000_000L;

    private UdpAllocation() {}

    @FunctionalInterface
    private interface Exchange {
        void once() throws Exception;
    }

    /** Takes a backend and a mode; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (CarrierLoop loop = CarrierLoop.start(options)) {
            UdpSocket near = UdpSocket.bind(loop, Loopback.anyPort());
            UdpSocket far = UdpSocket.bind(loop, Loopback.anyPort());
            near.connect(Udp.address(far));
            far.connect(Udp.address(near));
            byte[] array = new byte[100];
            ByteBuffer direct = ByteBuffer.allocateDirect(100);
            tell(loop, "arrays", () -> {
                near.send(array, 0, 100);
                require(far.receiveFromPeer(array, 0, 100));
            });
            tell(loop, "direct buffers", () -> {
                near.send(direct.clear());
                require(far.receiveFromPeer(direct.clear()));
            });
        }
    }

    private static void require(int length) throws IOException {
        if (length != 100) {
            throw new IOException("a datagram of " + length + " bytes");
        }
    }

    /**
     * What else the JVM does may allocate in some round; an exchange that does, does so in every one. The compiler may
     * need several attempts to see the whole of one, and now and then never does where the rounds are in another method
     * than the exchanges of one: so they are not counted by {@link Allocation}.
     */
    private static void tell(CarrierLoop loop, String fact, Exchange exchange) throws Exception {
        double least = loop.run(() -> {
            double best = Double.MAX_VALUE;
            long start = System.nanoTime();
            while (best >= 1 && System.nanoTime() - start < MOST_NANOS) {
                long before = THREADS.getTotalThreadAllocatedBytes();
                for (int i = 0; i < ROUND; i++) {
                    exchange.once();
                }
                double bytes = (double) (THREADS.getTotalThreadAllocatedBytes() - before) / ROUND;
                best = Math.min(best, bytes);
            }
            return best;
        });
        Allocation.tell(fact, least);
    }
}
