package dev.ringpark.process;

import java.io.IOException;
import java.net.BindException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A TCP port for which nobody but the test will listen: connects are refused until it does. A port that was free a
 * moment ago may be dealt out to anybody; this one is not among those that Linux deals out unless it is told to
 * (32768 to 60999), and other runs of the tests, which look for theirs here too, find the same number of UDP taken.
 */
public final class OwnPort implements AutoCloseable {
    private static final int FIRST = 15_000;
    private static final int COUNT = 15_000;

    private final DatagramSocket claim;

    private OwnPort(DatagramSocket claim) {
        this.claim = claim;
    }

    /** Takes one. */
    public static OwnPort take() throws IOException {
        int start = ThreadLocalRandom.current().nextInt(COUNT);
        for (int i = 0; i < COUNT; i++) {
            try {
                return claim(FIRST + (start + i) % COUNT);
            } catch (BindException taken) {
                // By somebody else, so the next one.
            }
        }
        throw new IOException("no port is free from " + FIRST + " on");
    }

    @SuppressWarnings("AddressSelection")   // one address is meant
    private static OwnPort claim(int port) throws IOException {
        DatagramSocket claim = new DatagramSocket(port, InetAddress.getLoopbackAddress());
        try (ServerSocket everywhere = new ServerSocket(port)) {
            assert everywhere.isBound();   // so nothing else listens there
            return new OwnPort(claim);
        } catch (IOException e) {
            claim.close();
            throw e;
        }
    }

    /** Its number. */
    public int number() {
        return claim.getLocalPort();
    }

    /** It on this machine's own address. */
    public InetSocketAddress address() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), number());
    }

    @Override
    public void close() {
        claim.close();
    }
}
