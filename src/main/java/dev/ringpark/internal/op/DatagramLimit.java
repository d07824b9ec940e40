package dev.ringpark.internal.op;

import dev.ringpark.internal.os.Errno;
import java.net.SocketException;
import java.nio.ByteBuffer;

/** How long a datagram can be: whatever is longer is refused before it is copied. */
public final class DatagramLimit {
    /** A header cannot tell of more. */
    public static final int MOST_BYTES = 65_535;

    /** What each network takes, with the headers of IPv6 (RFC 8200, 5) and UDP. */
    public static final int NEVER_TOO_LONG = 1_280 - 40 - 8;

    /** In one go: between two of them others have their turn, and a deadline is looked at. */
    private static final int MOST_IN_A_ROW = 64;

    private DatagramLimit() {}

    /** What whoever would send {@code bytes} is told. */
    public static SocketException tooLong(long bytes) {
        return new SocketException(Errno.EMSGSIZE.text() + " (EMSGSIZE): " + bytes + " bytes");
    }

    /**
     * How many of {@code sources}, from {@code first} on, go in one row: up to one that is too long, 64 at most.
     *
     * @throws SocketException if the first is
     */
    public static int countFitting(ByteBuffer[] sources, int first) throws SocketException {
        int end = Math.min(sources.length, first + MOST_IN_A_ROW);
        int next = first;
        while (next < end && sources[next].remaining() <= MOST_BYTES) {
            next++;
        }
        if (next == first && next < end) {
            throw tooLong(sources[first].remaining());
        }
        return next - first;
    }
}
