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

    private DatagramLimit() {}

    /** What whoever would send {@code bytes} is told. */
    public static SocketException tooLong(long bytes) {
        return new SocketException(Errno.EMSGSIZE.text() + " (EMSGSIZE): " + bytes + " bytes");
    }

    /**
     * How many of {@code sources}, from {@code first} on, come before one that is too long; {@code most} at most.
     *
     * @throws SocketException if the first is
     */
    public static int countFitting(ByteBuffer[] sources, int first, int most) throws SocketException {
        int end = Math.min(sources.length, first + most);
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
