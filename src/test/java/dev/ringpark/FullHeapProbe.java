package dev.ringpark;

import dev.ringpark.contract.Eventually;
import java.net.StandardProtocolFamily;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** A plain call behind which a close waits ends when there is not a byte left; then there is room again. */
final class FullHeapProbe {
    private static final Duration FAR = Duration.ofSeconds(15);

    private record Filler(@Nullable Filler next) {}

    private final AtomicReference<@Nullable Filler> heap = new AtomicReference<>();
    private volatile boolean begun;
    private volatile boolean mayEnd;

    private FullHeapProbe() {}

    public static void main(String[] args) throws Exception {
        System.out.println(new FullHeapProbe().closes() ? "closed" : "the close waits on");
        Runtime.getRuntime().halt(0);   // a loop that waits on does not end
    }

    private boolean closes() throws Exception {
        CarrierLoop loop = CarrierLoop.start();
        try (TcpSocket warm = TcpSocket.open(loop, StandardProtocolFamily.INET)) {
            warm.plain(handle -> null);
        }
        TcpSocket socket = TcpSocket.open(loop, StandardProtocolFamily.INET);
        Thread caller = Thread.ofPlatform().daemon().start(() -> callPlain(socket));
        Eventually.until(() -> begun, "begun");
        Thread closer = Thread.ofPlatform().daemon().start(() -> close(socket));
        Eventually.until(() -> closer.getState() == Thread.State.WAITING && loop.door().gate().isAsleep(), "waits");
        mayEnd = true;
        caller.join(FAR);
        return closer.join(FAR) && loop.isOpen();   // a loop that has failed closes its sockets, too
    }

    private void callPlain(TcpSocket socket) {
        try {
            socket.plain(handle -> {
                begun = true;
                while (!mayEnd) {
                    Thread.onSpinWait();
                }
                fill();
                return null;
            });
        } catch (Exception | OutOfMemoryError e) {
            // Told or not, the call is over.
        } finally {
            heap.set(null);
        }
    }

    /** With objects no larger than a queue's nodes, to the last. */
    private void fill() {
        Filler last = null;
        try {
            while (true) {
                last = new Filler(last);
                heap.setPlain(last);
            }
        } catch (OutOfMemoryError e) {
            return;
        }
    }

    private static void close(TcpSocket socket) {
        try {
            socket.close();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
