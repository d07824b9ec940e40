package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.UdpSocket;
import dev.ringpark.dispatch.Dispatcher;
import dev.ringpark.dispatch.DispatcherOptions;
import dev.ringpark.dispatch.Request;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** A program for a machine with a single port: what is told by those who get none, and that they go on later. */
public final class NoFreePort {
    private static final Duration PATIENCE = Duration.ofSeconds(Eventually.LONG_SECONDS);   // nobody needs it

    private NoFreePort() {}

    /** What is done with a socket that has no address. */
    @FunctionalInterface
    private interface Use {
        void of(UdpSocket socket) throws IOException;
    }

    /** {@code backend mode}: a line for each use. */
    public static void main(String[] args) throws Exception {
        InetSocketAddress target = new InetSocketAddress(Loopback.anyPort().getAddress(), 9);
        Map<String, Use> uses = new LinkedHashMap<>();
        uses.put("an array", socket -> socket.send(new byte[1], 0, 1, target, PATIENCE));
        uses.put("a direct buffer", socket -> socket.send(ByteBuffer.allocateDirect(1), target, PATIENCE));
        uses.put("many", socket -> {
            socket.setSendTimeout(PATIENCE);
            socket.sendAll(new ByteBuffer[] {ByteBuffer.allocate(1)}, target);
        });
        uses.put("a receive", socket -> socket.receive(new byte[1], 0, 1, PATIENCE));
        uses.put("a connect", socket -> socket.connect(target));
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (CarrierLoop loop = CarrierLoop.start(options)) {
            for (Map.Entry<String, Use> use : uses.entrySet()) {
                System.out.println(use.getKey() + ": " + loop.run(() -> tellOf(loop, use.getValue(), target)));
            }
        }
        System.out.println("with a callback: " + tellOfCallback(args[0], target));
    }

    private static String tellOf(CarrierLoop loop, Use use, InetSocketAddress target) throws IOException {
        try (UdpSocket socket = UdpSocket.open(loop, StandardProtocolFamily.INET)) {
            String told = "nothing";
            try (DatagramSocket _ = new DatagramSocket()) {
                use.of(socket);
            } catch (IOException e) {
                told = e.toString();
            }
            socket.send(new byte[1], 0, 1, target, PATIENCE);
            return told;
        }
    }

    private static String tellOfCallback(String backend, InetSocketAddress target) throws IOException {
        try (Dispatcher dispatcher = Dispatcher.open(DispatcherOptions.defaults().withBackend(backend))) {
            var socket = dispatcher.openDatagramSocket(StandardProtocolFamily.INET);
            String told;
            try (DatagramSocket _ = new DatagramSocket()) {
                Request<ByteBuffer> sent = dispatcher.send(socket, ByteBuffer.allocate(1), target, _ -> { });
                dispatcher.runFor(Duration.ofMillis(1));
                told = sent.isPending() ? "nothing" : String.valueOf(sent.failure());
            }
            dispatcher.send(socket, ByteBuffer.allocate(1), target, ended -> {
                if (ended.failure() != null) {
                    throw new AssertionError(ended.failure());
                }
            });
            dispatcher.run();
            return told;
        }
    }
}
