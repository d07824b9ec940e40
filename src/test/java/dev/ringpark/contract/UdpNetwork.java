package dev.ringpark.contract;

import dev.ringpark.CarrierLoop;
import dev.ringpark.LoopMode;
import dev.ringpark.LoopOptions;
import dev.ringpark.UdpSocket;
import dev.ringpark.process.Finished;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketTimeoutException;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A program of its own, to be started in a network of its own that has a slow interface and one for groups: tells what
 * becomes of sends that have to wait, and who hears what is sent to groups.
 */
public final class UdpNetwork {
    private static final InetSocketAddress FAR_AWAY = new InetSocketAddress(InetAddress.ofLiteral("10.9.9.2"), 7);
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final int BYTES = 1000;

    private final CarrierLoop loop;

    private UdpNetwork(CarrierLoop loop) {
        this.loop = loop;
    }

    /** A send that may have to wait. */
    @FunctionalInterface
    private interface Send {
        void by(UdpSocket socket) throws IOException;
    }

    /** Takes a backend and a mode; tells one fact a line. */
    public static void main(String[] args) throws Exception {
        LoopOptions options = LoopOptions.defaults().withBackend(args[0]).withMode(LoopMode.valueOf(args[1]));
        try (CarrierLoop loop = CarrierLoop.start(options)) {
            UdpNetwork network = new UdpNetwork(loop);
            network.tellOfWaits("array", false, socket -> socket.send(new byte[BYTES], 0, BYTES, FAR_AWAY));
            network.tellOfWaits("direct buffer", false,
                    socket -> socket.send(ByteBuffer.allocateDirect(BYTES), FAR_AWAY));
            network.tellOfWaits("array to the peer", true, socket -> socket.send(new byte[BYTES], 0, BYTES));
            network.tellOfWaits("empty", false, socket -> socket.send(new byte[0], 0, 0, FAR_AWAY));
            network.tellOfGroups();
        }
    }

    // ---- waiting for room ----

    private UdpSocket full(boolean connected) throws Exception {
        UdpSocket socket = Held.hold(UdpSocket.open(loop, StandardProtocolFamily.INET));
        socket.setOption(StandardSocketOptions.SO_SNDBUF, 20_000).setSendTimeout(SHORT);
        if (connected) {
            socket.connect(FAR_AWAY);
        }
        Throwable failure = failure(() -> {
            while (true) {
                socket.send(new byte[BYTES], 0, BYTES, FAR_AWAY);
            }
        });
        if (!(failure instanceof SocketTimeoutException)) {
            throw new AssertionError(failure);
        }
        return socket;
    }

    private Throwable failure(Body body) throws Exception {
        return call(body).failure();
    }

    private Call<Void> call(Body body) {
        return new Call<>(loop, loop::startVirtualThread, () -> {
            body.run();
            return null;
        });
    }

    /** What a call does. */
    @FunctionalInterface
    private interface Body {
        void run() throws Exception;
    }

    private void tellOfWaits(String fact, boolean connected, Send send) throws Exception {
        UdpSocket socket = full(connected);
        Throwable timeout = failure(() -> {
            while (true) {
                send.by(socket);
            }
        });
        socket.setSendTimeout(Duration.ZERO);
        Call<Void> waiting = call(() -> send.by(socket)).whenParked();
        setRate("1gbit");
        waiting.result();
        setRate("8kbit");
        System.out.println(fact + ": " + timeout.getMessage() + ", later sent, open: " + socket.isOpen());

        UdpSocket closed = full(connected);
        closed.setSendTimeout(Duration.ZERO);
        Call<Void> ended = call(() -> send.by(closed)).whenParked();
        closed.close();
        UdpSocket interrupted = full(connected);
        interrupted.setSendTimeout(Duration.ZERO);
        Call<Void> stopped = call(() -> send.by(interrupted)).whenParked();
        stopped.thread().interrupt();
        System.out.println(fact + ": " + ended.failure().getClass().getSimpleName() + ", "
                + stopped.failure().getClass().getSimpleName());
    }

    private static void setRate(String rate) throws Exception {
        String command = "tc qdisc change dev slow root tbf rate " + rate + " burst 1600 latency 400s";
        Finished.run(List.of(command.split(" ", -1))).orFail();
    }

    // ---- groups ----

    private void tellOfGroups() throws Exception {
        NetworkInterface via = NetworkInterface.getByName("groups");
        UdpSocket both = socket(null);
        for (InetAddress group : new InetAddress[] {
            InetAddress.ofLiteral("239.1.2.3"), InetAddress.ofLiteral("ff02::7:7")}) {
            // macOS and FreeBSD have a socket of both families hear no IPv4 groups.
            boolean isApart = loop.backend().name().equals("kqueue") && group instanceof Inet4Address;
            UdpSocket member = isApart ? socket(StandardProtocolFamily.INET) : both;
            UdpSocket near = socket(isApart ? StandardProtocolFamily.INET : null)
                    .setOption(StandardSocketOptions.IP_MULTICAST_IF, via);
            member.join(group, via);
            int port = Udp.address(member).getPort();
            int[] heard = new int[2];
            for (boolean loops : new boolean[] {true, false}) {
                near.setOption(StandardSocketOptions.IP_MULTICAST_LOOP, loops);
                near.send(new byte[1], 0, 1, new InetSocketAddress(group, port));
                near.send(new byte[2], 0, 2, Loopback.port(port));
                heard[loops ? 0 : 1] = heardUntilTwo(member);
            }
            System.out.println(group.getHostAddress() + ": heard " + heard[0] + ", without loop " + heard[1]);
        }
    }

    private UdpSocket socket(@Nullable StandardProtocolFamily family) throws IOException {
        UdpSocket socket = Held.hold(family == null ? UdpSocket.open(loop) : UdpSocket.open(loop, family));
        return socket.bind(null);
    }

    /** How many come before the one of two bytes, which is heard always. */
    private static int heardUntilTwo(UdpSocket member) throws IOException {
        int heard = 0;
        while (member.receive(new byte[9], 0, 9, Duration.ofSeconds(5)).length() != 2) {
            heard++;
        }
        return heard;
    }
}
