package dev.ringpark.availability;

import dev.ringpark.CarrierLoop;
import dev.ringpark.TcpListener;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** A program of its own, to be started where listen(2) is refused: tells what becomes of a listener. */
public final class ListenProbe {
    private ListenProbe() {}

    /** Tells one fact a line. */
    public static void main(String[] args) throws IOException {
        InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
        try (CarrierLoop loop = CarrierLoop.start()) {
            long before = sockets();
            TcpListener listener = TcpListener.open(loop);
            tell("bind", () -> listener.bind(local));
            System.out.println("open: " + listener.isOpen());
            tell("again", () -> listener.bind(local));
            System.out.println("left: " + (sockets() - before));
            tell("at once", () -> TcpListener.bind(loop, local));
            System.out.println("left then: " + (sockets() - before));
        }
    }

    private interface Action {
        Object run() throws IOException;
    }

    private static void tell(String what, Action action) {
        try {
            System.out.println(what + ": " + action.run());
        } catch (IOException e) {
            System.out.println(what + ": " + e);
        }
    }

    private static long sockets() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.filter(ListenProbe::isSocket).count();
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException theFolderItself) {
            return false;
        }
    }
}
