package dev.ringpark.internal.op;

/** What a socket is opened for. */
public enum SocketType {
    STREAM, LISTENER, DATAGRAM,
    /** Datagrams over IPv6 alone. */
    IPV6_DATAGRAM,
    /** Somebody else's descriptor, of whatever kind: it is watched, and not closed. */
    FOREIGN,
    /** A second descriptor of what a foreign one stands for: watched, and closed. */
    FOREIGN_COPY;

    public boolean isDatagram() {
        return this == DATAGRAM || this == IPV6_DATAGRAM;
    }
}
