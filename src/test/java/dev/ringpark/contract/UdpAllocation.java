package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.UdpSocket;
import dev.ringpark.process.Allocation;
import java.io.IOException;
import java.nio.ByteBuffer;

/** A program of its own, whose compiler has seen nothing else: tells what warm traffic of datagrams allocates. */
public final class UdpAllocation {
    private UdpAllocation() {}

    @FunctionalInterface
    private interface Exchange {
        void once() throws Exception;
    }

    /** Takes a backend, a mode and how many bytes an exchange may allocate for good; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        double enough = Double.parseDouble(args[2]);
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (CarrierLoop loop = CarrierLoop.start(options)) {
            UdpSocket near = UdpSocket.bind(loop, Loopback.anyPort());
            UdpSocket far = UdpSocket.bind(loop, Loopback.anyPort());
            near.connect(Udp.address(far));
            far.connect(Udp.address(near));
            byte[] array = new byte[100];
            ByteBuffer direct = ByteBuffer.allocateDirect(100);
            tell(loop, "arrays", enough, () -> {
                near.send(array, 0, 100);
                require(far.receiveFromPeer(array, 0, 100));
            });
            tell(loop, "direct buffers", enough, () -> {
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

    private static void tell(CarrierLoop loop, String fact, double enough, Exchange exchange) throws Exception {
        loop.run(() -> {
            Allocation.tell(fact, enough, times -> {
                for (int i = 0; i < times; i++) {
                    exchange.once();
                }
            });
            return null;
        });
    }
}
