package dev.ringpark.contract;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of {@link Sequence} through an echo and back, each checked: one thread sends, another receives. Each connection
 * has a place of its own in the sequence to start from, so that bytes of another are noticed.
 */
final class EchoTraffic {
    private static final int PIECE = 1000;
    private static final int APART = 104_729;   // a prime: no two ports begin at one place of the sequence

    private final Socket socket;
    private final long start;
    private final long bytes;
    private final LoopRig.Running<Long> receiver;
    private final AtomicLong received = new AtomicLong();

    /** Begins at once; {@code bytes} may be without end. */
    EchoTraffic(Socket socket, long bytes) {
        this.socket = socket;
        this.start = (long) socket.getLocalPort() * APART;
        this.bytes = bytes;
        LoopRig.startPlatform(this::send);
        this.receiver = LoopRig.startPlatform(this::receive);
    }

    private Void send() throws IOException {
        for (long sent = 0; sent < bytes; sent += PIECE) {
            socket.getOutputStream().write(Sequence.bytes(start + sent, (int) Math.min(PIECE, bytes - sent)));
        }
        socket.shutdownOutput();
        return null;
    }

    private long receive() throws IOException {
        InputStream in = socket.getInputStream();
        byte[] target = new byte[PIECE];
        for (int count = in.read(target); count >= 0; count = in.read(target)) {
            Sequence.check(target, count, start + received.get());
            received.addAndGet(count);
        }
        return received.get();
    }

    long received() {
        return received.get();
    }

    /**
     * Waits for the end of the stream; how much had come. Throws what the receiver met instead, a silence as long as
     * the socket's timeout among it.
     */
    long awaitEnd() throws Exception {
        receiver.thread().join();
        return receiver.await();
    }
}
