package dev.ringpark;

import java.net.InetSocketAddress;

/**
 * What is known of a datagram that was received.
 *
 * @param sender who sent it
 * @param count how many of its bytes there was room for, and were put there; an empty one has none
 * @param length how many bytes it was sent with
 */
public record Datagram(InetSocketAddress sender, int count, int length) {
    /** Whether there was no room for all of it; what was cut off is lost. */
    public boolean isTruncated() {
        return count < length;
    }
}
